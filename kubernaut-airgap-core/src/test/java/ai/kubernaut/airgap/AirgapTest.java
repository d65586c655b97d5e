package ai.kubernaut.airgap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.chart.TemplateHelm;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.memory.MemoryClusterClient;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.plan.PlanOptions;
import ai.kubernaut.airgap.preflight.Capability;
import ai.kubernaut.airgap.preflight.Finding;
import ai.kubernaut.airgap.preflight.PreflightReport;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import ai.kubernaut.airgap.registry.retry.RetryPolicy;
import ai.kubernaut.airgap.verify.Check;
import ai.kubernaut.airgap.verify.VerificationReport;
import ai.kubernaut.airgap.yaml.Yaml;
import java.io.ByteArrayInputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class AirgapTest {
  private static final Target MIRROR = Target.registry("harbor.corp");
  private static final RetryPolicy QUICK =
      RetryPolicy.builder().baseDelay(Duration.ofMillis(1)).build();

  private final MemoryRegistryClient memory = MemoryRegistryClient.create();

  @AfterEach
  void close() {
    memory.close();
  }

  private Manifest publish(ImageRef image, String layerType, String content) {
    byte[] layer = content.getBytes(StandardCharsets.UTF_8);
    Descriptor blob = Descriptor.of(layerType, Digest.sha256(layer), layer.length);
    memory.writeBlob(image.repository(), blob, new ByteArrayInputStream(layer));
    Manifest manifest =
        Manifest.of(
            Manifest.OCI_MANIFEST,
            "{\"schemaVersion\":2,\"layers\":[{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}]}"
                .formatted(layerType, blob.digest(), blob.size())
                .getBytes(StandardCharsets.UTF_8));
    memory.writeManifest(image, manifest);
    return manifest;
  }

  private ImageRef publish(String name) {
    ImageRef image = ImageRef.parse("quay.io/kubernaut-ai/" + name + ":v1");
    publish(image, "application/vnd.oci.image.layer.v1.tar", "layer of " + name);
    return image;
  }

  private static MirrorPlan plan(ImageRef... images) {
    MirrorPlan.Builder plan = MirrorPlan.builder(MIRROR);
    Arrays.stream(images).forEach(plan::image);
    return plan.build();
  }

  /** A client that does something before each call, given as method and arguments. */
  private RegistryClient watched(Consumer<String> before) {
    return (RegistryClient)
        Proxy.newProxyInstance(
            AirgapTest.class.getClassLoader(),
            new Class<?>[] {RegistryClient.class},
            (proxy, method, arguments) -> {
              before.accept(method.getName() + Arrays.toString(arguments));
              try {
                return method.invoke(memory, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** Registries that answer each request with 503 at first. */
  private RegistryClient unavailableAtFirst() {
    Set<String> asked = ConcurrentHashMap.newKeySet();
    return watched(
        call -> {
          if (asked.add(call)) {
            throw new RegistryException(Reason.SERVER, "quay.io", 503, call + " failed", null);
          }
        });
  }

  @Test
  void planningForecastingAndFetchingAChartAreRetried(@TempDir Path directory) {
    ImageRef image = publish("gateway");
    ImageRef chart = ImageRef.parse("quay.io/kubernaut-ai/charts/kubernaut:1.1.0");
    publish(chart, "application/vnd.cncf.helm.chart.content.v1.tar+gzip", "a chart");
    List<ProgressEvent> events = new CopyOnWriteArrayList<>();
    try (Airgap airgap =
        Airgap.builder()
            .registry(unavailableAtFirst())
            .retry(QUICK)
            .onProgress(events::add)
            .build()) {
      MirrorPlan plan = airgap.plan(List.of(image), MIRROR, PlanOptions.builder().build());
      assertThat(plan.entries().get(0).digest()).isPresent();
      assertThat(airgap.forecast(plan).bytesToSend()).isPositive();
      assertThat(airgap.fetchChart(chart, directory).location()).exists().hasContent("a chart");
    }
    assertThat(events).filteredOn(ProgressEvent.Retrying.class::isInstance).hasSizeGreaterThan(4);
  }

  @Test
  void readingTheMirrorForAVerificationIsRetried() {
    ImageRef image = publish("gateway");
    MirrorPlan plan = plan(image);
    ReleaseName release = ReleaseName.defaultRelease();
    MemoryClusterClient cluster = MemoryClusterClient.kubernetes();
    try (Airgap airgap =
        Airgap.builder()
            .registry(unavailableAtFirst())
            .cluster(cluster)
            .helm(TemplateHelm.rendering("").with(release, 1, "deployed"))
            .retry(QUICK)
            .build()) {
      ImageRef target = plan.entries().get(0).target();
      Manifest manifest = publish(target, "application/vnd.oci.image.layer.v1.tar", "layer");
      cluster.put(
          ResourceType.POD,
          KubernetesObject.of(
              Fields.of(
                  Yaml.readMapping(
                      "pod",
                      """
                      {apiVersion: v1, kind: Pod, metadata: {name: gateway-1, namespace: %s},
                       spec: {containers: [{name: main, image: '%s'}]},
                       status: {phase: Running, conditions: [{type: Ready, status: 'True'}],
                         containerStatuses: [{name: main, imageID: '%s', state: {running: {}}}]}}
                      """
                          .formatted(
                              release.namespace(),
                              target,
                              target.repository().digest(manifest.digest())),
                      Yaml.DuplicateKeys.REFUSED))));

      VerificationReport report = airgap.verify(Installation.of(release, plan));

      assertThat(report.checks())
          .filteredOn(check -> check.kind() == Check.Kind.IMAGE)
          .extracting(Check::result)
          .containsExactly(Check.Result.PASS);
    }
  }

  @Test
  void anUnknownRegistryIsNotRetriedForLong() {
    AtomicInteger requests = new AtomicInteger();
    RegistryClient unreachable =
        watched(
            call -> {
              requests.incrementAndGet();
              throw new RegistryException(Reason.UNREACHABLE, "quay.io", 0, "no such host", null);
            });
    try (Airgap airgap = Airgap.builder().registry(unreachable).retry(QUICK).build()) {
      assertThatThrownBy(() -> airgap.forecast(plan(publish("gateway"))))
          .isInstanceOf(RegistryException.class);
    }
    assertThat(requests).hasValue(3);
  }

  @Test
  void theListenerHearsOneEventAtATimeEvenOfSeveralRuns() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger overlaps = new AtomicInteger();
    Consumer<ProgressEvent> listener =
        event -> {
          if (inside.incrementAndGet() > 1) {
            overlaps.incrementAndGet();
          }
          long end = System.nanoTime() + 200_000;
          while (System.nanoTime() < end) {
            Thread.onSpinWait();
          }
          inside.decrementAndGet();
        };
    List<ImageRef> images = new CopyOnWriteArrayList<>();
    for (int i = 0; i < 20; i++) {
      images.add(publish("service-" + i));
    }
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try (Airgap airgap = Airgap.builder().registry(memory).onProgress(listener).build()) {
      CountDownLatch start = new CountDownLatch(3);
      Callable<Boolean> run =
          () -> {
            start.countDown();
            start.await();
            return airgap.mirror(plan(images.toArray(new ImageRef[0]))).isOk();
          };
      for (Future<Boolean> one : threads.invokeAll(List.of(run, run, run))) {
        assertThat(one.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(overlaps).hasValue(0);
  }

  @Test
  void everyRunTellsItsEventsUnderAnIdentifierAndEndsWithOne() {
    ImageRef image = publish("gateway");
    ImageRef absent = ImageRef.parse("quay.io/kubernaut-ai/absent:v1");
    List<ProgressEvent> events = new CopyOnWriteArrayList<>();
    try (Airgap airgap =
        Airgap.builder().registry(memory).onProgress(events::add).retry(QUICK).build()) {
      airgap.mirror(plan(image));
      airgap.mirror(plan(image, absent));
      airgap.preflight(plan(image));
      assertThatThrownBy(() -> airgap.plan(List.of(absent), MIRROR, PlanOptions.builder().build()))
          .isInstanceOf(AirgapException.class);
    }

    Map<String, List<ProgressEvent>> runs =
        events.stream()
            .collect(
                Collectors.groupingBy(ProgressEvent::run, LinkedHashMap::new, Collectors.toList()));
    assertThat(runs.values())
        .allSatisfy(
            run -> {
              assertThat(run.get(0)).isInstanceOf(ProgressEvent.StepStarted.class);
              assertThat(run)
                  .filteredOn(ProgressEvent.StepFinished.class::isInstance)
                  .containsExactly(run.get(run.size() - 1));
            });
    assertThat(runs.values())
        .extracting(run -> ((ProgressEvent.StepFinished) run.get(run.size() - 1)).successful())
        .containsExactly(true, false, true, false);
  }

  @Test
  void closingEndsARunAtOnceAndLeavesTheClientOpen() throws InterruptedException {
    CountDownLatch reading = new CountDownLatch(1);
    RegistryClient stalling =
        watched(
            call -> {
              if (call.startsWith("readBlob")) {
                reading.countDown();
                try {
                  new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              }
            });
    MirrorPlan plan = plan(publish("gateway"));
    Airgap airgap = Airgap.builder().registry(stalling).build();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread run = new Thread(() -> thrown.set(catchThrowable(() -> airgap.mirror(plan))));
    run.start();
    reading.await();

    airgap.close();
    run.join(5_000);

    assertThat(run.isAlive()).isFalse();
    assertThat(thrown.get())
        .isInstanceOf(CancelledException.class)
        .hasMessageContaining("mirroring was cancelled");
    assertThat(memory.findManifest(plan.entries().get(0).source())).isPresent();
    assertThatThrownBy(() -> airgap.mirror(plan))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("this Airgap is closed");
  }

  @Test
  void closingEndsACheck() throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    RegistryClient stalling =
        watched(
            call -> {
              asked.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    MirrorPlan plan = plan(publish("gateway"));
    Airgap airgap = Airgap.builder().registry(stalling).build();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread run = new Thread(() -> thrown.set(catchThrowable(() -> airgap.checkMirror(plan))));
    run.start();
    asked.await();

    airgap.close();
    run.join(5_000);

    assertThat(thrown.get())
        .isInstanceOfSatisfying(
            CancelledException.class,
            e -> assertThat(e.reason()).isEqualTo(CancelledException.Reason.CANCELLED));
  }

  @Test
  void sourceAndMirrorCanHaveClientsOfTheirOwn() {
    ImageRef image = publish("gateway");
    try (MemoryRegistryClient mirror = MemoryRegistryClient.create();
        Airgap airgap =
            Airgap.builder().sourceRegistry(memory).targetRegistry(mirror).retry(QUICK).build()) {
      MirrorPlan plan =
          airgap.plan(List.of(image), Target.registry("quay.io"), PlanOptions.builder().build());
      assertThat(plan.entries().get(0).target()).isEqualTo(image);
      assertThat(airgap.forecast(plan).bytesToSend()).isPositive();
      assertThat(airgap.checkMirror(plan).isOk()).isFalse();

      airgap.mirror(plan).orElseThrow();

      assertThat(mirror.readManifest(image)).isEqualTo(memory.readManifest(image));
      assertThat(airgap.checkMirror(plan).isOk()).isTrue();
      assertThat(airgap.forecast(plan).bytesToSend()).isZero();
    }
    try (Airgap onlySource = Airgap.builder().sourceRegistry(memory).build()) {
      assertThatThrownBy(() -> onlySource.mirror(plan(image)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("targetRegistry");
    }
  }

  @Test
  void severalShareAClientAndOneThatOwnsItClosesIt() {
    MirrorPlan plan = plan(publish("gateway"));
    Airgap.builder().registry(memory).build().close();

    try (Airgap airgap = Airgap.builder().registry(memory).closeClients(true).build()) {
      assertThat(airgap.mirror(plan).isOk()).isTrue();
    }

    assertThatThrownBy(() -> memory.ping("quay.io")).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aRegistryIsCheckedWithoutImages() {
    RegistryException refusal =
        new RegistryException(Reason.UNAUTHORIZED, "harbor.corp", 401, "wrong password", null);
    List<Optional<RegistryException>> answers = List.of(Optional.empty(), Optional.of(refusal));
    for (Optional<RegistryException> answer : answers) {
      RegistryClient client =
          watched(
              call -> {
                answer.ifPresent(
                    e -> {
                      throw e;
                    });
              });
      try (Airgap airgap = Airgap.builder().registry(client).build()) {
        for (PreflightReport report : List.of(airgap.preflight(MIRROR), airgap.preflight(plan()))) {
          assertThat(report.finding(Capability.REACHABLE).support()).isEqualTo(Finding.Support.YES);
          assertThat(report.problems()).hasSize(answer.isPresent() ? 1 : 0);
          assertThat(report.summary())
              .contains(answer.isPresent() ? "problem" : "pushing was not checked");
        }
      }
    }
  }
}
