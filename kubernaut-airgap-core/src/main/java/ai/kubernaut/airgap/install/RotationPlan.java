package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.ChartValues;
import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.change.ObjectEdit;
import ai.kubernaut.airgap.common.Secret;
import ai.kubernaut.airgap.kubernaut.ProductProfile;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What a rotation changes: the Secrets, and the workloads that restart, servers before clients.
 * Reads the cluster and changes nothing. Not thread-safe.
 */
final class RotationPlan {
  /** The annotation of a Secret with the time of its last rotation. */
  static final String ROTATED_AT = "airgap.kubernaut.ai/rotated-at";

  private static final List<ResourceType> WORKLOADS =
      List.of(ResourceType.DEPLOYMENT, ResourceType.STATEFUL_SET, ResourceType.DAEMON_SET);

  private final String namespace;
  private final SecretRotation rotation;
  final Instant now;
  final List<ObjectEdit> secrets = new ArrayList<>();
  final List<WorkloadRestart> servers = new ArrayList<>();
  final List<WorkloadRestart> clients = new ArrayList<>();
  final List<Problem> problems = new ArrayList<>();

  RotationPlan(
      ClusterClient cluster,
      HelmClient helm,
      ProductProfile profile,
      MirrorPlan plan,
      SecretRotation rotation,
      Instant now) {
    this.now = now;
    plan.checkChart();
    Chart chart = plan.chart().orElseThrow(() -> Installer.withoutChart(plan));
    this.namespace = plan.release().namespace();
    this.rotation = rotation;
    ChartSecrets known =
        new ChartSecrets(
            cluster,
            namespace,
            ChartValues.of(helm, chart),
            profile.secrets(),
            LlmCredentials.of(rotation.llmCredentials()));
    Map<ResourceType, List<KubernetesObject>> workloads = new LinkedHashMap<>();
    WORKLOADS.forEach(type -> workloads.put(type, cluster.list(type, namespace, Map.of())));
    Map<String, ChartSecrets.NeededSecret> needed = new LinkedHashMap<>();
    known.needed().forEach(secret -> needed.put(secret.name(), secret));
    for (String name : new TreeSet<>(rotation.names())) {
      ChartSecrets.NeededSecret secret = needed.get(name);
      Optional<KubernetesObject> present = known.find(name);
      if (secret == null) {
        problems.add(
            Problem.of(
                ProblemCode.SECRET_NOT_OF_CHART,
                known.subject(name),
                Map.of("names", String.join(", ", needed.keySet()))));
      } else if (present.isEmpty()) {
        problems.add(Problem.of(ProblemCode.SECRET_TO_ROTATE_MISSING, known.subject(name)));
      } else {
        rotate(known, secret, present.get(), workloads);
      }
    }
    servers.forEach(this::requireNotPaused);
    clients.forEach(this::requireNotPaused);
  }

  private void rotate(
      ChartSecrets known,
      ChartSecrets.NeededSecret secret,
      KubernetesObject present,
      Map<ResourceType, List<KubernetesObject>> workloads) {
    Optional<Instant> rotatedAt = WorkloadRestart.time(present.annotations().get(ROTATED_AT));
    Optional<String> server = secret.template().server();
    List<WorkloadRestart> own = new ArrayList<>();
    boolean startsWithPassword = false;
    for (Map.Entry<ResourceType, List<KubernetesObject>> each : workloads.entrySet()) {
      for (KubernetesObject workload : each.getValue()) {
        boolean isServer = server.filter(workload.name()::equals).isPresent();
        boolean setsPassword =
            isServer
                && SecretConsumers.setsPassword(
                    workload, secret.name(), secret.template().passwordVariables());
        startsWithPassword |= setsPassword;
        // A server that keeps its password need not restart.
        if (setsPassword || (!isServer && SecretConsumers.reads(workload, secret.name()))) {
          own.add(new WorkloadRestart(each.getKey(), workload, List.of(secret.name()), true));
        }
      }
    }
    boolean given = rotation.serverPasswords().containsKey(secret.name());
    boolean unfinished =
        rotatedAt.isPresent()
            && own.stream().anyMatch(restart -> !restart.isSince(rotatedAt.get()));
    boolean changes = false;
    if (!rotation.restartOnly()) {
      if (server.isPresent() && !startsWithPassword && !given) {
        problems.add(
            Problem.of(
                ProblemCode.SERVER_KEEPS_PASSWORD,
                known.subject(secret.name()),
                Map.of(
                    "server",
                    server.get(),
                    "command",
                    secret
                        .template()
                        .passwordCommand()
                        .map(text -> known.filled(text, Map.of("namespace", namespace)))
                        .map(command -> ", for example with: " + command)
                        .orElse(""))));
        return;
      }
      if (secret.isOfHost() && rotation.llmCredentials().isEmpty() && !unfinished) {
        problems.add(Problem.of(ProblemCode.SECRET_VALUE_NOT_GIVEN, known.subject(secret.name())));
        return;
      }
      Optional<Map<String, String>> data = content(known, secret, present, unfinished);
      if (data.isPresent()) {
        changes = !present.fields().strings("data").equals(data.get());
        if (changes) {
          secrets.add(edit(secret.name(), data.get()));
        }
      }
    }
    boolean all = changes || rotation.restartOnly();
    if (all || unfinished) {
      for (WorkloadRestart restart : own) {
        boolean isDue = all || !restart.isSince(rotatedAt.orElse(now));
        add(
            server.filter(restart.workload().name()::equals).isPresent() ? servers : clients,
            new WorkloadRestart(restart.type(), restart.workload(), restart.secrets(), isDue));
      }
    }
  }

  /** The new data; empty if the content stays or cannot be made. */
  private Optional<Map<String, String>> content(
      ChartSecrets known,
      ChartSecrets.NeededSecret secret,
      KubernetesObject present,
      boolean unfinished) {
    Map<String, String> data = new LinkedHashMap<>(present.fields().strings("data"));
    if (secret.isOfHost()) {
      secret
          .content()
          .forEach((key, value) -> data.put(key, RotatedPassword.base64(value.reveal())));
      return Optional.of(data);
    }
    Secret given = rotation.serverPasswords().get(secret.name());
    if (given == null && unfinished) {
      return Optional.empty();
    }
    String password = given == null ? known.password() : given.reveal();
    for (Map.Entry<String, String> entry : secret.template().content().entrySet()) {
      if (entry.getValue().contains(RotatedPassword.PLACEHOLDER)) {
        Optional<String> changed =
            RotatedPassword.in(data.get(entry.getKey()), entry.getValue(), password);
        if (changed.isEmpty()) {
          problems.add(
              Problem.of(
                  ProblemCode.SECRET_INCOMPLETE,
                  known.subject(secret.name()),
                  Map.of("keys", entry.getKey())));
          return Optional.empty();
        }
        data.put(entry.getKey(), changed.get());
      }
    }
    return Optional.of(data);
  }

  private ObjectEdit edit(String name, Map<String, String> data) {
    return ObjectEdit.of(
        ResourceType.SECRET,
        namespace,
        name,
        present ->
            present.map(
                secret ->
                    secret
                        .with(data, "data")
                        .with(now.toString(), "metadata", "annotations", ROTATED_AT)));
  }

  private void add(List<WorkloadRestart> list, WorkloadRestart restart) {
    for (int i = 0; i < list.size(); i++) {
      WorkloadRestart other = list.get(i);
      if (other.workload().equals(restart.workload())) {
        List<String> both = new ArrayList<>(other.secrets());
        both.addAll(restart.secrets());
        list.set(
            i,
            new WorkloadRestart(
                other.type(), other.workload(), both, other.isDue() || restart.isDue()));
        return;
      }
    }
    list.add(restart);
  }

  private void requireNotPaused(WorkloadRestart restart) {
    if (restart.isDue() && restart.workload().fields().flag("spec", "paused")) {
      problems.add(Problem.of(ProblemCode.WORKLOAD_PAUSED, restart.subject()));
    }
  }

  /** The changes that restart those of some workloads that are due. */
  List<ObjectEdit> edits(List<WorkloadRestart> restarts) {
    return restarts.stream()
        .filter(WorkloadRestart::isDue)
        .map(restart -> restart.edit(now))
        .toList();
  }
}
