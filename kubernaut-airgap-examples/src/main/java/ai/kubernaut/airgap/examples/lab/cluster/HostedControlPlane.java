package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a hosted control plane has in place of the machine config operator. Nodes get the global
 * pull secret merged with {@code kube-system/additional-pull-secret}; entries of the global one
 * win.
 */
final class HostedControlPlane {
  private static final String ADDITIONAL_NAMESPACE = "kube-system";
  private static final String ADDITIONAL_NAME = "additional-pull-secret";
  private static final String REFUSAL =
      "This resource cannot be created, updated, or deleted. Please ask your administrator to modify the resource in the HostedCluster object.";

  private final ClusterObjects store;
  private final EventLoop loop;
  private final Duration rollout;
  private volatile String nodeSecret = "";

  private HostedControlPlane(ClusterObjects store, EventLoop loop, Duration rollout) {
    this.store = store;
    this.loop = loop;
    this.rollout = rollout;
  }

  static HostedControlPlane start(ClusterObjects store, EventLoop loop, Duration rollout) {
    HostedControlPlane hosted = new HostedControlPlane(store, loop, rollout);
    hosted.nodeSecret = wantedSecret(store);
    store.addListener(hosted::on);
    return hosted;
  }

  static HostedControlPlane require(@Nullable HostedControlPlane hosted) {
    if (hosted == null) {
      throw new IllegalStateException("the control plane of the cluster is not hosted");
    }
    return hosted;
  }

  /** Whether the nodes have the pull secrets as they are now. */
  boolean isRolledOut(ClusterObjects current) {
    return nodeSecret.equals(wantedSecret(current));
  }

  /** The docker configuration that the nodes have; the base64 form, as in a Secret. */
  String nodeSecret() {
    return nodeSecret;
  }

  private void on(Change change) {
    if (change.kind().equals(ResourceKinds.SECRET)) {
      loop.schedule(rollout, () -> nodeSecret = wantedSecret(store));
    }
  }

  private static String wantedSecret(ClusterObjects objects) {
    ObjectNode merged = auths(objects, ADDITIONAL_NAMESPACE, ADDITIONAL_NAME);
    auths(objects, MachineConfigOperator.SECRET_NAMESPACE, MachineConfigOperator.SECRET_NAME)
        .properties()
        .forEach(entry -> merged.set(entry.getKey(), entry.getValue()));
    ObjectNode config = Json.object();
    config.set("auths", merged);
    return Base64.getEncoder().encodeToString(config.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static ObjectNode auths(ClusterObjects objects, String namespace, String name) {
    return objects
        .find(ResourceKinds.SECRET, namespace, name)
        .map(secret -> secret.path("data").path(DockerConfigs.KEY).asText(""))
        .map(data -> Json.parse(Base64.getDecoder().decode(data)).path("auths"))
        .filter(JsonNode::isObject)
        .map(found -> (ObjectNode) found)
        .orElseGet(Json::object);
  }

  /** Sets the mirror rules, as the management cluster does. */
  void setImageContentSources(String yaml) {
    ObjectNode rules = ResourceKinds.DIGEST_MIRRORS.newObject("", "cluster");
    rules
        .putObject("spec")
        .set("imageDigestMirrors", Json.parse(yaml.getBytes(StandardCharsets.UTF_8)));
    store.removeIfPresent(ResourceKinds.DIGEST_MIRRORS, "", "cluster");
    store.create(ResourceKinds.DIGEST_MIRRORS, rules);
  }

  /** Lets the API server refuse what only the management cluster changes. */
  void refuseChangesOfOthers() {
    policy(
        "mirror",
        "config.openshift.io",
        List.of("*"),
        "imagedigestmirrorsets",
        "imagetagmirrorsets");
    policy("icsp", "operator.openshift.io", List.of("*"), "imagecontentsourcepolicies");
    policy("config", "config.openshift.io", List.of("UPDATE", "DELETE"), "images");
  }

  private void policy(String name, String group, List<String> operations, String... resources) {
    ObjectNode policy = ResourceKinds.ADMISSION_POLICY.newObject("", name);
    ObjectNode spec = policy.putObject("spec");
    ObjectNode rule = spec.withObject("/matchConstraints").putArray("resourceRules").addObject();
    rule.putArray("apiGroups").add(group);
    rule.putArray("apiVersions").add("*");
    operations.forEach(rule.putArray("operations")::add);
    ArrayNode names = rule.putArray("resources");
    List.of(resources).forEach(names::add);
    spec.putArray("validations")
        .addObject()
        .put("expression", "object != null && oldObject != null && object.spec == oldObject.spec")
        .put("message", REFUSAL)
        .put("reason", "Invalid");
    store.create(ResourceKinds.ADMISSION_POLICY, policy);
    ObjectNode binding = ResourceKinds.ADMISSION_POLICY_BINDING.newObject("", name + "-binding");
    binding.putObject("spec").put("policyName", name).putArray("validationActions").add("Deny");
    store.create(ResourceKinds.ADMISSION_POLICY_BINDING, binding);
  }
}
