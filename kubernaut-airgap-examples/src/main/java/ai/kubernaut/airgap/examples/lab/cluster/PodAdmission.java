package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.List;

/**
 * What the API server checks before it creates a pod, beside policies: its ServiceAccount, the Pod
 * Security level of its namespace, the range of user ids that OpenShift gives a namespace, whether
 * validating webhooks can be called, and quotas for pods, CPU requests and memory limits.
 */
final class PodAdmission {
  private final Store store;

  PodAdmission(Store store) {
    this.store = store;
  }

  /** Throws an exception if the pod is not allowed. */
  void admit(ObjectNode pod) {
    String namespace = Json.namespace(pod);
    String account = Json.text(pod, "/spec/serviceAccountName");
    if (!account.isEmpty()
        && !account.equals("default")
        && store.find(ResourceKinds.SERVICE_ACCOUNT, namespace, account).isEmpty()) {
      throw forbidden(
          pod,
          "error looking up service account %s/%s: serviceaccount \"%s\" not found"
              .formatted(namespace, account, account));
    }
    podSecurity(pod, namespace);
    userRange(pod, namespace);
    webhooks(pod, namespace);
    store.list(ResourceKinds.QUOTA, namespace).forEach(quota -> quota(pod, quota));
  }

  private void podSecurity(ObjectNode pod, String namespace) {
    boolean restricted =
        store
            .find(ResourceKinds.NAMESPACE, "", namespace)
            .map(found -> found.at("/metadata/labels"))
            .map(labels -> labels.path("pod-security.kubernetes.io/enforce").asText(""))
            .filter("restricted"::equals)
            .isPresent();
    boolean escalates =
        Json.elements(pod, "/spec/containers")
            .anyMatch(
                container ->
                    container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true));
    if (restricted && escalates) {
      throw forbidden(
          pod,
          "violates PodSecurity \"restricted:latest\": allowPrivilegeEscalation != false (containers must set securityContext.allowPrivilegeEscalation=false)");
    }
  }

  /**
   * The security context constraint restricted-v2, as far as it is about the user of containers.
   */
  private void userRange(ObjectNode pod, String namespace) {
    String range =
        store
            .find(ResourceKinds.NAMESPACE, "", namespace)
            .map(found -> found.at("/metadata/annotations"))
            .map(annotations -> annotations.path("openshift.io/sa.scc.uid-range").asText(""))
            .orElse("");
    if (range.isEmpty()) {
      return;
    }
    long first = Long.parseLong(range.substring(0, range.indexOf('/')));
    long last = first + Long.parseLong(range.substring(range.indexOf('/') + 1)) - 1;
    List<JsonNode> containers = Json.elements(pod, "/spec/containers").toList();
    for (int i = 0; i < containers.size(); i++) {
      long user = containers.get(i).at("/securityContext/runAsUser").asLong(first);
      if (user < first || user > last) {
        throw forbidden(
            pod,
            "unable to validate against any security context constraint: [provider \"anyuid\": Forbidden: not usable by user or serviceaccount, provider restricted-v2: .containers[%d].runAsUser: Invalid value: %d: must be in the ranges: [%d, %d], provider \"restricted\": Forbidden: not usable by user or serviceaccount, provider \"nonroot-v2\": Forbidden: not usable by user or serviceaccount, provider \"nonroot\": Forbidden: not usable by user or serviceaccount, provider \"hostmount-anyuid\": Forbidden: not usable by user or serviceaccount, provider \"hostnetwork-v2\": Forbidden: not usable by user or serviceaccount, provider \"hostnetwork\": Forbidden: not usable by user or serviceaccount, provider \"hostaccess\": Forbidden: not usable by user or serviceaccount, provider \"privileged\": Forbidden: not usable by user or serviceaccount]"
                .formatted(i, user, first, last));
      }
    }
  }

  /** A webhook whose service has ready pods allows everything. */
  private void webhooks(ObjectNode pod, String namespace) {
    AdmissionPolicies.Request request = AdmissionPolicies.Request.create(ResourceKinds.POD, pod);
    for (ObjectNode configuration : store.list(ResourceKinds.VALIDATING_WEBHOOKS, "")) {
      Json.elements(configuration, "/webhooks")
          .filter(webhook -> webhook.path("failurePolicy").asText("Fail").equals("Fail"))
          .filter(webhook -> AdmissionPolicies.isRuled(request, webhook, "rules"))
          .filter(webhook -> selects(webhook, namespace))
          .filter(webhook -> !hasReadyPod(webhook.at("/clientConfig/service")))
          .findFirst()
          .ifPresent(
              webhook -> {
                throw unavailable(webhook);
              });
    }
  }

  private boolean selects(JsonNode webhook, String namespace) {
    return store
        .find(ResourceKinds.NAMESPACE, "", namespace)
        .filter(Selectors.labelSelector(webhook.path("namespaceSelector")))
        .isPresent();
  }

  private boolean hasReadyPod(JsonNode reference) {
    String namespace = Json.text(reference, "/namespace");
    return store
        .find(ResourceKinds.SERVICE, namespace, Json.text(reference, "/name"))
        .map(service -> Selectors.matchLabels(service.at("/spec/selector")))
        .filter(
            selector ->
                store.list(ResourceKinds.POD, namespace).stream()
                    .filter(selector)
                    .anyMatch(each -> Conditions.isTrue(each, "Ready")))
        .isPresent();
  }

  private static ApiException unavailable(JsonNode webhook) {
    String service = Json.text(webhook, "/clientConfig/service/name");
    return ApiException.internal(
        "Internal error occurred: failed calling webhook \"%s\": failed to call webhook: Post \"https://%s.%s.svc:443%s?timeout=10s\": no endpoints available for service \"%s\""
            .formatted(
                Json.text(webhook, "/name"),
                service,
                Json.text(webhook, "/clientConfig/service/namespace"),
                Json.text(webhook, "/clientConfig/service/path"),
                service));
  }

  private void quota(ObjectNode pod, ObjectNode quota) {
    BigDecimal pods = BigDecimal.ZERO;
    BigDecimal cpu = BigDecimal.ZERO;
    for (JsonNode each : store.list(ResourceKinds.POD, Json.namespace(pod))) {
      String phase = Json.text(each, "/status/phase");
      if (!phase.equals("Succeeded") && !phase.equals("Failed")) {
        pods = pods.add(BigDecimal.ONE);
        cpu = cpu.add(cpu(each));
      }
    }
    boolean limitsMemory = quota.at("/spec/hard").has("limits.memory");
    BigDecimal usedPods = pods;
    BigDecimal usedCpu = cpu;
    store.updateIfPresent(
        ResourceKinds.QUOTA,
        Json.namespace(quota),
        Json.name(quota),
        each -> {
          ObjectNode status = each.withObjectProperty("status");
          status.set("hard", each.at("/spec/hard").deepCopy());
          ObjectNode used =
              status
                  .putObject("used")
                  .put("pods", usedPods.toPlainString())
                  .put("requests.cpu", usedCpu.toPlainString());
          if (limitsMemory) {
            used.put("limits.memory", "0");
          }
          return each;
        });
    if (limitsMemory) {
      Json.elements(pod, "/spec/containers")
          .filter(container -> Json.text(container, "/resources/limits/memory").isEmpty())
          .findFirst()
          .ifPresent(
              container -> {
                throw forbidden(
                    pod,
                    "failed quota: %s: must specify limits.memory for: %s"
                        .formatted(Json.name(quota), Json.text(container, "/name")));
              });
    }
    check(pod, quota, "pods", BigDecimal.ONE, pods);
    check(pod, quota, "requests.cpu", cpu(pod), cpu);
  }

  private static void check(
      ObjectNode pod, JsonNode quota, String resource, BigDecimal requested, BigDecimal used) {
    String hard = quota.at("/spec/hard").path(resource).asText("");
    if (!hard.isEmpty() && used.add(requested).compareTo(amount(hard)) > 0) {
      throw forbidden(
          pod,
          "exceeded quota: %s, requested: %s=%s, used: %s=%s, limited: %s=%s"
              .formatted(Json.name(quota), resource, requested, resource, used, resource, hard));
    }
  }

  private static BigDecimal cpu(JsonNode pod) {
    return Json.elements(pod, "/spec/containers")
        .map(container -> Json.text(container, "/resources/requests/cpu"))
        .filter(request -> !request.isEmpty())
        .map(PodAdmission::amount)
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  static BigDecimal amount(String quantity) {
    return Quantity.getAmountInBytes(Quantity.parse(quantity));
  }

  private static ApiException forbidden(JsonNode pod, String reason) {
    return ApiException.denied(ResourceKinds.POD, Json.name(pod), "Forbidden", reason);
  }
}
