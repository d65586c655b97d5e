package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Requests to the API server of a cluster, each answered by it and not from a cache.
 *
 * <p>A refused request is an {@link ApiException}, as the API server explains it.
 */
final class RemoteApi {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int ATTEMPTS = 20;

  private final KubernetesClient client;

  RemoteApi(KubernetesClient client) {
    this.client = client;
  }

  Optional<ObjectNode> find(ResourceKind kind, String namespace, String name) {
    try {
      return Optional.of(send("GET", path(kind, namespace, name), null));
    } catch (ApiException e) {
      if (e.code() == 404) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** The objects of a kind that have a label, in all namespaces; none if it is not served. */
  List<ObjectNode> list(ResourceKind kind, String labelSelector) {
    try {
      String query =
          labelSelector.isEmpty()
              ? ""
              : "?labelSelector=" + URLEncoder.encode(labelSelector, StandardCharsets.UTF_8);
      return Json.elements(send("GET", path(kind, "", "") + query, null), "/items")
          .map(item -> complete(kind, (ObjectNode) item))
          .toList();
    } catch (ApiException e) {
      if (e.code() == 404) {
        return List.of();
      }
      throw e;
    }
  }

  /** The items of a list do not say what they are. */
  private static ObjectNode complete(ResourceKind kind, ObjectNode item) {
    return item.put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
  }

  boolean serves(ResourceKind kind) {
    try {
      return Json.elements(send("GET", groupPath(kind), null), "/resources")
          .anyMatch(resource -> Json.text(resource, "/name").equals(kind.plural()));
    } catch (ApiException e) {
      if (e.code() == 404) {
        return false;
      }
      throw e;
    }
  }

  /** Creates an object, and writes its status, which most kinds ignore in a creation. */
  ObjectNode create(ResourceKind kind, ObjectNode wanted) {
    ObjectNode created = send("POST", path(kind, Json.namespace(wanted), ""), wanted);
    if (!kind.hasStatus() || wanted.path("status").isEmpty()) {
      return created;
    }
    return update(
            kind,
            Optional.of(created),
            Json.namespace(created),
            Json.name(created),
            each -> {
              each.set("status", wanted.path("status").deepCopy());
              return each;
            })
        .orElse(created);
  }

  /**
   * Changes an object and its status.
   *
   * @param known the object as it was read, or nothing if it is to be read
   * @return the object after the change; nothing if it is gone
   */
  Optional<ObjectNode> update(
      ResourceKind kind,
      Optional<ObjectNode> known,
      String namespace,
      String name,
      UnaryOperator<ObjectNode> change) {
    Optional<ObjectNode> current = known.or(() -> find(kind, namespace, name));
    for (int attempt = 1; current.isPresent(); attempt++) {
      try {
        return Optional.of(
            write(kind, current.get(), change.apply(current.get().deepCopy()), namespace, name));
      } catch (ApiException e) {
        if (e.code() == 404) {
          return Optional.empty();
        }
        if (!e.isConflict() || attempt == ATTEMPTS) {
          throw e;
        }
        current = find(kind, namespace, name);
      }
    }
    return Optional.empty();
  }

  private ObjectNode write(
      ResourceKind kind, ObjectNode before, ObjectNode wanted, String namespace, String name) {
    String path = path(kind, namespace, name);
    if (!kind.hasStatus()) {
      return isSame(before, wanted) ? before : send("PUT", path, wanted);
    }
    ObjectNode now = before;
    if (!isSame(withoutStatus(before), withoutStatus(wanted))) {
      now = send("PUT", path, wanted);
    }
    if (isSame(before.path("status"), wanted.path("status"))) {
      return now;
    }
    ObjectNode withStatus = now.deepCopy();
    withStatus.set("status", wanted.path("status"));
    return send("PUT", path + "/status", withStatus);
  }

  private static ObjectNode withoutStatus(ObjectNode object) {
    ObjectNode copy = object.deepCopy();
    copy.remove("status");
    return copy;
  }

  /** Whether two objects differ in more than empty fields, which the API server leaves out. */
  private static boolean isSame(JsonNode one, JsonNode other) {
    return Json.withoutEmptyFields(one).equals(Json.withoutEmptyFields(other));
  }

  void bind(ObjectNode pod, String node) {
    ObjectNode binding = Json.object("v1", "Binding");
    binding
        .putObject("metadata")
        .put("name", Json.name(pod))
        .put("namespace", Json.namespace(pod))
        .put("uid", Json.uid(pod));
    binding.putObject("target").put("apiVersion", "v1").put("kind", "Node").put("name", node);
    send(
        "POST", path(ResourceKinds.POD, Json.namespace(pod), Json.name(pod)) + "/binding", binding);
  }

  /** Deletes an object without a grace period, its dependents in the background. */
  void remove(ResourceKind kind, String namespace, String name) {
    delete(kind, namespace, name, atOnce());
  }

  /** Deletes a pod without a grace period, unless another one has its name now. */
  void end(ObjectNode pod) {
    ObjectNode options = atOnce();
    options.putObject("preconditions").put("uid", Json.uid(pod));
    delete(ResourceKinds.POD, Json.namespace(pod), Json.name(pod), options);
  }

  private static ObjectNode atOnce() {
    return Json.object("v1", "DeleteOptions")
        .put("gracePeriodSeconds", 0)
        .put("propagationPolicy", "Background");
  }

  private void delete(ResourceKind kind, String namespace, String name, ObjectNode options) {
    try {
      send("DELETE", path(kind, namespace, name), options);
    } catch (ApiException e) {
      if (!e.isOfChange()) {
        throw e;
      }
    }
  }

  private static String groupPath(ResourceKind kind) {
    return (kind.group().isEmpty() ? "/api/" : "/apis/") + kind.apiVersion();
  }

  private static String path(ResourceKind kind, String namespace, String name) {
    return groupPath(kind)
        + (kind.namespaced() && !namespace.isEmpty() ? "/namespaces/" + namespace : "")
        + "/"
        + kind.plural()
        + (name.isEmpty() ? "" : "/" + name);
  }

  private ObjectNode send(String method, String path, @Nullable ObjectNode body) {
    String address = client.getMasterUrl().toString().replaceFirst("/$", "");
    HttpRequest.Builder request =
        client
            .getHttpClient()
            .newHttpRequestBuilder()
            .timeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
            .uri(URI.create(address + path));
    if (body != null) {
      request.method(
          method, "application/json", new String(Json.bytes(body), StandardCharsets.UTF_8));
    }
    return answer(method + " " + path, request.build());
  }

  private ObjectNode answer(String what, HttpRequest request) {
    CompletableFuture<HttpResponse<String>> sent =
        client.getHttpClient().sendAsync(request, String.class);
    try {
      HttpResponse<String> response = sent.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      String text = response.body() == null ? "" : response.body();
      if (response.isSuccessful()
          && Json.parse(text.getBytes(StandardCharsets.UTF_8)) instanceof ObjectNode object) {
        return object;
      }
      throw refusal(what, response.code(), text);
    } catch (InterruptedException e) {
      sent.cancel(true);
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted during " + what, e);
    } catch (TimeoutException e) {
      sent.cancel(true);
      throw new UncheckedIOException(
          new IOException(what + " was not answered within " + TIMEOUT, e));
    } catch (ExecutionException e) {
      throw new UncheckedIOException(new IOException(what + " failed: " + e.getCause(), e));
    }
  }

  private static ApiException refusal(String what, int code, String text) {
    JsonNode status =
        text.startsWith("{") ? Json.parse(text.getBytes(StandardCharsets.UTF_8)) : Json.object();
    return ApiException.answered(
        code, Json.text(status, "/reason"), what + ": " + status.path("message").asText(text));
  }
}
