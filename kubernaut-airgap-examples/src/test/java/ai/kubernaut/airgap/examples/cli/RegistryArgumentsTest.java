package ai.kubernaut.airgap.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.TestCertificates;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import ai.kubernaut.airgap.registry.http.RawServer;
import ai.kubernaut.airgap.registry.http.RegistryConfigException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** How the options and the environment of a command say that registries are reached. */
@Timeout(60)
final class RegistryArgumentsTest {
  @Command
  private static final class Any {
    @Mixin RegistryArguments registries = new RegistryArguments();
  }

  private static HttpRegistryClient.Builder builder(
      Map<String, String> environment, String... arguments) {
    Any command = new Any();
    new CommandLine(command).parseArgs(arguments);
    return command.registries.reach(
        HttpRegistryClient.builder().credentials(CredentialProvider.none()), environment);
  }

  @Test
  void theProxyOfTheEnvironmentIsUsed() {
    try (RawServer proxy =
            RawServer.start(
                connection -> {
                  connection.readHead();
                  connection
                      .out()
                      .write(
                          "HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"
                              .getBytes(StandardCharsets.US_ASCII));
                });
        HttpRegistryClient client =
            builder(Map.of("https_proxy", "http://" + proxy.host())).build()) {
      RegistryException e =
          catchThrowableOfType(RegistryException.class, () -> client.ping("registry.test.invalid"));

      assertThat(e.reason()).isEqualTo(RegistryException.Reason.PROXY);
      assertThat(e).hasMessageContaining("the proxy " + proxy.host());
    }
  }

  @Test
  void aClientCertificateHasAKey(@TempDir Path directory) throws Exception {
    TestCertificates certificates = TestCertificates.create(directory);
    String certificate = "harbor.corp=" + certificates.certificateChainFile();
    String key = "harbor.corp=" + certificates.privateKeyFile();

    builder(Map.of(), "--client-certificate", certificate, "--client-key", key).build().close();

    assertThatThrownBy(() -> builder(Map.of(), "--client-certificate", certificate))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--client-key");
    assertThatThrownBy(
            () ->
                builder(
                    Map.of(),
                    "--client-certificate",
                    certificate,
                    "--client-key",
                    "harbor.corp=" + directory.resolve("missing.key")))
        .isInstanceOf(RegistryConfigException.class);
  }
}
