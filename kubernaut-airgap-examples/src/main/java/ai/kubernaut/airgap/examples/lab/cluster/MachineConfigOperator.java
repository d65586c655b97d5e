package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Brings the global pull secret to the nodes, pool by pool, without a drain. As on a real cluster
 * it takes a moment until the pools even show that there is something to do: who only asks whether
 * they are updated is told the truth about yesterday.
 */
final class MachineConfigOperator {
  static final String SECRET_NAMESPACE = "openshift-config";
  static final String SECRET_NAME = "pull-secret";

  private final ClusterObjects store;
  private final EventLoop loop;
  private final Duration rollout;
  private volatile String nodeSecret = "";

  private MachineConfigOperator(ClusterObjects store, EventLoop loop, Duration rollout) {
    this.store = store;
    this.loop = loop;
    this.rollout = rollout;
  }

  static MachineConfigOperator start(ClusterObjects store, EventLoop loop, Duration rollout) {
    MachineConfigOperator operator = new MachineConfigOperator(store, loop, rollout);
    operator.nodeSecret = operator.wantedSecret();
    operator.createPool("master", Nodes.MASTERS);
    operator.createPool("worker", Nodes.WORKERS);
    store.addListener(operator::on);
    return operator;
  }

  /** Whether the nodes have the pull secret as it is now. */
  boolean isRolledOut(ClusterObjects current) {
    return nodeSecret.equals(wantedSecret(current));
  }

  /** The docker configuration that the nodes have; the base64 form, as in the Secret. */
  String nodeSecret() {
    return nodeSecret;
  }

  private void on(Change change) {
    boolean secret =
        change.isIn(ResourceKinds.SECRET, SECRET_NAMESPACE)
            && Json.name(change.object()).equals(SECRET_NAME);
    boolean rules = ResourceKinds.MIRROR_RULES.contains(change.kind());
    boolean pool = change.isIn(ResourceKinds.MACHINE_CONFIG_POOL, "");
    if (secret || rules || pool) {
      loop.schedule(secret || rules ? rollout.dividedBy(4) : Duration.ZERO, this::renderAll);
    }
  }

  private void renderAll() {
    for (ObjectNode pool : store.list(ResourceKinds.MACHINE_CONFIG_POOL, "")) {
      String wanted = render(Json.name(pool), wantedSecret());
      if (!Json.text(pool, "/spec/configuration/name").equals(wanted)) {
        update(pool, each -> each.withObject("/spec/configuration").put("name", wanted));
      } else if (!Json.text(pool, "/status/configuration/name").equals(wanted)) {
        begin(pool, wanted);
      }
    }
  }

  private void begin(ObjectNode pool, String wanted) {
    boolean paused = pool.at("/spec/paused").asBoolean(false);
    boolean begun = Conditions.isTrue(pool, "Updating");
    if (begun && !paused) {
      return;
    }
    update(
        pool,
        each -> {
          ObjectNode status = each.withObjectProperty("status");
          status.put("updatedMachineCount", 0);
          conditions(status, false, !paused);
        });
    if (!paused) {
      loop.schedule(rollout.multipliedBy(3).dividedBy(4), () -> finish(Json.name(pool), wanted));
    }
  }

  private void finish(String name, String wanted) {
    Optional<ObjectNode> pool = store.find(ResourceKinds.MACHINE_CONFIG_POOL, "", name);
    if (pool.isEmpty() || pool.get().at("/spec/paused").asBoolean(false)) {
      return;
    }
    String secret = wantedSecret();
    String latest = rendered(name, secret);
    if (!latest.equals(wanted)) {
      // It has changed once more in the meantime: the machines go on to the newest.
      loop.schedule(rollout, () -> finish(name, latest));
      return;
    }
    if (name.equals("worker")) {
      nodeSecret = secret;
    }
    update(pool.get(), each -> finished(each, wanted));
  }

  private static void finished(ObjectNode pool, String rendered) {
    ObjectNode status = pool.withObjectProperty("status");
    int machines = status.path("machineCount").asInt(0);
    status.withObjectProperty("configuration").put("name", rendered);
    status
        .put("observedGeneration", pool.at("/metadata/generation").asInt(1))
        .put("updatedMachineCount", machines)
        .put("readyMachineCount", machines)
        .put("unavailableMachineCount", 0)
        .put("degradedMachineCount", 0);
    conditions(status, true, false);
  }

  private void createPool(String name, int machines) {
    ObjectNode pool = ResourceKinds.MACHINE_CONFIG_POOL.newObject("", name);
    pool.withObject("/metadata/labels")
        .put("pools.operator.machineconfiguration.openshift.io/" + name, "");
    String rendered = render(name, wantedSecret());
    pool.putObject("spec").put("paused", false).putObject("configuration").put("name", rendered);
    pool.putObject("status").put("machineCount", machines);
    Conditions.set(pool.withObjectProperty("status"), "RenderDegraded", "False", "", "");
    Conditions.set(pool.withObjectProperty("status"), "NodeDegraded", "False", "", "");
    Conditions.set(pool.withObjectProperty("status"), "Degraded", "False", "", "");
    finished(pool, rendered);
    store.create(ResourceKinds.MACHINE_CONFIG_POOL, pool);
  }

  private static void conditions(ObjectNode status, boolean updated, boolean updating) {
    Conditions.set(status, "Updated", updated ? "True" : "False", "", "");
    Conditions.set(status, "Updating", updating ? "True" : "False", "", "");
  }

  private String wantedSecret() {
    return wantedSecret(store);
  }

  private static String wantedSecret(ClusterObjects objects) {
    return objects
        .find(ResourceKinds.SECRET, SECRET_NAMESPACE, SECRET_NAME)
        .map(secret -> secret.path("data").path(DockerConfigs.KEY).asText(""))
        .orElse("");
  }

  /** Writes the configuration of a pool's nodes, if it is a new one, and gives its name. */
  private String render(String pool, String secret) {
    String name = rendered(pool, secret);
    if (store.find(ResourceKinds.MACHINE_CONFIG, "", name).isEmpty()) {
      ObjectNode configuration = ResourceKinds.MACHINE_CONFIG.newObject("", name);
      ObjectNode file =
          configuration
              .putObject("spec")
              .putObject("config")
              .putObject("storage")
              .putArray("files")
              .addObject();
      file.put("path", "/var/lib/kubelet/config.json")
          .putObject("contents")
          .put("source", "data:text/plain;charset=utf-8;base64," + secret);
      store.create(ResourceKinds.MACHINE_CONFIG, configuration);
    }
    return name;
  }

  private String rendered(String pool, String secret) {
    String content = secret + mirrorRules();
    return "rendered-%s-%08x%08x"
        .formatted(pool, content.hashCode(), (pool + content + content.length()).hashCode());
  }

  private String mirrorRules() {
    return ResourceKinds.MIRROR_RULES.stream()
        .flatMap(kind -> store.list(kind, "").stream())
        .map(object -> object.path("spec").toString())
        .collect(Collectors.joining());
  }

  private void update(JsonNode pool, Consumer<ObjectNode> change) {
    store.updateIfPresent(
        ResourceKinds.MACHINE_CONFIG_POOL,
        "",
        Json.name(pool),
        each -> {
          change.accept(each);
          return each;
        });
  }
}
