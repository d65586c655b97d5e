package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A cluster without nodes of the lab: that of {@code -Dairgap.it.kubeconfig=FILE}. Everything that
 * a test creates there has a name with a random prefix, or belongs to a namespace or a Helm release
 * with one, and is removed by {@link #close()}.
 */
public final class OtherCluster implements AutoCloseable {
  /** The system property with the kubeconfig of the cluster. */
  public static final String PROPERTY = "airgap.it.kubeconfig";

  private static final Duration REMOVAL = Duration.ofSeconds(90);
  private static final String HELM_NAMESPACE = "meta.helm.sh/release-namespace";

  /** The kinds of the whole cluster that charts, seals and tests create, in order of removal. */
  private static final List<ResourceKind> KINDS =
      List.of(
          ResourceKinds.MUTATING_WEBHOOKS,
          ResourceKinds.VALIDATING_WEBHOOKS,
          ResourceKinds.ADMISSION_POLICY_BINDING,
          ResourceKinds.ADMISSION_POLICY,
          ResourceKinds.CLUSTER_ROLE_BINDING,
          ResourceKinds.CLUSTER_ROLE,
          ResourceKinds.STORAGE_CLASS);

  private final Path kubeconfig;
  private final String prefix = "t" + UUID.randomUUID().toString().substring(0, 6) + "-";
  private final KubernetesClient client;
  private final RemoteApi api;
  private final Set<String> definitions;
  private final Runnable end;

  private OtherCluster(Path kubeconfig, Runnable end) {
    this.kubeconfig = kubeconfig;
    this.end = end;
    this.client =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
            .build();
    this.api = new RemoteApi(client);
    this.definitions = definitions();
  }

  /** The cluster of the system property, if it is set. */
  public static Optional<OtherCluster> ofProperty() {
    return Optional.ofNullable(System.getProperty(PROPERTY))
        .filter(file -> !file.isEmpty())
        .map(file -> new OtherCluster(Path.of(file).toAbsolutePath(), () -> {}));
  }

  /** A cluster of the lab that has only an API server and controllers, in place of a real one. */
  public static OtherCluster withoutNodes(Path directory) {
    LabCluster cluster =
        LabCluster.builder((image, configs) -> new PulledImage(image)).withoutNodes().start();
    return new OtherCluster(cluster.writeKubeconfig(directory), cluster::close);
  }

  /** Skips a test whose pods need images that only nodes of the lab can pull. */
  public void skipIfItHasNodes() {
    boolean hasNodes =
        api.list(ResourceKinds.NODE, "").stream()
            .anyMatch(node -> !node.at("/metadata/labels").has(LabNodes.LABEL));
    Assumptions.assumeFalse(
        hasNodes,
        "skipped: the cluster has nodes of its own, which cannot pull from the mirror of the test");
  }

  public Path kubeconfig() {
    return kubeconfig;
  }

  /** A name with the prefix of this run. */
  public String name(String name) {
    return prefix + name;
  }

  private Set<String> definitions() {
    return api.list(ResourceKinds.CRD, "").stream()
        .map(Json::name)
        .filter(name -> name.endsWith(".kubernaut.ai") || name.contains(prefix))
        .collect(Collectors.toSet());
  }

  /** Removes what is left of this run, and ends a cluster that was started for it. */
  @Override
  public void close() {
    try {
      removeAll();
    } finally {
      client.close();
      end.run();
    }
  }

  /** Removes what has the prefix of this run, and waits until the namespaces are gone. */
  public void removeAll() {
    try {
      List<String> namespaces = namespaces();
      for (ResourceKind kind : KINDS) {
        api.list(kind, "").stream()
            .filter(this::isOfThisRun)
            .forEach(object -> api.remove(kind, "", Json.name(object)));
      }
      namespaces.forEach(name -> api.remove(ResourceKinds.NAMESPACE, "", name));
      // Not every pod has a node that could end it.
      api.list(ResourceKinds.POD, "").stream()
          .filter(pod -> namespaces.contains(Json.namespace(pod)))
          .forEach(api::end);
      long end = System.nanoTime() + REMOVAL.toNanos();
      while (!left().isEmpty() && System.nanoTime() < end) {
        Thread.sleep(100);
      }
      List<String> left = left();
      if (!left.isEmpty()) {
        throw new IllegalStateException("still there after %s: %s".formatted(REMOVAL, left));
      }
      definitions().stream()
          .filter(name -> !definitions.contains(name))
          .forEach(name -> api.remove(ResourceKinds.CRD, "", name));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while namespaces were removed", e);
    }
  }

  private List<String> namespaces() {
    return api.list(ResourceKinds.NAMESPACE, "").stream()
        .map(Json::name)
        .filter(name -> name.startsWith(prefix))
        .toList();
  }

  /** The namespaces that are still terminating, and the volumes of their claims. */
  private List<String> left() {
    return Stream.concat(
            namespaces().stream(),
            api.list(ResourceKinds.VOLUME, "").stream()
                .filter(volume -> Json.text(volume, "/spec/claimRef/namespace").startsWith(prefix))
                .map(Json::name))
        .toList();
  }

  private boolean isOfThisRun(JsonNode object) {
    return Stream.of(
            Json.name(object), object.at("/metadata/annotations").path(HELM_NAMESPACE).asText(""))
        .anyMatch(name -> name.contains(prefix));
  }

  /** The names of the nodes of the lab, and of what belongs to them, that are in the cluster. */
  List<String> nodesOfLab() {
    return Stream.of(ResourceKinds.NODE, ResourceKinds.LEASE, ResourceKinds.CRD)
        .flatMap(kind -> api.list(kind, LabNodes.LABEL).stream())
        .map(Json::name)
        .toList();
  }
}
