package ai.kubernaut.airgap.prune;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.install.ReleaseHistory;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.ImageProblems;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Finds the content of the mirror that no plan and no revision of a release needs, and deletes it
 * on request. Only repositories of the plans are looked at. Whatever cannot be read completely is
 * left as it is. Thread-safe.
 */
public final class Pruner {
  private static final int NOT_ALLOWED = 405;

  private final RegistryClient registries;
  private final Consumer<ProgressEvent> progress;

  /**
   * Creates it.
   *
   * @param registries reads the mirror, and deletes from it; stays open
   * @param progress is sent every event
   */
  public Pruner(RegistryClient registries, Consumer<ProgressEvent> progress) {
    this.registries = registries;
    this.progress = progress;
  }

  /**
   * Finds what is not needed. Read-only.
   *
   * @param plans the plans whose images are needed
   * @param histories the releases whose revisions are needed, also those that failed
   * @return what is needed and what is not; a problem for each repository that cannot be read, of
   *     which nothing is reported as not needed
   * @throws CancelledException when the thread is interrupted
   */
  public PruneReport find(List<MirrorPlan> plans, List<ReleaseHistory> histories) {
    return Progress.of(ProgressEvent.Step.PRUNE, progress)
        .during(
            0,
            "Looking for content of the mirror that is not needed",
            () -> scan(plans, histories),
            PruneReport::isOk,
            report -> report.unneeded().size() + " manifests are not needed");
  }

  /**
   * Finds what is not needed, and deletes it if everything that is needed is known. Registries free
   * the space of deleted manifests when they collect garbage.
   *
   * @param plans the plans whose images are needed
   * @param histories the releases whose revisions are needed
   * @return what was deleted, and problems for what was not
   * @throws CancelledException when the thread is interrupted
   */
  public PruneReport delete(List<MirrorPlan> plans, List<ReleaseHistory> histories) {
    PruneReport found = find(plans, histories);
    if (!found.isOk()) {
      return found;
    }
    return Progress.of(ProgressEvent.Step.PRUNE, progress)
        .during(
            found.unneeded().size(),
            "Deleting " + found.unneeded().size() + " manifests from the mirror",
            () -> deleteAll(found),
            PruneReport::isOk,
            report -> report.deleted().size() + " manifests deleted");
  }

  private PruneReport scan(List<MirrorPlan> plans, List<ReleaseHistory> histories) {
    PruneReport.Builder report = PruneReport.builder();
    List<Problem> unknown = unknown(histories);
    if (!unknown.isEmpty()) {
      return report.addAllProblems(unknown).build();
    }
    Collection<ImageRef> images = images(plans, histories);
    for (Repository repository : repositories(plans)) {
      try {
        RepositoryScan scan = new RepositoryScan(registries, repository, images);
        report.addAllNeeded(scan.needed()).addAllUnneeded(scan.unneeded());
      } catch (CancelledException e) {
        throw e;
      } catch (AirgapException e) {
        report.addProblems(
            Problem.of(
                    ProblemCode.REPOSITORY_NOT_PRUNED,
                    Subject.repository(repository),
                    Map.of("detail", String.valueOf(e.getMessage())))
                .causedBy(e));
      }
    }
    return report.build();
  }

  /** A revision whose images are not known could need anything. */
  private static List<Problem> unknown(List<ReleaseHistory> histories) {
    List<Problem> problems = new ArrayList<>();
    for (ReleaseHistory history : histories) {
      for (ReleaseHistory.Revision revision : history.revisions()) {
        if (revision.images().isEmpty()) {
          problems.add(
              Problem.of(
                  ProblemCode.REVISION_IMAGES_UNKNOWN,
                  new Subject(Subject.Kind.RELEASE, history.release().name()),
                  Map.of("revision", Integer.toString(revision.number()))));
        }
      }
    }
    return problems;
  }

  private static Set<Repository> repositories(List<MirrorPlan> plans) {
    Set<Repository> repositories =
        new TreeSet<>((one, other) -> one.toString().compareTo(other.toString()));
    for (MirrorPlan plan : plans) {
      plan.entries().forEach(entry -> repositories.add(entry.target().repository()));
    }
    return repositories;
  }

  private static Collection<ImageRef> images(
      List<MirrorPlan> plans, List<ReleaseHistory> histories) {
    Set<ImageRef> images = new TreeSet<>();
    for (MirrorPlan plan : plans) {
      for (MirrorEntry entry : plan.entries()) {
        images.add(entry.target());
        images.add(entry.pullReference());
        plan.expectedDigest(entry)
            .ifPresent(digest -> images.add(entry.target().repository().digest(digest)));
      }
    }
    for (ReleaseHistory history : histories) {
      for (ReleaseHistory.Revision revision : history.revisions()) {
        for (ImageRef image : revision.locations()) {
          images.add(image);
          // A reference with both is pulled by digest; the tag may be needed by a person.
          images.add(image.withoutDigest());
        }
      }
    }
    return images;
  }

  private PruneReport deleteAll(PruneReport found) {
    PruneReport.Builder report = PruneReport.builder().from(found);
    for (StoredManifest manifest : found.unneeded()) {
      Optional<Problem> problem = delete(manifest);
      if (problem.isEmpty()) {
        report.addDeleted(manifest);
      } else {
        report.addProblems(problem.get());
        if (problem.get().code() == ProblemCode.DELETION_UNSUPPORTED) {
          break;
        }
      }
    }
    return report.build();
  }

  private Optional<Problem> delete(StoredManifest manifest) {
    try {
      Optional<String> tag = newTag(manifest);
      if (tag.isPresent()) {
        return Optional.of(
            Problem.of(
                ProblemCode.MANIFEST_TAGGED_SINCE,
                Subject.image(manifest.reference()),
                Map.of("tag", tag.get())));
      }
      registries.deleteManifest(manifest.repository(), manifest.digest());
      return Optional.empty();
    } catch (RegistryException e) {
      if (e.reason() == RegistryException.Reason.NOT_FOUND) {
        // Registries may delete what belongs to an image together with it.
        return Optional.empty();
      }
      return Optional.of(
          e.status().orElse(0) == NOT_ALLOWED
              ? Problem.of(
                      ProblemCode.DELETION_UNSUPPORTED,
                      new Subject(Subject.Kind.REGISTRY, manifest.repository().registry()))
                  .causedBy(e)
              : ImageProblems.of(manifest.reference(), e));
    }
  }

  /** A tag that points at the manifest now, and did not when it was found. */
  private Optional<String> newTag(StoredManifest manifest) {
    Repository repository = manifest.repository();
    return registries.tags(repository).stream()
        .filter(tag -> !manifest.tags().contains(tag))
        .filter(tag -> pointsAt(repository.tag(tag), manifest.digest()))
        .findFirst();
  }

  private boolean pointsAt(ImageRef tag, Digest digest) {
    return registries.findManifest(tag).map(Descriptor::digest).filter(digest::equals).isPresent();
  }
}
