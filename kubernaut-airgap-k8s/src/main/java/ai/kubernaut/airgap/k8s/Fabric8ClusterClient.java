package ai.kubernaut.airgap.k8s;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.ClusterVersions;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.HttpPath;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.LabelSelector;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.ServiceResponse;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A cluster, through fabric8's client and the connection, the TLS and the credentials that a
 * kubeconfig describes. Every request ends after the {@link ApiTimeouts}, and when its thread is
 * interrupted. Thread-safe.
 *
 * <p>Objects are carried as the API server sends them, not through fabric8's model classes: what
 * the model of one release does not know must not get lost on the way back.
 */
public final class Fabric8ClusterClient implements ClusterClient {
  private static final int NOT_FOUND = 404;
  private static final int GATEWAY_TIMEOUT = 504;

  /** The name that the API server notes for the fields that are written. */
  private static final String FIELD_MANAGER = "kubernaut-airgap";

  private final KubernetesClient client;
  private final ApiServer server;

  private Fabric8ClusterClient(KubernetesClient client, ApiTimeouts timeouts) {
    this.client = client;
    this.server = new ApiServer(client, timeouts.request());
  }

  /**
   * A client for the cluster of {@code $KUBECONFIG}, or of {@code ~/.kube/config}, or of the pod
   * this runs in, with the default {@link ApiTimeouts}.
   *
   * @return the client; nothing was asked yet
   * @throws ClusterException with CONFIGURATION when the kubeconfig cannot be used
   */
  public static Fabric8ClusterClient fromKubeconfig() {
    return fromKubeconfig(ApiTimeouts.builder().build());
  }

  /**
   * A client for the cluster of {@code $KUBECONFIG}, or of {@code ~/.kube/config}, or of the pod
   * this runs in.
   *
   * @param timeouts how long it waits for the API server
   * @return the client; nothing was asked yet
   * @throws ClusterException with CONFIGURATION when the kubeconfig cannot be used
   */
  public static Fabric8ClusterClient fromKubeconfig(ApiTimeouts timeouts) {
    return of(Kubeconfig.ENVIRONMENT, Kubeconfig.ofEnvironment(), timeouts);
  }

  /**
   * A client for the cluster of a kubeconfig file, with the default {@link ApiTimeouts}.
   *
   * @param kubeconfig the file; its current context counts
   * @return the client; nothing was asked yet
   * @throws ClusterException with CONFIGURATION when the file is not there, does not parse, or
   *     names no cluster
   */
  public static Fabric8ClusterClient fromKubeconfig(Path kubeconfig) {
    return fromKubeconfig(kubeconfig, ApiTimeouts.builder().build());
  }

  /**
   * A client for the cluster of a kubeconfig file.
   *
   * @param kubeconfig the file; its current context counts
   * @param timeouts how long it waits for the API server
   * @return the client; nothing was asked yet
   * @throws ClusterException with CONFIGURATION when the file is not there, does not parse, or
   *     names no cluster
   */
  public static Fabric8ClusterClient fromKubeconfig(Path kubeconfig, ApiTimeouts timeouts) {
    return of("the kubeconfig " + kubeconfig, Kubeconfig.read(kubeconfig), timeouts);
  }

  private static Fabric8ClusterClient of(String what, Config config, ApiTimeouts timeouts) {
    // Whether to try again is the caller's choice.
    config.setRequestRetryBackoffLimit(0);
    config.setConnectionTimeout(Math.toIntExact(timeouts.connect().toMillis()));
    config.setRequestTimeout(Math.toIntExact(timeouts.request().toMillis()));
    return new Fabric8ClusterClient(Kubeconfig.client(what, config), timeouts);
  }

  @Override
  public String address() {
    return server.address();
  }

  @Override
  public boolean serves(ResourceType type) {
    ApiServer.Answer answer = server.get(groupPath(type));
    if (answer.status() == NOT_FOUND) {
      return false;
    }
    return server
        .require(answer, "asking for the resources of " + type.apiVersion())
        .list("resources")
        .stream()
        .anyMatch(resource -> resource.text("name").orElse("").equals(type.plural()));
  }

  @Override
  public ClusterVersions versions() {
    Fields version = server.require(server.get("/version"), "asking for the version");
    Fields core = server.require(server.get("/api"), "asking for the versions of the core API");
    Fields groups = server.require(server.get("/apis"), "asking for the API groups");
    List<String> apis = new ArrayList<>();
    if (core.value("versions").orElse(null) instanceof List<?> versions) {
      versions.forEach(one -> apis.add(String.valueOf(one)));
    }
    for (Fields group : groups.list("groups")) {
      group.list("versions").forEach(one -> one.text("groupVersion").ifPresent(apis::add));
    }
    return ClusterVersions.of(version.text("gitVersion").orElse(""), apis);
  }

  @Override
  public Optional<KubernetesObject> get(
      ResourceType type, @Nullable String namespace, String name) {
    ApiServer.Answer answer = server.get(path(type, namespace) + "/" + segment(name));
    if (answer.status() == NOT_FOUND) {
      return Optional.empty();
    }
    return Optional.of(
        KubernetesObject.of(server.require(answer, "reading " + describe(type, namespace, name))));
  }

  @Override
  public List<KubernetesObject> list(
      ResourceType type, @Nullable String namespace, Map<String, String> labels) {
    return list(
        type,
        namespace,
        new TreeMap<>(labels)
            .entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue())
                .collect(Collectors.joining(",")));
  }

  @Override
  public List<KubernetesObject> list(
      ResourceType type, @Nullable String namespace, LabelSelector selector) {
    return list(type, namespace, selector.toString());
  }

  private List<KubernetesObject> list(
      ResourceType type, @Nullable String namespace, String selector) {
    List<KubernetesObject> objects = new ArrayList<>();
    String next = "";
    do {
      String query =
          "?limit=500&labelSelector="
              + ApiServer.encode(selector)
              + (next.isEmpty() ? "" : "&continue=" + ApiServer.encode(next));
      ApiServer.Answer answer = server.get(path(type, namespace) + query);
      if (answer.status() == NOT_FOUND) {
        return List.of();
      }
      Fields page =
          server.require(
              answer, "listing " + type.plural() + (namespace == null ? "" : " in " + namespace));
      // In a list the API server leaves out what is the same for all its objects.
      page.list("items")
          .forEach(
              item ->
                  objects.add(
                      KubernetesObject.of(
                          item.with(type.apiVersion(), "apiVersion").with(type.kind(), "kind"))));
      next = page.text("metadata", "continue").orElse("");
    } while (!next.isEmpty());
    objects.sort(Comparator.comparing(KubernetesObject::name));
    return List.copyOf(objects);
  }

  @Override
  public KubernetesObject create(ResourceType type, KubernetesObject object) {
    return write("POST", path(type, object.namespace().orElse(null)), "creating " + object, object);
  }

  @Override
  public KubernetesObject replace(ResourceType type, KubernetesObject object) {
    return write(
        "PUT",
        path(type, object.namespace().orElse(null)) + "/" + segment(object.name()),
        "replacing " + object,
        object);
  }

  @Override
  public void delete(ResourceType type, KubernetesObject object) {
    Fields options =
        Fields.of(Map.of("apiVersion", "v1", "kind", "DeleteOptions"))
            .with(preconditions(object), "preconditions")
            // The default of the API server keeps the pods of a Job.
            .with("Background", "propagationPolicy");
    server.check(
        server.send(
            "DELETE",
            path(type, object.namespace().orElse(null)) + "/" + segment(object.name()),
            options),
        "removing " + object);
  }

  private static Map<String, String> preconditions(KubernetesObject object) {
    Map<String, String> preconditions = new TreeMap<>();
    for (String field : List.of("resourceVersion", "uid")) {
      object.fields().text("metadata", field).ifPresent(value -> preconditions.put(field, value));
    }
    return preconditions;
  }

  private KubernetesObject write(String method, String path, String what, KubernetesObject object) {
    String managed = path + "?fieldManager=" + FIELD_MANAGER;
    return KubernetesObject.of(server.require(server.send(method, managed, object.fields()), what));
  }

  @Override
  public String log(String namespace, String pod, String container, int lines) {
    String query = "?container=" + ApiServer.encode(container) + "&tailLines=" + lines;
    ApiServer.Answer answer =
        server.get(path(ResourceType.POD, namespace) + "/" + segment(pod) + "/log" + query);
    server.check(answer, "reading the log of " + namespace + "/" + pod);
    return answer.body();
  }

  @Override
  public ServiceResponse getFromService(
      String namespace, String service, String port, String path) {
    String what = "asking the service " + namespace + "/" + service;
    HttpPath checked;
    try {
      checked = HttpPath.parse(path);
    } catch (IllegalArgumentException e) {
      throw new ClusterException(
          ClusterException.Reason.INVALID,
          what + " failed: the path cannot be sent: " + e.getMessage(),
          e);
    }
    String at =
        path(ResourceType.SERVICE, namespace)
            + "/"
            + segment(service)
            + ":"
            + segment(port)
            + "/proxy"
            + checked;
    ApiServer.Answer answer;
    try {
      answer = server.get(at);
    } catch (ClusterException e) {
      if (e.getCause() instanceof ApiServer.SilentException) {
        // The API server passes the request on, so it may be the service that is silent.
        return ServiceResponse.of(GATEWAY_TIMEOUT, "no response in time");
      }
      throw e;
    }
    if (answer.status() == 401 || (answer.status() == 403 && answer.isStatusObject())) {
      server.check(answer, what);
    }
    return ServiceResponse.of(answer.status(), answer.body());
  }

  @Override
  public void close() {
    client.close();
  }

  /** A segment of a path: what is empty or consists of dots would name another path. */
  private static String segment(String name) {
    if (name.isEmpty() || name.equals(".") || name.equals("..")) {
      throw new ClusterException(
          ClusterException.Reason.INVALID,
          "'" + name + "' is not the name of an object, a namespace or a port",
          null);
    }
    return ApiServer.encode(name);
  }

  private static String describe(ResourceType type, @Nullable String namespace, String name) {
    return type.kind() + " " + (namespace == null ? "" : namespace + "/") + name;
  }

  private static String groupPath(ResourceType type) {
    return (type.group().isEmpty() ? "/api/" : "/apis/") + type.apiVersion();
  }

  private static String path(ResourceType type, @Nullable String namespace) {
    return groupPath(type)
        + (type.isNamespaced() && namespace != null ? "/namespaces/" + segment(namespace) : "")
        + "/"
        + type.plural();
  }

  @Override
  public String toString() {
    return "Fabric8ClusterClient[" + address() + "]";
  }
}
