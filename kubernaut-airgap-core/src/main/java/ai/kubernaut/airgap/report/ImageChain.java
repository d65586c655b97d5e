package ai.kubernaut.airgap.report;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.mirror.MirroredImage;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.verify.Check;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Joins what the steps know about each image, from the chart to the containers that run it. */
final class ImageChain {
  /** By the reference in the mirror. */
  private final Map<String, ReportImage.Builder> images = new LinkedHashMap<>();

  /** The references in the mirror by the other references of the same image. */
  private final Map<String, String> targets = new HashMap<>();

  private ImageChain() {}

  static List<ReportImage> of(MirrorPlan plan) {
    return new ImageChain().plan(plan).build();
  }

  static List<ReportImage> of(MirrorReport report) {
    return new ImageChain().plan(report.plan()).mirrored(report).build();
  }

  static List<ReportImage> of(
      Optional<MirrorPlan> plan, Optional<MirrorReport> mirrored, List<Check> checks) {
    ImageChain chain = new ImageChain();
    plan.ifPresent(chain::plan);
    mirrored.ifPresent(chain::mirrored);
    return chain.checks(checks).build();
  }

  private ImageChain plan(MirrorPlan plan) {
    for (MirrorEntry entry : plan.entries()) {
      ReportImage.Builder image =
          image(entry)
              .sourceDigest(entry.digest())
              .mirrorDigest(entry.mirroredDigest().or(() -> plan.expectedDigest(entry)));
      entry.reasons().forEach(reason -> image.addNeededBy(reason.object() + " " + reason.path()));
    }
    return this;
  }

  private ReportImage.Builder image(MirrorEntry entry) {
    String target = entry.target().toString();
    targets.put(entry.source().toString(), target);
    targets.put(entry.exactSource().toString(), target);
    targets.put(entry.pullReference().toString(), target);
    return images.computeIfAbsent(
        target, any -> ReportImage.builder().source(entry.source().toString()).target(target));
  }

  private ImageChain mirrored(MirrorReport report) {
    for (MirroredImage mirrored : report.images()) {
      ReportImage.Builder image = image(mirrored.entry()).mirrored(mirrored);
      image.mirrorDigest(mirrored.digest());
      mirrored.sourceDigest().ifPresent(image::sourceDigest);
    }
    return this;
  }

  /** Uses the checks that name an image, also those of pods that cannot pull theirs. */
  private ImageChain checks(List<Check> checks) {
    for (Check check : checks) {
      Map<String, String> about =
          check
              .fact()
              .map(fact -> fact.parameters())
              .or(() -> check.problem().map(problem -> problem.parameters()))
              .orElse(Map.of());
      String reference = about.get("image");
      if (reference == null) {
        continue;
      }
      String target = targets.getOrDefault(reference, reference);
      images
          .computeIfAbsent(target, any -> ReportImage.builder().target(target))
          .addContainers(
              new ReportImage.Container(
                  check.subject().name(),
                  Optional.ofNullable(about.get("digest"))
                      .orElseGet(() -> about.getOrDefault("running", "")),
                  check.result()));
    }
    return this;
  }

  /** Joins the images of several reports by their references in the mirror. */
  static List<ReportImage> joined(Collection<ReportContent> reports) {
    Map<String, ReportImage> joined = new LinkedHashMap<>();
    for (ReportContent report : reports) {
      report.images().forEach(image -> joined.merge(image.target(), image, ImageChain::join));
    }
    return List.copyOf(joined.values());
  }

  private static ReportImage join(ReportImage earlier, ReportImage later) {
    return ReportImage.builder()
        .target(earlier.target())
        .neededBy(earlier.neededBy().isEmpty() ? later.neededBy() : earlier.neededBy())
        .source(later.source().or(earlier::source))
        .sourceDigest(later.sourceDigest().or(earlier::sourceDigest))
        .mirrorDigest(
            later.mirrored().isPresent() || earlier.mirrored().isEmpty()
                ? later.mirrorDigest()
                : earlier.mirrorDigest())
        .mirrored(later.mirrored().or(earlier::mirrored))
        .addAllContainers(earlier.containers())
        .addAllContainers(later.containers())
        .build();
  }

  private List<ReportImage> build() {
    List<ReportImage> all = new ArrayList<>();
    images.values().forEach(image -> all.add(image.build()));
    return all;
  }

  static ArrayNode json(List<ReportImage> images) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (ReportImage image : images) {
      ObjectNode one = array.addObject();
      image.source().ifPresent(source -> one.put("source", source));
      put(one, "sourceDigest", image.sourceDigest());
      one.put("target", image.target());
      put(one, "mirrorDigest", image.mirrorDigest());
      ArrayNode containers = one.putArray("containers");
      for (ReportImage.Container container : image.containers()) {
        ObjectNode runs = containers.addObject().put("name", container.name());
        if (!container.digest().isEmpty()) {
          runs.put("digest", container.digest());
        }
        runs.put("result", container.result().name().toLowerCase(Locale.ROOT));
      }
    }
    return array;
  }

  private static void put(ObjectNode json, String field, Optional<Digest> digest) {
    digest.ifPresent(known -> json.put(field, known.toString()));
  }
}
