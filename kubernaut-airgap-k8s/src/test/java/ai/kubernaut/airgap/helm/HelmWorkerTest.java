package ai.kubernaut.airgap.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.kubernaut.airgap.ChildJvm;
import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.common.CancelledException;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rendering sees nothing of the host's cluster and takes nothing from the host. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HelmWorkerTest {
  private static final String FOREVER =
      "== templates/x.yaml\n{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}";

  @TempDir Path directory;

  private Path chart(String text) throws IOException {
    return WrittenChart.in(directory.resolve("tiny"), text);
  }

  @Test
  void aLookupThatIsPutTogetherAtRunTimeSeesNoCluster() throws IOException {
    List<String> requests = new CopyOnWriteArrayList<>();
    HttpServer cluster =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    cluster.createContext(
        "/",
        exchange -> {
          requests.add(exchange.getRequestURI().getPath());
          boolean secret = exchange.getRequestURI().getPath().contains("/secrets");
          byte[] body =
              (secret
                      ? "{\"kind\":\"Secret\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"s\"},\"data\":{\"password\":\"aHVudGVyMg==\"}}"
                      : "{\"kind\":\"APIResourceList\",\"groupVersion\":\"v1\",\"resources\":[{\"name\":\"secrets\",\"kind\":\"Secret\",\"namespaced\":true,\"verbs\":[\"get\"]}]}")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    cluster.start();
    String port = Integer.toString(cluster.getAddress().getPort());
    Path home = Files.createDirectory(directory.resolve("home"));
    Files.createDirectory(home.resolve(".kube"));
    Path kubeconfig =
        Files.writeString(
            home.resolve(".kube/config"),
            """
            apiVersion: v1
            kind: Config
            current-context: c
            clusters: [{name: c, cluster: {server: "http://127.0.0.1:%s"}}]
            contexts: [{name: c, context: {cluster: c, user: u}}]
            users: [{name: u, user: {}}]
            """
                .formatted(port));
    Path chart =
        chart(
            """
            == templates/x.yaml
            one: {{ tpl (printf "{{ (%s \\"v1\\" \\"Secret\\" \\"ns\\" \\"s\\") | toJson }}" "lookup") . }}
            all: {{ tpl (printf "{{ (%s \\"v1\\" \\"Secret\\" \\"ns\\" \\"\\") | toJson }}" "lookup") . }}
            group: {{ tpl (printf "{{ (%s \\"apps/v1\\" \\"Deployment\\" \\"\\" \\"d\\") | toJson }}" "lookup") . }}
            """);
    try (HelmHost child =
        HelmHost.start(
            directory,
            "render",
            chart,
            List.of("-Duser.home=" + home),
            Map.of(
                "KUBECONFIG",
                kubeconfig.toString(),
                "HOME",
                home.toString(),
                "HELM_KUBEAPISERVER",
                "http://127.0.0.1:" + port,
                "KUBERNETES_SERVICE_HOST",
                "127.0.0.1",
                "KUBERNETES_SERVICE_PORT",
                port))) {
      assertThat(child.until("done"))
          .contains("one: {}", "all: {}", "group: {}")
          .doesNotContain("aHVudGVyMg");
      assertThat(requests).isEmpty();
      try (Stream<Path> files = Files.walk(home)) {
        assertThat(files.filter(Files::isRegularFile))
            .as("nothing is left in the home directory")
            .containsExactly(kubeconfig);
      }
    } finally {
      cluster.stop(0);
    }
  }

  @Test
  void relativePathsAreThoseOfThisProcess() throws IOException {
    Path here = Path.of("").toAbsolutePath();
    Path chart = chart("== templates/x.yaml\nx: {{ .Values.a }} {{ .Values.b }}");
    Path values = Files.writeString(directory.resolve("values.yaml"), "a: from-values\n");
    Path text = Files.writeString(directory.resolve("text"), "from-file");
    try (HelmClient helm = HelmJavaClient.create()) {
      Chart relative =
          Chart.at(here.relativize(chart))
              .values(here.relativize(values))
              .setFile("b", here.relativize(text));
      assertThat(helm.render(relative, ReleaseName.defaultRelease()))
          .contains("x: from-values from-file");
      assertThat(helm.values(relative)).contains("from-values", "from-file");
      assertThat(helm.metadata(relative)).contains("name: tiny");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "render, TERM, 15",
    "render, INT, 2",
    "values, TERM, 15",
    "metadata, TERM, 15",
    "status, TERM, 15"
  })
  void aJvmThatHasAskedHelm_endsOnASignalWithItsShutdownHooksRun(
      String call, String signal, int number) throws Exception {
    ChildJvm.assumeHandled(signal, number);
    try (HelmHost child =
        HelmHost.start(
            directory,
            call,
            chart("== templates/x.yaml\nx: y"),
            List.of(),
            Map.of("KUBECONFIG", directory.resolve("none").toString()))) {
      child.until("done");
      child.signal(signal);
      child.until("shutdown hook ran");
      assertThat(child.process().waitFor(20, TimeUnit.SECONDS)).as("the child ends").isTrue();
      assertThat(child.process().exitValue()).isEqualTo(128 + number);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"render", "values", "metadata"})
  void aJvmThatHasRenderedStillPrintsItsThreads(String call) throws Exception {
    try (HelmHost child =
        HelmHost.start(directory, call, chart("== templates/x.yaml\nx: y"), List.of(), Map.of())) {
      child.until("done");
      child.signal("QUIT");
      String line = child.line();
      while (line != null && !line.startsWith("Full thread dump")) {
        line = child.line();
      }
      assertThat(line).isNotNull();
      child.signal("TERM");
      child.until("shutdown hook ran");
    }
  }

  @Test
  void theProcessEndsWithTheOneThatWantsIt() throws Exception {
    try (HelmHost child =
        HelmHost.start(directory, "forever", chart(FOREVER), List.of(), Map.of())) {
      ProcessHandle renderer = ProcessHandle.of(Long.parseLong(child.line())).orElseThrow();
      child.process().destroyForcibly();
      renderer.onExit().get(60, TimeUnit.SECONDS);
      assertThat(renderer.isAlive()).isFalse();
    }
  }

  private static List<ProcessHandle> renderers() {
    return ProcessHandle.current()
        .children()
        .filter(child -> child.info().commandLine().orElse("").contains(HelmWorker.class.getName()))
        .toList();
  }

  private static List<ProcessHandle> awaitRenderers() {
    List<ProcessHandle> renderers = renderers();
    while (renderers.isEmpty()) {
      Thread.onSpinWait();
      renderers = renderers();
    }
    return renderers;
  }

  @Test
  void anInterruptEndsARenderingThatDoesNotEnd_andTheClientGoesOn() throws Exception {
    Chart forever = Chart.at(chart(FOREVER));
    Chart quick =
        Chart.at(WrittenChart.in(directory.resolve("quick"), "== templates/x.yaml\nx: y"));
    try (HelmClient helm = HelmJavaClient.create()) {
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      Thread caller =
          new Thread(
              () -> {
                thrown.set(
                    catchThrowable(() -> helm.render(forever, ReleaseName.defaultRelease())));
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
              });
      caller.setDaemon(true);
      caller.start();
      List<ProcessHandle> renderers = awaitRenderers();
      long begin = System.nanoTime();
      caller.interrupt();
      caller.join(TimeUnit.SECONDS.toMillis(60));
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
      assertThat(caller.isAlive()).isFalse();
      assertThat(thrown.get())
          .isInstanceOf(CancelledException.class)
          .hasMessageContaining("interrupted");
      assertThat(renderers).noneMatch(ProcessHandle::isAlive);
      assertThat(helm.render(quick, ReleaseName.defaultRelease())).contains("x: y");
    }
    assertThat(renderers()).isEmpty();
  }

  @Test
  void aProcessThatIsKilledIsSaidToBeSo_andTheClientGoesOn() throws Exception {
    Chart forever = Chart.at(chart(FOREVER));
    Chart quick =
        Chart.at(WrittenChart.in(directory.resolve("quick"), "== templates/x.yaml\nx: y"));
    try (HelmClient helm = HelmJavaClient.create()) {
      Thread killer = new Thread(() -> awaitRenderers().forEach(ProcessHandle::destroyForcibly));
      killer.setDaemon(true);
      killer.start();
      assertThatThrownBy(() -> helm.render(forever, ReleaseName.defaultRelease()))
          .isInstanceOf(HelmException.class)
          .hasMessageContaining("the Helm process ended");
      killer.join();
      assertThat(helm.render(quick, ReleaseName.defaultRelease())).contains("x: y");
    }
  }

  @Test
  void closingEndsTheProcessAndTheCallThatRuns() throws Exception {
    Chart forever = Chart.at(chart(FOREVER));
    HelmClient helm = HelmJavaClient.create();
    Thread closer =
        new Thread(
            () -> {
              awaitRenderers();
              helm.close();
            });
    closer.setDaemon(true);
    closer.start();
    assertThatThrownBy(() -> helm.render(forever, ReleaseName.defaultRelease()))
        .isInstanceOf(HelmException.class);
    closer.join();
    assertThat(renderers()).isEmpty();
    helm.close();
    assertThatThrownBy(() -> helm.render(forever, ReleaseName.defaultRelease()))
        .isInstanceOf(HelmException.class)
        .hasMessageContaining("is closed");
  }

  private static List<ProcessHandle> awaitAtMost(int count) {
    List<ProcessHandle> renderers = renderers();
    while (renderers.size() > count) {
      Thread.onSpinWait();
      renderers = renderers();
    }
    return renderers;
  }

  @Test
  @Timeout(60)
  void aProcessThatIsIdleEndsAndTheNextCallStartsAnother() throws IOException {
    Path chart = chart("== templates/x.yaml\nx: y");
    try (HelmWorkers workers = new HelmWorkers(false, 1, Duration.ofMillis(50))) {
      assertThat(workers.call(HelmCommand.showChart(chart))).contains("name: tiny");
      assertThat(awaitAtMost(0)).isEmpty();
      assertThat(workers.call(HelmCommand.showChart(chart))).contains("name: tiny");
    }
    assertThat(renderers()).isEmpty();
  }

  @Test
  @Timeout(120)
  void manyCallsAtATimeShareAFewProcesses() throws Exception {
    Chart chart = Chart.at(chart("== templates/x.yaml\nx: {{ .Values.a }}"));
    ExecutorService callers = Executors.newFixedThreadPool(20);
    try (HelmClient helm = HelmJavaClient.create()) {
      List<Future<String>> rendered = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        Chart own = chart.set("a", "value-" + i);
        rendered.add(callers.submit(() -> helm.render(own, ReleaseName.defaultRelease())));
      }
      for (int i = 0; i < 20; i++) {
        assertThat(rendered.get(i).get()).contains("x: value-" + i + "\n");
      }
      assertThat(renderers()).hasSizeBetween(1, HelmWorkers.limit());
    } finally {
      callers.shutdownNow();
    }
    assertThat(renderers()).isEmpty();
  }
}
