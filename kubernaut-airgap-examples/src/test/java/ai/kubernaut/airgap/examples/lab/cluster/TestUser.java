package ai.kubernaut.airgap.examples.lab.cluster;

import io.fabric8.kubernetes.api.model.AuthInfoBuilder;
import io.fabric8.kubernetes.api.model.ClusterBuilder;
import io.fabric8.kubernetes.api.model.ConfigBuilder;
import io.fabric8.kubernetes.api.model.ContextBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A user of a cluster: a ServiceAccount with a token that the API server has issued.
 *
 * @param kubeconfig a file with the token
 */
public record TestUser(String namespace, String name, Path kubeconfig) {
  private static final Duration LIFETIME = Duration.ofMinutes(30);

  /** Requests a token for a ServiceAccount that exists. */
  public static TestUser of(KubernetesClient admin, String namespace, String name, Path directory) {
    String token =
        admin
            .serviceAccounts()
            .inNamespace(namespace)
            .withName(name)
            .tokenRequest(
                new TokenRequestBuilder()
                    .withNewSpec()
                    .withExpirationSeconds(LIFETIME.toSeconds())
                    .endSpec()
                    .build())
            .getStatus()
            .getToken();
    Path file = directory.resolve(name + ".kubeconfig");
    try {
      Files.writeString(file, kubeconfig(admin.getConfiguration(), token));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new TestUser(namespace, name, file);
  }

  /** The ServiceAccount as the subject of a binding. */
  Map<String, String> subject() {
    return Map.of("kind", "ServiceAccount", "namespace", namespace, "name", name);
  }

  private static String kubeconfig(Config admin, String token) throws IOException {
    ClusterBuilder cluster =
        new ClusterBuilder()
            .withServer(admin.getMasterUrl())
            .withCertificateAuthorityData(authority(admin));
    if (admin.isTrustCerts()) {
      cluster.withInsecureSkipTlsVerify(true);
    }
    return Serialization.asYaml(
        new ConfigBuilder()
            .withApiVersion("v1")
            .withKind("Config")
            .addNewCluster()
            .withName("test")
            .withCluster(cluster.build())
            .endCluster()
            .addNewUser()
            .withName("test")
            .withUser(new AuthInfoBuilder().withToken(token).build())
            .endUser()
            .addNewContext()
            .withName("test")
            .withContext(new ContextBuilder().withCluster("test").withUser("test").build())
            .endContext()
            .withCurrentContext("test")
            .build());
  }

  /** Returns nothing if the certificate is signed by an authority that every client trusts. */
  private static @Nullable String authority(Config admin) throws IOException {
    String file = admin.getCaCertFile();
    return admin.getCaCertData() == null && file != null
        ? Base64.getEncoder().encodeToString(Files.readAllBytes(Path.of(file)))
        : admin.getCaCertData();
  }
}
