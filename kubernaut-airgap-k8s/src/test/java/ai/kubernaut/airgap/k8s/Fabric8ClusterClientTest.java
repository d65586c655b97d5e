package ai.kubernaut.airgap.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterClientContract;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.ClusterException.Reason;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.ServiceResponse;
import io.fabric8.kubernetes.client.server.mock.KubernetesMixedDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Against fabric8's mock of an API server. It keeps objects; what it does not do by itself, the
 * discovery, logs and services, it is told to answer. It takes objects of any namespace and has a
 * log for any pod, so the lab's cluster runs that part of the contract.
 */
final class Fabric8ClusterClientTest extends ClusterClientContract {
  /** The mock tells every request; held here, or the level would be forgotten with the logger. */
  private static final Logger TALK = Logger.getLogger(MockWebServer.class.getName());

  static {
    TALK.setLevel(Level.WARNING);
  }

  @TempDir Path directory;
  private final KubernetesMockServer server = start();

  private KubernetesMockServer start() {
    Map<ServerRequest, Queue<ServerResponse>> responses = new HashMap<>();
    KubernetesMockServer mock =
        new KubernetesMockServer(
            new Context(),
            new MockWebServer(),
            responses,
            new KubernetesMixedDispatcher(responses),
            false);
    mock.init();
    return mock;
  }

  @Override
  protected ClusterClient open() throws IOException {
    serve("/api/v1", "namespaces", "secrets", "pods", "services");
    serve("/apis/batch/v1", "jobs");
    return connect();
  }

  private void serve(String path, String... plurals) {
    List<Map<String, String>> resources =
        List.of(plurals).stream().map(plural -> Map.of("name", plural)).toList();
    answer(path, 200, Map.of("kind", "APIResourceList", "resources", resources));
  }

  private void answer(String path, int status, Object body) {
    server.expect().get().withPath(path).andReturn(status, body).always();
  }

  private static Map<String, Object> failure(int code, String reason, String message) {
    return Map.of(
        "kind",
        "Status",
        "apiVersion",
        "v1",
        "status",
        "Failure",
        "code",
        code,
        "reason",
        reason,
        "message",
        message);
  }

  @AfterEach
  void stopServer() {
    server.destroy();
  }

  private ClusterClient connect() throws IOException {
    return Fabric8ClusterClient.fromKubeconfig(
        Files.writeString(
            directory.resolve("kubeconfig"),
            """
            apiVersion: v1
            kind: Config
            current-context: c
            clusters: [{name: c, cluster: {server: "http://localhost:%d"}}]
            contexts: [{name: c, context: {cluster: c, user: u}}]
            users: [{name: u, user: {token: hunter2}}]
            """
                .formatted(server.getPort())));
  }

  @Override
  protected Set<Ability> abilities() {
    return EnumSet.complementOf(
        EnumSet.of(
            Ability.NAMESPACES, Ability.MISSING_LOGS, Ability.VERSIONS, Ability.REMOVAL_CONFLICTS));
  }

  private static String pathOfLog(String namespace, String pod, String container, int lines) {
    return "/api/v1/namespaces/%s/pods/%s/log?container=%s&tailLines=%d"
        .formatted(namespace, pod, container, lines);
  }

  @Override
  protected void runPod(String namespace, String pod, String container, List<String> log) {
    for (int lines : new int[] {2, 100}) {
      List<String> end = log.subList(Math.max(0, log.size() - lines), log.size());
      answer(pathOfLog(namespace, pod, container, lines), 200, String.join("\n", end) + "\n");
    }
  }

  @Override
  protected void createWaitingPod(String namespace, String pod, String container) {
    answer(
        pathOfLog(namespace, pod, container, 5),
        400,
        failure(400, "BadRequest", "container \"main\" is waiting to start: ContainerCreating"));
  }

  private static String pathOfService(String namespace, String service, int port, String path) {
    return "/api/v1/namespaces/%s/services/%s:%d/proxy%s".formatted(namespace, service, port, path);
  }

  @Override
  protected void runService(
      String namespace, String service, int port, String path, ServiceResponse answer) {
    answer(pathOfService(namespace, service, port, path), answer.status(), answer.body());
  }

  @Override
  protected void createServiceWithoutPods(String namespace, String service, int port) {
    answer(
        pathOfService(namespace, service, port, "/healthz"),
        503,
        failure(503, "ServiceUnavailable", "no endpoints available for service \"lonely\""));
  }

  private static ClusterException refused(ThrowingCallable call) {
    ClusterException refusal = catchThrowableOfType(ClusterException.class, call);
    assertThat(refusal).isNotNull();
    assertThat(refusal).hasMessageNotContaining("hunter2");
    return refusal;
  }

  @ParameterizedTest
  @CsvSource({
    "400, INVALID,      ''",
    "401, UNAUTHORIZED, log in again",
    "403, FORBIDDEN,    the guide asks for cluster-admin",
    "409, CONFLICT,     ''",
    "422, INVALID,      ''",
    "429, SERVER,       ''",
    "500, SERVER,       ''",
  })
  void aRefusalHasItsReasonAndTheServersWords(int status, Reason reason, String advice)
      throws IOException {
    answer("/api/v1/namespaces/ns/secrets/s", status, failure(status, "R", "said by the server"));
    try (ClusterClient cluster = connect()) {
      ClusterException refusal = refused(() -> cluster.get(ResourceType.SECRET, "ns", "s"));
      assertThat(refusal.reason()).isEqualTo(reason);
      assertThat(refusal)
          .hasMessageContaining("reading Secret ns/s at " + cluster.address())
          .hasMessageContaining("failed with HTTP " + status + ": said by the server")
          .hasMessageContaining(advice);
    }
  }

  @Test
  void somethingThatIsNoApiServerIsSaidToBeSo() throws IOException {
    answer("/api/v1/namespaces/ns/secrets/s", 200, "<html>a proxy</html>");
    answer("/api/v1/namespaces/ns/secrets/t", 502, "<html>a proxy</html>");
    try (ClusterClient cluster = connect()) {
      assertThat(refused(() -> cluster.get(ResourceType.SECRET, "ns", "s")))
          .hasMessageContaining("is this an API server?");
      assertThat(refused(() -> cluster.get(ResourceType.SECRET, "ns", "t")).reason())
          .isEqualTo(Reason.SERVER);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"kind\": \"Secret\", \"data\": {\"password\": \"hunter2\"",
        "{\"kind\": \"Secret\", \"data\": {\"password\": hunter2}}",
        "[\"hunter2\"]"
      })
  void aBrokenResponseIsNotQuoted(String body) throws IOException {
    answer("/api/v1/namespaces/ns/secrets/s", 200, body);
    try (ClusterClient cluster = connect()) {
      ClusterException refusal = refused(() -> cluster.get(ResourceType.SECRET, "ns", "s"));
      assertThat(refusal.reason()).isEqualTo(Reason.SERVER);
      StringWriter trace = new StringWriter();
      refusal.printStackTrace(new PrintWriter(trace, true));
      assertThat(trace.toString()).doesNotContain("hunter2");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", ".."})
  void aNameThatLeadsElsewhereIsNotSent(String name) throws IOException {
    int requests = server.getRequestCount();
    try (ClusterClient cluster = connect()) {
      for (ThrowingCallable call :
          List.<ThrowingCallable>of(
              () -> cluster.get(ResourceType.SECRET, "ns", name),
              () -> cluster.get(ResourceType.SECRET, name, "s"),
              () -> cluster.log("ns", name, "c", 5),
              () -> cluster.getFromService(name, "s", "80", "/"))) {
        assertThat(refused(call).reason()).isEqualTo(Reason.INVALID);
      }
      assertThat(server.getRequestCount()).isEqualTo(requests);
    }
  }

  @Test
  void nobodyAtTheAddressIsUnreachable() throws IOException {
    try (ClusterClient cluster = connect()) {
      server.destroy();
      ClusterException refusal = refused(() -> cluster.serves(ResourceType.SECRET));
      assertThat(refusal.reason()).isEqualTo(Reason.UNREACHABLE);
      assertThat(refusal)
          .hasMessageContaining("the API server " + cluster.address() + " cannot be asked")
          .hasMessageContaining("check the address in the kubeconfig");
    }
  }

  @Override
  @Disabled("the mock server ignores notin; the contract also runs on the API server of the lab")
  protected void aListHoldsWhatALabelSelectorDoesNotExclude() {}

  @Test
  void aListOfSeveralPagesIsReadToItsEnd() throws IOException {
    String path = "/api/v1/namespaces/ns/pods?limit=500&labelSelector=";
    answer(path, 200, page("b", "the rest"));
    answer(path + "&continue=the%20rest", 200, page("a", ""));
    try (ClusterClient cluster = connect()) {
      assertThat(cluster.list(ResourceType.POD, "ns", Map.of()))
          .extracting(KubernetesObject::toString)
          .containsExactly("Pod ns/a", "Pod ns/b");
    }
  }

  private static Map<String, Object> page(String pod, String next) {
    return Map.of(
        "kind", "PodList",
        "metadata", Map.of("continue", next),
        "items", List.of(Map.of("metadata", Map.of("name", pod, "namespace", "ns"))));
  }

  @Test
  void aUserWhoMayNotAskServicesIsToldSo() throws IOException {
    String path = pathOfService("ns", "gateway", 8080, "/healthz");
    answer(path, 403, failure(403, "Forbidden", "services \"gateway\" is forbidden"));
    String theirs = pathOfService("ns", "closed", 8080, "/healthz");
    answer(theirs, 403, "the service's own refusal");
    try (ClusterClient cluster = connect()) {
      assertThat(
              refused(() -> cluster.getFromService("ns", "gateway", "8080", "/healthz")).reason())
          .isEqualTo(Reason.FORBIDDEN);
      assertThat(cluster.getFromService("ns", "closed", "8080", "/healthz"))
          .isEqualTo(ServiceResponse.of(403, "the service's own refusal"));
    }
  }
}
