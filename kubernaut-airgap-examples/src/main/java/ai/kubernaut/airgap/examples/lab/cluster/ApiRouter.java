package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Turns a request into an answer. */
final class ApiRouter {
  private static final long DEFAULT_WATCH_SECONDS = 1800;

  private final Store store;
  private final ResourceKinds kinds;
  private final Discovery discovery;
  private final PodAccess pods;
  private final AdmissionPolicies policies;
  private final Authorizer authorizer;
  private final Users users;

  ApiRouter(
      Store store,
      ResourceKinds kinds,
      AdmissionPolicies policies,
      Authorizer authorizer,
      Users users) {
    this.users = users;
    this.store = store;
    this.authorizer = authorizer;
    this.policies = policies;
    this.kinds = kinds;
    this.discovery = new Discovery(kinds);
    this.pods = new PodAccess(store);
  }

  /** What a path below a group and version speaks of; the name is empty for a collection. */
  private record Target(
      ResourceKind kind, String namespace, String name, List<String> subresource) {

    boolean isStatus() {
      return subresource.equals(List.of("status"));
    }

    boolean isEphemeralContainers() {
      return kind.equals(ResourceKinds.POD) && subresource.equals(List.of("ephemeralcontainers"));
    }
  }

  ApiResponse answer(ApiRequest request) {
    return switch (request.segment(0).orElse("")) {
      case "version" -> ApiResponse.json(Discovery.version());
      case "healthz", "livez", "readyz" -> ApiResponse.text("ok");
      case "openapi" -> openApi(request);
      case "api" ->
          request.path().size() == 1
              ? ApiResponse.json(Discovery.coreVersions())
              : resource(request, "", request.path().get(1), tail(request.path(), 2));
      case "apis" ->
          switch (request.path().size()) {
            case 1 -> ApiResponse.json(discovery.groups());
            case 2 -> ApiResponse.json(discovery.group(request.path().get(1)));
            default ->
                resource(
                    request, request.path().get(1), request.path().get(2), tail(request.path(), 3));
          };
      default -> throw ApiException.noSuchPath();
    };
  }

  private ApiResponse openApi(ApiRequest request) {
    List<String> path = request.path();
    if (path.equals(List.of("openapi", "v2"))) {
      return new ApiResponse.Complete(
          200, "application/com.github.proto-openapi.spec.v2.v1.0+protobuf", Discovery.openApiV2());
    }
    if (path.equals(List.of("openapi", "v3"))) {
      return ApiResponse.json(discovery.openApiPaths());
    }
    return switch (path.size()) {
      case 4 -> ApiResponse.json(discovery.openApi("", path.get(3)));
      case 5 -> ApiResponse.json(discovery.openApi(path.get(3), path.get(4)));
      default -> throw ApiException.noSuchPath();
    };
  }

  private ApiResponse resource(
      ApiRequest request, String group, String version, List<String> path) {
    if (path.isEmpty()) {
      return ApiResponse.json(discovery.resources(group, version));
    }
    if (group.equals(SelfReview.GROUP) && path.equals(List.of(SelfReview.PLURAL))) {
      return ApiResponse.json(201, SelfReview.answer(authorizer, request.user(), request.object()));
    }
    authorizer.require(request.user(), Access.of(request, group, path));
    Target target = target(group, version, path);
    if (!target.subresource().isEmpty() && !target.isStatus() && !target.isEphemeralContainers()) {
      return subresource(request, target);
    }
    if (target.isStatus() && !target.kind().hasStatus()) {
      throw ApiException.noSuchPath();
    }
    if (target.name().isEmpty()) {
      return switch (request.method()) {
        case "GET" -> request.flag("watch") ? watch(request, target) : list(request, target);
        case "POST" -> create(request, target);
        case "DELETE" -> deleteCollection(request, target);
        default -> throw ApiException.methodNotAllowed();
      };
    }
    return switch (request.method()) {
      case "GET" -> ApiResponse.json(store.get(target.kind(), target.namespace(), target.name()));
      case "PUT" -> replace(request, target);
      case "PATCH" -> patch(request, target);
      case "DELETE" -> delete(request, target);
      default -> throw ApiException.methodNotAllowed();
    };
  }

  private Target target(String group, String version, List<String> path) {
    // Below "namespaces/x" comes a resource, unless it is a part of the namespace itself.
    boolean inNamespace =
        path.get(0).equals("namespaces")
            && path.size() > 2
            && kinds.find(group, version, path.get(2)).isPresent();
    List<String> rest = inNamespace ? tail(path, 2) : path;
    ResourceKind kind =
        kinds.find(group, version, rest.get(0)).orElseThrow(ApiException::noSuchPath);
    if (inNamespace && !kind.namespaced()) {
      throw ApiException.noSuchPath();
    }
    return new Target(
        kind, inNamespace ? path.get(1) : "", rest.size() > 1 ? rest.get(1) : "", tail(rest, 2));
  }

  private ApiResponse subresource(ApiRequest request, Target target) {
    String kind = target.kind().plural();
    String name = target.subresource().get(0);
    if (kind.equals("pods") && name.equals("binding") && request.method().equals("POST")) {
      return bind(request, target);
    }
    if (kind.equals("serviceaccounts") && name.equals("token") && request.method().equals("POST")) {
      return ApiResponse.json(
          201,
          users.answer(
              request.object(), store.get(target.kind(), target.namespace(), target.name())));
    }
    if (!request.method().equals("GET")) {
      throw ApiException.methodNotAllowed();
    }
    if (kind.equals("pods") && name.equals("log")) {
      String container = request.parameter("container");
      ApiResponse log =
          store.hasNodes()
              ? pods.log(target.namespace(), target.name(), container)
              : NodeLogs.log(store, target.namespace(), target.name(), container);
      return lastLines(log, request.parameter("tailLines"));
    }
    String path = "/" + String.join("/", tail(target.subresource(), 1));
    if (kind.equals("services") && name.equals("proxy")) {
      return pods.serviceProxy(target.namespace(), target.name(), path);
    }
    if (kind.equals("pods") && name.equals("proxy")) {
      return pods.podProxy(target.namespace(), target.name(), path);
    }
    throw ApiException.noSuchPath();
  }

  private static ApiResponse lastLines(ApiResponse log, String count) {
    if (count.isEmpty() || !(log instanceof ApiResponse.Complete answer) || answer.code() != 200) {
      return log;
    }
    List<String> lines = answer.body().toStringUtf8().lines().toList();
    int from = Math.max(0, lines.size() - Integer.parseInt(count));
    return ApiResponse.text(
        lines.subList(from, lines.size()).stream()
            .map(line -> line + "\n")
            .collect(Collectors.joining()));
  }

  private ApiResponse bind(ApiRequest request, Target target) {
    ObjectNode pod = store.get(target.kind(), target.namespace(), target.name());
    String node = Json.text(request.json(), "/target/name");
    if (node.isEmpty() || !Json.text(pod, "/spec/nodeName").isEmpty()) {
      throw ApiException.conflict(target.kind(), target.name());
    }
    store.bind(pod, node);
    return ApiResponse.json(201, Json.object("v1", "Status").put("status", "Success"));
  }

  private ApiResponse list(ApiRequest request, Target target) {
    Predicate<JsonNode> filter = filter(request);
    // The version is read first, so that a watch from it repeats a change rather than misses one.
    long version = store.resourceVersion();
    ObjectNode list = target.kind().list(Long.toString(version));
    ArrayNode items = list.putArray("items");
    store.list(target.kind(), target.namespace()).stream().filter(filter).forEach(items::add);
    return ApiResponse.json(list);
  }

  private ApiResponse watch(ApiRequest request, Target target) {
    boolean initialEvents = request.flag("sendInitialEvents");
    long since = initialEvents ? 0 : request.number("resourceVersion", 0);
    long seconds = request.number("timeoutSeconds", DEFAULT_WATCH_SECONDS);
    Watch watch = store.watch(target.kind(), target.namespace(), since);
    return new ApiResponse.Stream(
        watch,
        filter(request),
        new ApiResponse.Options(
            Duration.ofSeconds(seconds), request.flag("allowWatchBookmarks"), initialEvents));
  }

  private static Predicate<JsonNode> filter(ApiRequest request) {
    return Selectors.labels(request.parameter("labelSelector"))
        .and(Selectors.fields(request.parameter("fieldSelector")));
  }

  private ApiResponse create(ApiRequest request, Target target) {
    ResourceKind kind = target.kind();
    ObjectNode object = request.object();
    checkKind(kind, object);
    ObjectNode metadata = object.withObjectProperty("metadata");
    if (kind.namespaced()) {
      if (target.namespace().isEmpty()) {
        throw ApiException.methodNotAllowed();
      }
      String namespace = Json.namespace(object);
      if (!namespace.isEmpty() && !namespace.equals(target.namespace())) {
        throw ApiException.badRequest(
            "the namespace of the provided object does not match the namespace sent on the request");
      }
      metadata.put("namespace", target.namespace());
    }
    if (Json.name(object).isEmpty()) {
      String prefix = Json.text(object, "/metadata/generateName");
      if (prefix.isEmpty()) {
        throw ApiException.invalid(
            "metadata.name: Required value: name or generateName is required");
      }
      metadata.put("name", prefix + UUID.randomUUID().toString().substring(0, 5));
    }
    if (kind.hasStatus()) {
      object.remove("status");
    }
    authorizer.requireNoEscalation(request.user(), kind, object, "");
    List<String> warnings = policies.admit(AdmissionPolicies.Request.create(kind, object));
    if (request.isDryRun()) {
      if (store.find(kind, target.namespace(), Json.name(object)).isPresent()) {
        throw ApiException.alreadyExists(kind, Json.name(object));
      }
      return ApiResponse.json(201, store.complete(kind, object), warnings);
    }
    return ApiResponse.json(201, store.create(kind, object), warnings);
  }

  private static void checkKind(ResourceKind kind, ObjectNode object) {
    String given = Json.text(object, "/kind");
    if (!given.isEmpty() && !given.equals(kind.kind())) {
      throw ApiException.badRequest("%s in the body, %s in the path".formatted(given, kind.kind()));
    }
  }

  private ApiResponse replace(ApiRequest request, Target target) {
    ObjectNode wanted = request.object();
    checkKind(target.kind(), wanted);
    return change(request, target, current -> wanted.deepCopy());
  }

  private ApiResponse patch(ApiRequest request, Target target) {
    boolean apply = request.mediaType().equals("application/apply-patch+yaml");
    if (apply && store.find(target.kind(), target.namespace(), target.name()).isEmpty()) {
      authorizer.require(
          request.user(),
          new Access(
              "create",
              target.kind().group(),
              target.kind().plural(),
              target.namespace(),
              target.name()));
      return create(request, target);
    }
    JsonNode patch = request.json();
    return change(
        request, target, current -> Patches.apply(request.mediaType(), current.deepCopy(), patch));
  }

  private ApiResponse change(
      ApiRequest request, Target target, UnaryOperator<ObjectNode> makeWanted) {
    List<String> warnings = new ArrayList<>();
    UnaryOperator<ObjectNode> change =
        current -> {
          ObjectNode old = current.deepCopy();
          ObjectNode wanted = parts(target, current, makeWanted.apply(current));
          if (!wanted.path("rules").equals(old.path("rules"))
              || !wanted.path("roleRef").equals(old.path("roleRef"))) {
            authorizer.requireNoEscalation(request.user(), target.kind(), wanted, target.name());
          }
          warnings.addAll(policies.admit(update(target, wanted, old)));
          return wanted;
        };
    ObjectNode changed =
        request.isDryRun()
            ? change.apply(store.get(target.kind(), target.namespace(), target.name()).deepCopy())
            : store.update(target.kind(), target.namespace(), target.name(), change);
    return ApiResponse.json(200, changed, warnings);
  }

  /** The wanted object with what a request to this path can change, and nothing else. */
  private static ObjectNode parts(Target target, ObjectNode current, ObjectNode wanted) {
    if (target.isStatus()) {
      return withStatus(withVersion(current, wanted), wanted);
    }
    if (target.isEphemeralContainers()) {
      return withEphemeralContainers(withVersion(current, wanted), wanted);
    }
    if (target.kind().equals(ResourceKinds.POD)) {
      withEphemeralContainers(wanted, current);
    }
    return target.kind().hasStatus() ? withStatus(wanted, current) : wanted;
  }

  private static ObjectNode withEphemeralContainers(ObjectNode pod, ObjectNode source) {
    ObjectNode spec = pod.withObjectProperty("spec");
    JsonNode containers = source.at("/spec/ephemeralContainers");
    if (containers.isMissingNode()) {
      spec.remove("ephemeralContainers");
    } else {
      spec.set("ephemeralContainers", containers);
    }
    return pod;
  }

  private static AdmissionPolicies.Request update(
      Target target, ObjectNode wanted, ObjectNode old) {
    return new AdmissionPolicies.Request(
        target.kind(),
        String.join("/", target.subresource()),
        "UPDATE",
        target.namespace(),
        target.name(),
        Optional.of(wanted),
        Optional.of(old));
  }

  private static ObjectNode withStatus(ObjectNode object, ObjectNode source) {
    Optional.ofNullable(source.get("status"))
        .ifPresentOrElse(status -> object.set("status", status), () -> object.remove("status"));
    return object;
  }

  private static ObjectNode withVersion(ObjectNode object, ObjectNode source) {
    String version = Json.text(source, "/metadata/resourceVersion");
    if (!version.isEmpty()) {
      object.withObjectProperty("metadata").put("resourceVersion", version);
    }
    return object;
  }

  private ApiResponse delete(ApiRequest request, Target target) {
    checkPreconditions(request, target);
    ObjectNode object =
        request.isDryRun()
            ? store.get(target.kind(), target.namespace(), target.name())
            : deleted(request, target);
    ObjectNode status = Json.object("v1", "Status");
    status.putObject("metadata");
    status.put("status", "Success");
    status
        .putObject("details")
        .put("name", target.name())
        .put("group", target.kind().group())
        .put("kind", target.kind().plural())
        .put("uid", Json.uid(object));
    return ApiResponse.json(status);
  }

  private ObjectNode deleted(ApiRequest request, Target target) {
    boolean orphan = orphanDependents(request, target.kind());
    String grace = request.parameter("gracePeriodSeconds");
    if (grace.isEmpty() && !request.body().isEmpty()) {
      grace = request.json().path("gracePeriodSeconds").asText("");
    }
    return grace.equals("0")
        ? store.remove(target.kind(), target.namespace(), target.name(), orphan)
        : store.delete(target.kind(), target.namespace(), target.name(), orphan);
  }

  /** As in the API server, the version that the client read may be a condition. */
  private void checkPreconditions(ApiRequest request, Target target) {
    if (request.body().isEmpty()) {
      return;
    }
    ObjectNode object = store.get(target.kind(), target.namespace(), target.name());
    for (String field : List.of("resourceVersion", "uid")) {
      String wanted = Json.text(request.json(), "/preconditions/" + field);
      if (!wanted.isEmpty() && !wanted.equals(Json.text(object, "/metadata/" + field))) {
        throw ApiException.conflict(target.kind(), target.name());
      }
    }
  }

  private ApiResponse deleteCollection(ApiRequest request, Target target) {
    ObjectNode list = target.kind().list(Long.toString(store.resourceVersion()));
    ArrayNode items = list.putArray("items");
    store.list(target.kind(), target.namespace()).stream()
        .filter(filter(request))
        .forEach(
            object -> {
              // What belonged to another of them may be gone with it.
              boolean present =
                  store.find(target.kind(), Json.namespace(object), Json.name(object)).isPresent();
              if (present && !request.isDryRun()) {
                store.delete(
                    target.kind(),
                    Json.namespace(object),
                    Json.name(object),
                    orphanDependents(request, target.kind()));
              }
              items.add(object);
            });
    return ApiResponse.json(list);
  }

  private static boolean orphanDependents(ApiRequest request, ResourceKind kind) {
    String policy = request.parameter("propagationPolicy");
    if (policy.isEmpty() && !request.body().isEmpty()) {
      policy = Json.text(request.json(), "/propagationPolicy");
    }
    // As in the API server, the pods of a Job stay unless the client says otherwise.
    return policy.isEmpty()
        ? kind.plural().equals("jobs")
        : policy.toLowerCase(Locale.ROOT).equals("orphan");
  }

  private static List<String> tail(List<String> path, int from) {
    return path.subList(Math.min(from, path.size()), path.size());
  }
}
