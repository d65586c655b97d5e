package ai.kubernaut.airgap.examples.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Waits for what the cluster is about to do, by watching it. */
final class Await {
  private Await() {}

  static <T extends HasMetadata> T until(Resource<T> resource, Predicate<T> condition) {
    T object =
        resource.waitUntilCondition(
            each -> each != null && condition.test(each), 20, TimeUnit.SECONDS);
    assertThat(object).isNotNull();
    return object;
  }

  static boolean isReady(Pod pod) {
    return pod.getStatus().getConditions().stream()
        .anyMatch(each -> each.getType().equals("Ready") && each.getStatus().equals("True"));
  }

  static boolean isWaitingFor(Pod pod, String reason) {
    return Stream.concat(
            pod.getStatus().getInitContainerStatuses().stream(),
            pod.getStatus().getContainerStatuses().stream())
        .map(each -> each.getState().getWaiting())
        .filter(Objects::nonNull)
        .anyMatch(each -> reason.equals(each.getReason()));
  }
}
