package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.mirror.ImageInspection;
import ai.kubernaut.airgap.mirror.MirrorListing;
import ai.kubernaut.airgap.mirror.PlatformInspection;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Which images of the mirror are shown, and how. */
final class MirrorImages {
  private static final int WIDTH = 100;

  private MirrorImages() {}

  /** Reads a reference from the command line; an invalid one is wrong usage. */
  static ImageRef reference(String text) {
    try {
      return ImageRef.parse(text);
    } catch (InvalidReferenceException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** Makes a plan of images that are named by their source, or by their name in the mirror. */
  static MirrorPlan planOf(List<String> images, Target target) {
    if (images.isEmpty()) {
      throw new IllegalArgumentException(
          "give --plan, or the images whose repositories are listed; a registry cannot be asked for all");
    }
    MirrorPlan.Builder plan = MirrorPlan.builder(target);
    for (String text : images) {
      ImageRef image = reference(text);
      ImageRef mirrored = target.contains(image) ? image : target.nameOf(image);
      plan.addEntries(MirrorEntry.builder().source(image).target(mirrored).build());
    }
    return plan.build();
  }

  /** Chooses images of a plan; all when none is named. */
  static MirrorPlan chosen(MirrorPlan plan, List<String> names) {
    if (names.isEmpty()) {
      return plan;
    }
    Set<MirrorEntry> entries = new LinkedHashSet<>();
    for (String name : names) {
      List<MirrorEntry> found =
          plan.entries().stream().filter(entry -> isNamed(entry, name)).toList();
      if (found.isEmpty()) {
        throw new IllegalArgumentException(
            "the plan has no image " + name + "; mirror ls lists its images");
      }
      entries.addAll(found);
    }
    return MirrorPlan.builder(plan.target()).entries(List.copyOf(entries)).build();
  }

  private static boolean isNamed(MirrorEntry entry, String name) {
    String repository = entry.source().repository().name();
    if (repository.substring(repository.lastIndexOf('/') + 1).equals(name)) {
      return true;
    }
    ImageRef image = reference(name);
    return entry.source().refersToSameImageAs(image)
        || entry.target().refersToSameImageAs(image)
        || entry.source().withoutDigest().equals(image)
        || (image.tag().isEmpty()
            && image.digest().isEmpty()
            && (entry.source().repository().equals(image.repository())
                || entry.target().repository().equals(image.repository())));
  }

  static String text(MirrorListing listing) {
    StringBuilder text = new StringBuilder();
    for (MirrorListing.ListedRepository repository : listing.repositories()) {
      text.append(repository.name()).append('\n');
      wrap(
          text,
          "  ",
          repository.tags().isEmpty() ? "no tags" : String.join(", ", repository.tags()));
    }
    addProblems(text, listing.problems());
    return text.append(listing.summary()).toString();
  }

  static String text(ImageInspection inspection) {
    StringBuilder text = new StringBuilder();
    text.append(inspection.image()).append('\n');
    inspection
        .digest()
        .ifPresent(
            digest ->
                text.append("  digest      ")
                    .append(digest)
                    .append(comparison(inspection, digest))
                    .append('\n'));
    inspection
        .mediaType()
        .ifPresent(type -> text.append("  media type  ").append(type).append('\n'));
    for (PlatformInspection platform : inspection.platforms()) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %-12s%s%n",
              platform.platform().map(Platform::toString).orElse("no platform"),
              platform.digest()));
      if (!platform.isPresent()) {
        text.append("              is listed by the index and absent\n");
        continue;
      }
      text.append(
          String.format(
              Locale.ROOT,
              "              %d layers, %.1f MB%s%n",
              platform.layers(),
              platform.size() / 1e6,
              platform.created().map(created -> ", created " + created).orElse("")));
      platform.labels().forEach((name, value) -> wrap(text, "              ", name + "=" + value));
    }
    addProblems(text, inspection.problems());
    return text.append(
            String.format(
                Locale.ROOT,
                "%.1f MB with what platforms share counted once",
                inspection.size() / 1e6))
        .toString();
  }

  private static String comparison(ImageInspection inspection, Digest digest) {
    if (inspection.planned().isEmpty()) {
      return "";
    }
    return inspection.planned().get().equals(digest)
        ? " (as planned)"
        : "\n  planned     " + inspection.planned().get();
  }

  private static void addProblems(StringBuilder text, List<Problem> problems) {
    for (Problem problem : problems) {
      wrap(text, "", "ERROR " + problem.describe());
    }
  }

  /** Appends words in lines of at most 100 columns; a longer word stays whole. */
  private static void wrap(StringBuilder text, String indent, String words) {
    StringBuilder line = new StringBuilder(indent);
    for (String word : printable(words).split(" ", -1)) {
      if (line.length() > indent.length() && line.length() + word.length() + 1 > WIDTH) {
        text.append(line).append('\n');
        line = new StringBuilder(indent).append("  ");
      } else if (line.length() > indent.length()) {
        line.append(' ');
      }
      line.append(word);
    }
    text.append(line).append('\n');
  }

  /** Labels come from images, so what a terminal would obey is replaced. */
  private static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
