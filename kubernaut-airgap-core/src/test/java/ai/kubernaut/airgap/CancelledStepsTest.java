package ai.kubernaut.airgap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.kubernaut.airgap.chart.TemplateHelm;
import ai.kubernaut.airgap.cluster.memory.MemoryClusterClient;
import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.mirror.CheckDepth;
import ai.kubernaut.airgap.mirror.TestImages;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.plan.PlanOptions;
import ai.kubernaut.airgap.prune.PruneOptions;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every step that asks registries ends within a second when it is cancelled, at any request. */
@Timeout(60)
final class CancelledStepsTest {
  private static final Target MIRROR = Target.registry("harbor.corp");
  private static final ImageRef IMAGE = ImageRef.parse("quay.io/kubernaut-ai/gateway:v1");
  private static final int REQUESTS = 12;

  @TempDir private Path directory;
  private final MemoryRegistryClient memory = MemoryRegistryClient.create();
  private final MirrorPlan plan = MirrorPlan.builder(MIRROR).image(IMAGE).build();

  @BeforeEach
  void publish() {
    TestImages.publish(memory, IMAGE, TestImages.Kind.OCI, List.of(TestImages.bytes(5000, 1)), 50);
    try (Airgap airgap = Airgap.builder().registry(memory).build()) {
      airgap.mirror(plan).orElseThrow();
    }
  }

  @AfterEach
  void close() {
    memory.close();
  }

  /** A step with an Airgap and the plan. */
  private interface Step {
    Object run(Airgap steps, CancelledStepsTest test);
  }

  private static Arguments step(String name, Step step) {
    return arguments(name, step);
  }

  static Stream<Arguments> steps() {
    return Stream.of(
        step(
            "plan",
            (steps, test) -> steps.plan(List.of(IMAGE), MIRROR, PlanOptions.builder().build())),
        step("forecast", (steps, test) -> steps.forecast(test.plan)),
        step("fetchChart", (steps, test) -> steps.fetchChart(IMAGE, test.directory)),
        step("preflight", (steps, test) -> steps.preflight(test.plan)),
        step("mirror", (steps, test) -> steps.mirror(test.plan)),
        step("checkMirror", (steps, test) -> steps.checkMirror(test.plan, CheckDepth.CONTENT)),
        step("listMirror", (steps, test) -> steps.listMirror(test.plan)),
        step("inspect", (steps, test) -> steps.inspect(test.plan, test.plan.entries().get(0))),
        step("inventory", (steps, test) -> steps.inventory(test.plan)),
        step(
            "prune",
            (steps, test) -> steps.prune(List.of(test.plan), PruneOptions.builder().build())));
  }

  /** Blocks at a request until the thread is interrupted, as a registry that does not answer. */
  private RegistryClient blockedAt(int request, AtomicBoolean blocked, CountDownLatch reached) {
    AtomicInteger requests = new AtomicInteger();
    return (RegistryClient)
        Proxy.newProxyInstance(
            CancelledStepsTest.class.getClassLoader(),
            new Class<?>[] {RegistryClient.class},
            (proxy, method, arguments) -> {
              if (method.getParameterCount() > 0 && requests.getAndIncrement() >= request) {
                blocked.set(true);
                reached.countDown();
                try {
                  new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                throw new RegistryException(
                    Reason.UNREACHABLE, "harbor.corp", 0, "interrupted", null);
              }
              try {
                return method.invoke(memory, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("steps")
  void aCancelledStepSaysSo(String name, Step step) throws InterruptedException {
    int cancelled = 0;
    for (int request = 0; request < REQUESTS; request++) {
      AtomicBoolean blocked = new AtomicBoolean();
      CountDownLatch reached = new CountDownLatch(1);
      try (Airgap airgap =
          Airgap.builder()
              .registry(blockedAt(request, blocked, reached))
              .cluster(MemoryClusterClient.kubernetes())
              .helm(TemplateHelm.of("{}", values -> ""))
              .build()) {
        StepRun<Object> run =
            airgap.start(
                steps -> {
                  try {
                    return step.run(steps, this);
                  } finally {
                    reached.countDown();
                  }
                });
        reached.await();
        if (blocked.get()) {
          cancelled++;
          run.cancel();
          assertThat(catchThrowable(run::await))
              .as("%s, blocked at request %d", name, request)
              .isInstanceOfSatisfying(
                  CancelledException.class,
                  e -> assertThat(e.reason()).isEqualTo(CancelledException.Reason.CANCELLED));
        }
      }
    }
    assertThat(cancelled).isPositive();
  }
}
