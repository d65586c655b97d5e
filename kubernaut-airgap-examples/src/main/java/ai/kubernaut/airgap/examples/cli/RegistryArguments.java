package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.http.ClientCertificate;
import ai.kubernaut.airgap.registry.http.DockerConfig;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How registries are reached. */
final class RegistryArguments {
  @Option(
      names = "--source",
      paramLabel = "REGISTRY=ENDPOINT",
      description =
          "Where a registry's images come from instead, for example quay.io=proxy.corp/quay.")
  Map<String, String> endpoints = new LinkedHashMap<>();

  @Option(
      names = "--plain-http",
      paramLabel = "HOST",
      description = "A registry that is asked over plain HTTP.")
  List<String> plainHttp = new ArrayList<>();

  @Option(
      names = "--ca",
      paramLabel = "HOST=FILE",
      description = "The CA certificates of a registry, a PEM file.")
  Map<String, Path> authorities = new LinkedHashMap<>();

  @Option(
      names = "--client-certificate",
      paramLabel = "HOST=FILE",
      description =
          "The client certificate for a registry, a PEM file. Its key is given with --client-key.")
  Map<String, Path> clientCertificates = new LinkedHashMap<>();

  @Option(
      names = "--client-key",
      paramLabel = "HOST=FILE",
      description = "The key of a client certificate, a PEM file with an unencrypted PKCS #8 key.")
  Map<String, Path> clientKeys = new LinkedHashMap<>();

  @Option(
      names = "--authfile",
      paramLabel = "FILE",
      description =
          "Credentials, a docker config.json; by default those that docker and podman use.")
  @Nullable Path authFile;

  CredentialProvider credentials() {
    return authFile == null ? DockerConfig.standard() : DockerConfig.file(authFile);
  }

  /**
   * A builder with everything said about registries but credentials, and with the proxies of the
   * environment.
   */
  HttpRegistryClient.Builder reach(HttpRegistryClient.Builder client) {
    return reach(client, System.getenv());
  }

  HttpRegistryClient.Builder reach(
      HttpRegistryClient.Builder client, Map<String, String> environment) {
    if (!clientCertificates.keySet().equals(clientKeys.keySet())) {
      throw new IllegalArgumentException(
          "--client-certificate and --client-key need each other, for the same HOST");
    }
    client.proxyFromEnvironment(environment).userAgent("kubernaut-airgap-cli");
    plainHttp.forEach(client::plainHttp);
    authorities.forEach(client::caFile);
    clientCertificates.forEach(
        (host, file) ->
            client.clientCertificate(
                host, ClientCertificate.ofPem(file, Objects.requireNonNull(clientKeys.get(host)))));
    endpoints.forEach(client::endpoint);
    return client;
  }

  HttpRegistryClient client() {
    return reach(HttpRegistryClient.builder().credentials(credentials())).build();
  }

  Optional<Credentials> credentialsFor(Target target) {
    return credentials().credentialsFor(Repository.parse(target.address() + "/kubernaut"));
  }
}
