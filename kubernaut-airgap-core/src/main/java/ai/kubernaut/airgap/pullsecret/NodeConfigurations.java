package ai.kubernaut.airgap.pullsecret;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.openshift.MachineConfigPools;
import ai.kubernaut.airgap.registry.Credentials;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * What the rendered configurations of an OpenShift cluster's nodes hold: the operator writes the
 * global pull secret into them as a file, and a node that has a configuration has that file. Not
 * thread-safe.
 */
final class NodeConfigurations {
  /** Whether a configuration has the credentials. */
  enum Content {
    /** It has them. */
    HOLDS,
    /** It has a pull secret without them. */
    LACKS,
    /** It cannot be read. */
    UNKNOWN
  }

  private static final String PULL_SECRET = "/var/lib/kubelet/config.json";
  private static final int MAX_BYTES = 4 << 20;

  private final ClusterClient cluster;
  private final String registry;
  private final Credentials credentials;

  /** By the name of the configuration, which is made from its content and never changes. */
  private final Map<String, Content> known = new HashMap<>();

  NodeConfigurations(ClusterClient cluster, String registry, Credentials credentials) {
    this.cluster = cluster;
    this.registry = registry;
    this.credentials = credentials;
  }

  /** Whether the configuration of this name has the credentials. */
  Content of(String name) {
    Content content = known.get(name);
    if (content == null) {
      content = read(name);
      if (content != Content.UNKNOWN) {
        known.put(name, content);
      }
    }
    return content;
  }

  /**
   * Whether every pool should have a configuration with the credentials. Where a configuration
   * cannot be read, that it is another one than before has to do.
   *
   * @param before the configurations before the pull secret was written; empty when that is not
   *     known, and then a configuration that cannot be read is taken for one with the credentials
   */
  boolean areIn(MachineConfigPools pools, Optional<Map<String, String>> before) {
    return pools.wanted().entrySet().stream()
        .allMatch(
            pool ->
                switch (of(pool.getValue())) {
                  case HOLDS -> true;
                  case LACKS -> false;
                  case UNKNOWN ->
                      before.isEmpty() || !pool.getValue().equals(before.get().get(pool.getKey()));
                });
  }

  /** By what it is known that every pool has the credentials, once {@link #areIn} says so. */
  PullSecretReport.Evidence evidence(
      MachineConfigPools pools, Optional<Map<String, String>> before) {
    if (pools.wanted().values().stream().allMatch(name -> of(name) == Content.HOLDS)) {
      return PullSecretReport.Evidence.CONTENT;
    }
    return before.isPresent()
        ? PullSecretReport.Evidence.NEW_CONFIGURATION
        : PullSecretReport.Evidence.NONE;
  }

  private Content read(String name) {
    if (name.isEmpty()) {
      return Content.UNKNOWN;
    }
    Optional<KubernetesObject> configuration;
    try {
      configuration = cluster.get(ResourceType.MACHINE_CONFIG, null, name);
    } catch (ClusterException e) {
      if (e.reason() == ClusterException.Reason.FORBIDDEN) {
        return Content.UNKNOWN;
      }
      throw e;
    }
    return configuration
        .flatMap(NodeConfigurations::pullSecret)
        .flatMap(DockerConfigJson::parse)
        .map(secret -> secret.holds(registry, credentials) ? Content.HOLDS : Content.LACKS)
        .orElse(Content.UNKNOWN);
  }

  private static Optional<String> pullSecret(KubernetesObject configuration) {
    return configuration.fields().list("spec", "config", "storage", "files").stream()
        .filter(file -> file.text("path").orElse("").equals(PULL_SECRET))
        .findFirst()
        .flatMap(NodeConfigurations::decoded);
  }

  /** The content of a file, which is a data URL. */
  private static Optional<String> decoded(Fields file) {
    String source = file.text("contents", "source").orElse("");
    int comma = source.indexOf(',');
    if (!source.startsWith("data:") || comma < 0) {
      return Optional.empty();
    }
    String data = source.substring(comma + 1);
    try {
      // In a data URL a plus sign stands for itself.
      byte[] content =
          source.substring(0, comma).endsWith(";base64")
              ? Base64.getDecoder().decode(data)
              : URLDecoder.decode(data.replace("+", "%2B"), StandardCharsets.UTF_8)
                  .getBytes(StandardCharsets.UTF_8);
      return Optional.of(new String(unzipped(content), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException | IOException broken) {
      return Optional.empty();
    }
  }

  private static byte[] unzipped(byte[] content) throws IOException {
    boolean zipped =
        content.length > 2 && (content[0] & 0xff) == 0x1f && (content[1] & 0xff) == 0x8b;
    if (!zipped) {
      return content;
    }
    try (InputStream gzip = new GZIPInputStream(new ByteArrayInputStream(content))) {
      byte[] bytes = gzip.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new IOException("the pull secret has more than " + MAX_BYTES + " bytes");
      }
      return bytes;
    }
  }
}
