package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.ImageProblems;
import ai.kubernaut.airgap.registry.ManifestBudget;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Checks whether one image is in the mirror. */
final class MirrorCheck {
  private final RegistryClient target;
  private final CopyJob job;

  MirrorCheck(RegistryClient target, CopyJob job) {
    this.target = target;
    this.job = job;
  }

  MirroredImage look(ContentCheck content, ManifestBudget budget) {
    MirroredImage.Builder image = MirroredImage.builder().entry(job.entry());
    Optional<Problem> problem;
    try {
      Optional<Digest> found = target.findManifest(job.target()).map(Descriptor::digest);
      problem =
          found.isEmpty()
              ? Optional.of(
                  Problem.of(ProblemCode.IMAGE_NOT_IN_MIRROR, Subject.image(job.target())))
              : difference(found.get())
                  .or(() -> content.check(target, job, found.get(), Set.of(), budget));
      if (problem.isEmpty()) {
        return image.outcome(MirroredImage.Outcome.PRESENT).digest(found).build();
      }
    } catch (ListenerException e) {
      throw e;
    } catch (RuntimeException e) {
      problem = Optional.of(ImageProblems.of(job.target(), e));
    }
    return image.outcome(MirroredImage.Outcome.FAILED).failure(problem).build();
  }

  private Optional<Problem> difference(Digest found) {
    return job.expectedDigest()
        .filter(expected -> !expected.equals(found))
        .map(
            expected ->
                Problem.of(
                    ProblemCode.IMAGE_DIFFERS_IN_MIRROR,
                    Subject.image(job.target()),
                    Map.of("actual", found.toString(), "expected", expected.toString())));
  }
}
