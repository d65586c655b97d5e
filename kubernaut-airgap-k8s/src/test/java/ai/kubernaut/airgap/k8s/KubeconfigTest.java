package ai.kubernaut.airgap.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.ResourceType;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class KubeconfigTest {
  private static final String GOOD =
      """
      apiVersion: v1
      kind: Config
      current-context: admin
      clusters:
      - name: lab
        cluster: {server: "https://api.lab.example.com:6443"}
      contexts:
      - name: admin
        context: {cluster: lab, user: me}
      users:
      - name: me
        user: {token: hunter2}
      """;

  @TempDir Path directory;

  static String[][] unusable() {
    return new String[][] {
      {"current-context: admin\n", "", "it has no current-context; choose one"},
      {
        "current-context: admin",
        "current-context: other",
        "its current-context 'other' is not among its contexts"
      },
      {
        "cluster: lab,",
        "cluster: gone,",
        "names the cluster 'gone', and no cluster of this name has a server"
      },
      {"server:", "srv:", "names the cluster 'lab', and no cluster of this name has a server"},
      {"contexts:", "contexts: [", "line "},
      {GOOD, "- a list\n", "is a list"},
      {GOOD, "", "it has no current-context"},
    };
  }

  @ParameterizedTest
  @MethodSource
  void unusable(String part, String replacement, String why) throws IOException {
    Path file = Files.writeString(directory.resolve("kubeconfig"), GOOD.replace(part, replacement));
    ClusterException refusal =
        catchThrowableOfType(
            ClusterException.class, () -> Fabric8ClusterClient.fromKubeconfig(file));
    assertThat(refusal).isNotNull();
    assertThat(refusal.reason()).isEqualTo(ClusterException.Reason.CONFIGURATION);
    assertThat(refusal)
        .hasMessageStartingWith("the kubeconfig " + file + " cannot be used: ")
        .hasMessageContaining(why)
        .hasMessageNotContaining("hunter2");
  }

  static String[][] neitherTheMessageNorACauseQuotesTheFile() {
    return new String[][] {
      {"{token: hunter2}", "{token: hunter2"},
      {"{token: hunter2}", "{token: *hunter2}"},
      {"{token: hunter2}", "{token: {x: hunter2}}"},
      {"{token: hunter2}", "[hunter2]"},
      {"{token: hunter2}", "hunter2"},
      {"{token: hunter2}", "{client-key-data: hunter2!, client-certificate-data: hunter2!}"},
      {
        "{token: hunter2}", "{client-key-data: aHVudGVyMg==, client-certificate-data: aHVudGVyMg==}"
      },
      {"{token: hunter2}", "{exec: hunter2}"},
      {"server: \"https", "certificate-authority-data: hunter2!, server: \"https"},
      {"server: \"https://", "server: \"https://me:hunter2 @"},
    };
  }

  @ParameterizedTest
  @MethodSource
  void neitherTheMessageNorACauseQuotesTheFile(String part, String replacement) throws IOException {
    Path file = Files.writeString(directory.resolve("kubeconfig"), GOOD.replace(part, replacement));
    Throwable refusal =
        catchThrowable(() -> Fabric8ClusterClient.fromKubeconfig(file).serves(ResourceType.POD));
    assertThat(refusal).isInstanceOf(ClusterException.class);
    StringWriter trace = new StringWriter();
    refusal.printStackTrace(new PrintWriter(trace, true));
    assertThat(trace.toString()).doesNotContain("hunter2").doesNotContain("aHVudGVyMg");
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    Path missing = directory.resolve("missing");
    ClusterException refusal =
        catchThrowableOfType(
            ClusterException.class, () -> Fabric8ClusterClient.fromKubeconfig(missing));
    assertThat(refusal.reason()).isEqualTo(ClusterException.Reason.CONFIGURATION);
    assertThat(refusal).hasMessageContaining(missing + " cannot be used: there is no such file");
  }

  @Test
  void aGoodOneIsReadAndNobodyIsAsked() throws IOException {
    Path file = Files.writeString(directory.resolve("kubeconfig"), GOOD);
    try (Fabric8ClusterClient client = Fabric8ClusterClient.fromKubeconfig(file)) {
      assertThat(client.address()).isEqualTo("https://api.lab.example.com:6443");
      assertThat(client).hasToString("Fabric8ClusterClient[https://api.lab.example.com:6443]");
    }
  }

  @Test
  void theTokenFileIsReadForEachRequest() throws IOException {
    List<String> tokens = new CopyOnWriteArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          tokens.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    server.start();
    try {
      Path token = Files.writeString(directory.resolve("token"), "first\n");
      Path file =
          Files.writeString(
              directory.resolve("kubeconfig"),
              GOOD.replace("{token: hunter2}", "{tokenFile: token}")
                  .replace(
                      "https://api.lab.example.com:6443",
                      "http://127.0.0.1:" + server.getAddress().getPort()));
      try (Fabric8ClusterClient client = Fabric8ClusterClient.fromKubeconfig(file)) {
        assertThat(client.get(ResourceType.POD, "ns", "a")).isEmpty();
        Files.writeString(token, "second");
        assertThat(client.get(ResourceType.POD, "ns", "a")).isEmpty();
        assertThat(tokens).startsWith("Bearer first").endsWith("Bearer second");
        Files.delete(token);
        ClusterException refusal =
            catchThrowableOfType(
                ClusterException.class, () -> client.get(ResourceType.POD, "ns", "a"));
        assertThat(refusal).isNotNull();
        assertThat(refusal.reason()).isEqualTo(ClusterException.Reason.CONFIGURATION);
        assertThat(refusal)
            .hasMessageContaining("its tokenFile " + token.toAbsolutePath() + " cannot be read");
      }
    } finally {
      server.stop(0);
    }
  }
}
