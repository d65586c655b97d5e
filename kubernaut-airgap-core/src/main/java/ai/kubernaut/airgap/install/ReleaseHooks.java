package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.chart.RenderedChart;
import ai.kubernaut.airgap.chart.RenderedManifest;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The Jobs and pods that Helm runs as hooks of one operation. Charts may render other hooks in an
 * upgrade than in the proof; those count that name the release in their labels. Immutable.
 */
final class ReleaseHooks {
  private static final Set<String> KINDS = Set.of("Job", "Pod");
  private static final Set<String> INSTALL = Set.of("pre-install", "post-install");

  private final ReleaseName release;
  private final Set<String> events;
  private final List<KubernetesObject> rendered;

  private ReleaseHooks(ReleaseName release, Set<String> events, List<KubernetesObject> rendered) {
    this.release = release;
    this.events = events;
    this.rendered = rendered;
  }

  /**
   * Finds the hooks of an operation.
   *
   * @param chart the chart as it is installed
   * @param operation {@code install} or {@code upgrade}
   */
  static ReleaseHooks of(RenderedChart chart, ReleaseName release, String operation) {
    List<KubernetesObject> hooks = new ArrayList<>();
    chart.manifests().stream()
        .filter(RenderedManifest::isHook)
        .map(RenderedManifest::object)
        .filter(object -> KINDS.contains(object.kind()))
        .forEach(hooks::add);
    return new ReleaseHooks(
        release, Set.of("pre-" + operation, "post-" + operation), List.copyOf(hooks));
  }

  /** Returns whether the chart has no hooks that run pods. */
  boolean isEmpty() {
    return rendered.isEmpty();
  }

  /**
   * Returns a problem for each hook that exists and that Helm does not delete before it creates it.
   */
  List<Problem> notReplaceable(ClusterClient cluster) {
    List<Problem> problems = new ArrayList<>();
    for (KubernetesObject hook : rendered) {
      String policy = hook.annotations().getOrDefault("helm.sh/hook-delete-policy", "").trim();
      if (runsNow(hook)
          && !policy.isEmpty()
          && !policy.contains("before-hook-creation")
          && !hook.name().isEmpty()
          && cluster.get(type(hook), namespace(hook), hook.name()).isPresent()) {
        problems.add(
            Problem.of(ProblemCode.HOOK_NOT_REPLACEABLE, subject(hook), Map.of("policy", policy)));
      }
    }
    return problems;
  }

  /** Returns a warning for each hook of an installation that this upgrade does not run. */
  List<Problem> skippedByUpgrade() {
    return rendered.stream()
        .filter(hook -> !runsNow(hook))
        .filter(hook -> events(hook).stream().anyMatch(INSTALL::contains))
        .map(
            hook ->
                Problem.of(
                    ProblemCode.INSTALL_HOOK_SKIPPED,
                    subject(hook),
                    Map.of("events", String.join(", ", events(hook)))))
        .toList();
  }

  private static ResourceType type(KubernetesObject hook) {
    return hook.kind().equals("Job") ? ResourceType.JOB : ResourceType.POD;
  }

  private Subject subject(KubernetesObject hook) {
    return Subject.object(
        hook.kind().equals("Job") ? Subject.Kind.JOB : Subject.Kind.POD,
        namespace(hook),
        hook.name());
  }

  private static List<String> events(KubernetesObject object) {
    return Arrays.stream(object.annotations().getOrDefault("helm.sh/hook", "").split(","))
        .map(String::trim)
        .toList();
  }

  /** Returns the namespaces of the hooks. */
  Set<String> namespaces() {
    Set<String> namespaces = new TreeSet<>();
    rendered.forEach(hook -> namespaces.add(namespace(hook)));
    return namespaces;
  }

  private String namespace(KubernetesObject hook) {
    return hook.namespace().orElse(release.namespace());
  }

  /** Returns whether an object of the cluster is one of these hooks. */
  boolean contains(KubernetesObject object) {
    return runsNow(object)
        && (rendered.stream().anyMatch(hook -> isSame(hook, object))
            || object
                .labels()
                .getOrDefault("app.kubernetes.io/instance", "")
                .equals(release.name()));
  }

  private boolean runsNow(KubernetesObject object) {
    return events(object).stream().anyMatch(events::contains);
  }

  private boolean isSame(KubernetesObject hook, KubernetesObject object) {
    String prefix = hook.fields().text("metadata", "generateName").orElse("");
    return hook.kind().equals(object.kind())
        && object.namespace().orElse("").equals(namespace(hook))
        && (hook.name().isEmpty()
            ? !prefix.isEmpty() && object.name().startsWith(prefix)
            : object.name().equals(hook.name()));
  }
}
