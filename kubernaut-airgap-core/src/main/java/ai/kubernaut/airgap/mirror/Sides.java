package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.retry.RetryingClient;
import ai.kubernaut.airgap.registry.retry.Sleeper;
import ai.kubernaut.airgap.registry.retry.ThrottledClient;

/**
 * The clients of a run, or of one of its images, with limits and retries. Where one client serves
 * both sides, both are the same here too, with one set of limits and retries.
 *
 * @param source where images come from
 * @param target where images go
 */
record Sides(RetryingClient source, RetryingClient target) {
  static Sides of(
      RegistryClient source,
      RegistryClient target,
      MirrorOptions options,
      Sleeper sleeper,
      Progress progress) {
    RetryingClient from = side(source, options, sleeper, progress);
    return new Sides(from, source == target ? from : side(target, options, sleeper, progress));
  }

  private static RetryingClient side(
      RegistryClient client, MirrorOptions options, Sleeper sleeper, Progress progress) {
    RegistryClient limited =
        options.limits().isEmpty()
            ? client
            : ThrottledClient.of(client, options.limits(), progress, sleeper);
    return RetryingClient.of(limited, options.retry(), progress, sleeper);
  }

  /** Returns the clients of another image, with all its retries left. */
  Sides forImage() {
    RetryingClient from = source.forImage();
    return new Sides(from, source == target ? from : target.forImage());
  }
}
