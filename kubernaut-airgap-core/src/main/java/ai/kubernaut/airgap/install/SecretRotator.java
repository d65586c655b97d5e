package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.ChartValues;
import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.cluster.change.ChangeReport;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.cluster.change.ClusterChanger;
import ai.kubernaut.airgap.cluster.change.ObjectEdit;
import ai.kubernaut.airgap.cluster.workload.WorkloadRollout;
import ai.kubernaut.airgap.common.Secret;
import ai.kubernaut.airgap.kubernaut.ProductProfile;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Gives Secrets of a release new content, and restarts the workloads that read them: the servers
 * that check a password first, and when their pods are ready, the clients. A password that a server
 * would keep is not changed unless the server has the new one already.
 *
 * <p>Each Secret notes when it was rotated, and the template of the pods when they were restarted,
 * so that a run after a failure restarts what is left and generates no further password. Before a
 * Secret changes, its content is copied to a backup Secret. Thread-safe.
 */
public final class SecretRotator {
  /** The annotation of a Secret with the time of its last rotation. */
  static final String ROTATED_AT = "airgap.kubernaut.ai/rotated-at";

  /** The annotation with which {@code kubectl rollout restart} restarts a workload, too. */
  static final String RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";

  private static final List<ResourceType> WORKLOADS =
      List.of(ResourceType.DEPLOYMENT, ResourceType.STATEFUL_SET, ResourceType.DAEMON_SET);

  private static final String PASSWORD = "{password}";
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");

  private final ClusterClient cluster;
  private final HelmClient helm;
  private final ProductProfile profile;
  private final InstantSource clock;
  private final Consumer<ProgressEvent> progress;

  /**
   * Creates a rotator.
   *
   * @param cluster the cluster of the release; stays open
   * @param helm reads the values of the chart; stays open
   * @param profile which Secrets the chart needs, and which servers check their passwords
   * @param clock gives the times that Secrets and workloads note
   * @param progress is sent every event
   */
  public SecretRotator(
      ClusterClient cluster,
      HelmClient helm,
      ProductProfile profile,
      InstantSource clock,
      Consumer<ProgressEvent> progress) {
    this.cluster = cluster;
    this.helm = helm;
    this.profile = profile;
    this.clock = clock;
    this.progress = progress;
  }

  /**
   * Plans a rotation. Generated passwords differ from those of {@link #rotate}. Read-only.
   *
   * @param plan a plan with a chart
   * @param rotation the Secrets
   * @return the Secrets and the workloads in the order in which they change; its problems are what
   *     prevents the rotation
   * @throws InstallException when the plan has no chart
   * @throws ai.kubernaut.airgap.chart.HelmException when the chart cannot be read
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   */
  public ClusterChange plan(MirrorPlan plan, SecretRotation rotation) {
    Run run = new Run(plan, rotation);
    List<ObjectEdit> all = new ArrayList<>(run.secrets);
    all.addAll(run.restarts(run.servers));
    all.addAll(run.restarts(run.clients));
    return new ClusterChanger(cluster, progress).plan(all).withProblems(run.problems);
  }

  /**
   * Rotates Secrets and restarts the workloads that read them.
   *
   * @param plan a plan with a chart
   * @param rotation the Secrets
   * @return the Secrets that were changed, to undo that; and a fact for each workload, or what
   *     prevented its restart: then a later run continues
   * @throws InstallException when the plan has no chart
   * @throws ai.kubernaut.airgap.cluster.change.ClusterChangeException when the rotation is not
   *     possible; nothing was changed
   * @throws ai.kubernaut.airgap.chart.HelmException when the chart cannot be read
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws ai.kubernaut.airgap.common.CancelledException when the thread is interrupted; a later
   *     run continues
   */
  public ChangeReport rotate(MirrorPlan plan, SecretRotation rotation) {
    return Progress.of(ProgressEvent.Step.CLUSTER_CHANGE, progress)
        .during(
            0,
            "Rotating " + String.join(", ", new TreeSet<>(rotation.names())),
            () -> rotateHere(plan, rotation),
            ChangeReport::isOk,
            ChangeReport::summary);
  }

  private ChangeReport rotateHere(MirrorPlan plan, SecretRotation rotation) {
    Run run = new Run(plan, rotation);
    ClusterChanger changer = new ClusterChanger(cluster, event -> {});
    ChangeReport secrets =
        changer.apply(changer.plan(run.secrets).withProblems(run.problems).orElseThrow());
    ChangeReport.Builder report = ChangeReport.builder().from(secrets);
    if (secrets.isOk() && run.restart(run.servers, changer, report)) {
      run.restart(run.clients, changer, report);
    }
    return report.build();
  }

  /**
   * A workload, and the Secrets that it reads.
   *
   * @param isDue whether it has to restart; false if an earlier run has restarted it
   */
  private record Restart(
      ResourceType type, KubernetesObject workload, List<String> secrets, boolean isDue) {
    Subject subject() {
      return Subject.object(
          switch (workload.kind()) {
            case "Deployment" -> Subject.Kind.DEPLOYMENT;
            case "StatefulSet" -> Subject.Kind.STATEFUL_SET;
            default -> Subject.Kind.DAEMON_SET;
          },
          workload.namespace().orElse(null),
          workload.name());
    }
  }

  private final class Run {
    private final String namespace;
    private final SecretRotation rotation;
    private final Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    private final List<ObjectEdit> secrets = new ArrayList<>();
    private final List<Restart> servers = new ArrayList<>();
    private final List<Restart> clients = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();

    Run(MirrorPlan plan, SecretRotation rotation) {
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
              rotation.llmCredentials());
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
      Optional<Instant> rotatedAt = time(present.annotations().get(ROTATED_AT));
      Optional<String> server = secret.template().server();
      List<Restart> own = new ArrayList<>();
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
            own.add(new Restart(each.getKey(), workload, List.of(secret.name()), true));
          }
        }
      }
      boolean given = rotation.serverPasswords().containsKey(secret.name());
      boolean unfinished =
          rotatedAt.isPresent()
              && own.stream().anyMatch(restart -> !isSince(restart, rotatedAt.get()));
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
          problems.add(
              Problem.of(ProblemCode.SECRET_VALUE_NOT_GIVEN, known.subject(secret.name())));
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
        for (Restart restart : own) {
          boolean isDue = all || !isSince(restart, rotatedAt.orElse(now));
          add(
              server.filter(restart.workload.name()::equals).isPresent() ? servers : clients,
              new Restart(restart.type, restart.workload, restart.secrets, isDue));
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
        secret.content().forEach((key, value) -> data.put(key, base64(value.reveal())));
        return Optional.of(data);
      }
      Secret given = rotation.serverPasswords().get(secret.name());
      if (given == null && unfinished) {
        return Optional.empty();
      }
      String password = given == null ? known.password() : given.reveal();
      for (Map.Entry<String, String> entry : secret.template().content().entrySet()) {
        if (entry.getValue().contains(PASSWORD)) {
          Optional<String> changed =
              Optional.ofNullable(data.get(entry.getKey()))
                  .flatMap(SecretRotator::decoded)
                  .flatMap(text -> withPassword(text, entry.getValue(), password));
          if (changed.isEmpty()) {
            problems.add(
                Problem.of(
                    ProblemCode.SECRET_INCOMPLETE,
                    known.subject(secret.name()),
                    Map.of("keys", entry.getKey())));
            return Optional.empty();
          }
          data.put(entry.getKey(), base64(changed.get()));
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

    private void add(List<Restart> list, Restart restart) {
      for (int i = 0; i < list.size(); i++) {
        Restart other = list.get(i);
        if (other.workload.equals(restart.workload)) {
          List<String> both = new ArrayList<>(other.secrets);
          both.addAll(restart.secrets);
          list.set(i, new Restart(other.type, other.workload, both, other.isDue || restart.isDue));
          return;
        }
      }
      list.add(restart);
    }

    private void requireNotPaused(Restart restart) {
      if (restart.isDue && restart.workload.fields().flag("spec", "paused")) {
        problems.add(Problem.of(ProblemCode.WORKLOAD_PAUSED, restart.subject()));
      }
    }

    private List<ObjectEdit> restarts(List<Restart> list) {
      return list.stream()
          .filter(Restart::isDue)
          .map(
              restart ->
                  ObjectEdit.of(
                      restart.type,
                      namespace,
                      restart.workload.name(),
                      present ->
                          present.map(
                              workload ->
                                  workload.with(
                                      now.toString(),
                                      "spec",
                                      "template",
                                      "metadata",
                                      "annotations",
                                      RESTARTED_AT))))
          .toList();
    }

    /** Restarts workloads and waits for their pods; returns whether all of them are ready. */
    private boolean restart(
        List<Restart> list, ClusterChanger changer, ChangeReport.Builder report) {
      if (list.isEmpty()) {
        return true;
      }
      ChangeReport applied = changer.apply(changer.plan(restarts(list)));
      if (!applied.isOk()) {
        report.addAllProblems(applied.problems());
        return false;
      }
      WaitPolicy wait = rotation.restart();
      List<Problem> left = wait.until(() -> notReady(list), List::isEmpty);
      report.addAllProblems(left);
      for (Restart restart : list) {
        if (restart.isDue
            && left.stream().noneMatch(problem -> problem.subject().equals(restart.subject()))) {
          report.addFacts(
              Fact.of(
                  FactCode.WORKLOAD_RESTARTED,
                  restart.subject(),
                  Map.of("secrets", String.join(", ", restart.secrets))));
        }
      }
      return left.isEmpty();
    }

    private List<Problem> notReady(List<Restart> list) {
      return list.stream()
          .flatMap(
              restart ->
                  cluster.get(restart.type, namespace, restart.workload.name()).stream()
                      .flatMap(
                          workload ->
                              WorkloadRollout.of(workload).problem(restart.subject()).stream()))
          .toList();
    }
  }

  private static boolean isSince(Restart restart, Instant rotated) {
    return time(restart
            .workload
            .fields()
            .strings("spec", "template", "metadata", "annotations")
            .get(RESTARTED_AT))
        .filter(restarted -> !restarted.isBefore(rotated))
        .isPresent();
  }

  private static Optional<Instant> time(@Nullable String text) {
    try {
      return Optional.ofNullable(text).map(OffsetDateTime::parse).map(OffsetDateTime::toInstant);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /**
   * Replaces the password in a text that was made from a template, and keeps the rest.
   *
   * @return empty if the text has no place for it
   */
  static Optional<String> withPassword(String text, String template, String password) {
    if (template.equals(PASSWORD)) {
      return Optional.of(password);
    }
    String line =
        template.lines().filter(each -> each.endsWith(": " + PASSWORD)).findFirst().orElse("");
    if (line.isEmpty()) {
      return Optional.empty();
    }
    String field = line.substring(0, line.length() - PASSWORD.length() - 1);
    Matcher present =
        Pattern.compile("(?m)^(" + Pattern.quote(field) + ")[^\\r\\n]*").matcher(text);
    String value =
        PLAIN.matcher(password).matches()
            ? password
            : "\"" + password.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    return present.find()
        ? Optional.of(present.replaceFirst("$1 " + Matcher.quoteReplacement(value)))
        : Optional.empty();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Optional<String> decoded(String base64) {
    try {
      return Optional.of(new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
