package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The catalogue of repairs: what to do about each cause, as a command and as a call. */
final class Repairs {
  private static final String MIRROR = "kubernaut-airgap mirror --plan plan.yaml";
  private static final String MIRROR_CALL = "airgap.mirror(plan)";
  private static final String INSTALL = "kubernaut-airgap upgrade --plan plan.yaml";
  private static final String INSTALL_CALL =
      "airgap.install(mirrored, secret, InstallOptions.builder().build())";
  private static final String PULL_SECRET = "kubernaut-airgap pull-secret --plan plan.yaml";
  private static final String PULL_SECRET_CALL =
      "airgap.configurePullSecret(plan, credentials, %s)";
  private static final String RULES = "kubernaut-airgap mirror-rules --plan plan.yaml";
  private static final String RULES_CALL =
      "airgap.apply(airgap.planMirrorRules(plan, MirrorRuleOptions.builder().build()))";
  private static final String DESCRIBE_POD = "kubectl describe pod {pod} -n {namespace}";
  private static final String LOGS = "kubectl logs {pod} -n {namespace} -c {container} --previous";
  private static final String NODES = "kubectl describe nodes";

  private static final Map<ProblemCode, Repair> CATALOGUE = catalogue();

  private Repairs() {}

  private static Map<ProblemCode, Repair> catalogue() {
    Map<ProblemCode, Repair> all = new EnumMap<>(ProblemCode.class);
    Repair mirror = new Repair(MIRROR, MIRROR_CALL);
    Repair install = new Repair(INSTALL, INSTALL_CALL);
    Repair pullSecret =
        new Repair(PULL_SECRET, PULL_SECRET_CALL.formatted("PullSecretOptions.builder().build()"));
    all.put(ProblemCode.IMAGE_NOT_IN_MIRROR, mirror);
    all.put(ProblemCode.IMAGE_INCOMPLETE_IN_MIRROR, mirror);
    all.put(ProblemCode.IMAGE_DIFFERS_IN_MIRROR, mirror);
    all.put(ProblemCode.IMAGE_DIGEST_DIFFERS, mirror);
    all.put(ProblemCode.IMAGE_PLATFORM_MISSING, mirror);
    all.put(ProblemCode.IMAGE_PLATFORM_DIFFERS, mirror);
    all.put(ProblemCode.IMAGE_NAME_MISSPELLED, install);
    all.put(ProblemCode.REFERENCE_OUTSIDE_MIRROR, install);
    all.put(ProblemCode.REFERENCE_NOT_PLANNED, install);
    all.put(ProblemCode.REFERENCE_INVALID, install);
    all.put(ProblemCode.IMAGE_FROM_ELSEWHERE, install);
    all.put(ProblemCode.IMAGE_NOT_PLANNED, install);
    all.put(
        ProblemCode.REFERENCE_NOT_REDIRECTED_BY_TAG,
        new Repair(
            INSTALL + " --through-mirror-rules",
            "airgap.install(mirrored, secret, InstallOptions.builder().throughMirrorRules(true).build())"));
    all.put(ProblemCode.MIRROR_RULE_MISSING, new Repair(RULES, RULES_CALL));
    all.put(ProblemCode.MIRROR_RULE_SHADOWED, command("kubectl edit {object}"));
    all.put(ProblemCode.MIRROR_BLOCKED, new Repair(RULES, RULES_CALL));
    all.put(ProblemCode.PULL_CREDENTIALS_MISSING, pullSecret);
    all.put(ProblemCode.PULL_SECRET_NOT_FOUND, pullSecret);
    all.put(
        ProblemCode.PULL_CREDENTIALS_REJECTED,
        new Repair(
            PULL_SECRET + " --replace",
            PULL_SECRET_CALL.formatted("PullSecretOptions.builder().replace(true).build()")));
    all.put(
        ProblemCode.PULL_CREDENTIALS_FORBIDDEN,
        new Repair(
            PULL_SECRET + " --replace",
            PULL_SECRET_CALL.formatted("PullSecretOptions.builder().replace(true).build()")));
    all.put(
        ProblemCode.REGISTRY_CA_UNTRUSTED,
        new Repair(
            "kubernaut-airgap trust --plan plan.yaml --ca CA.pem",
            "airgap.apply(airgap.planTrust(plan.target(), pem))"));
    all.put(ProblemCode.REGISTRY_NAME_NOT_RESOLVED, command("nslookup {host}"));
    all.put(ProblemCode.REGISTRY_UNREACHABLE_FROM_NODES, preflight());
    all.put(ProblemCode.REGISTRY_WITHOUT_TLS, preflight());
    all.put(ProblemCode.REGISTRY_LIMITS_PULLS, preflight());
    all.put(ProblemCode.REGISTRY_UNREACHABLE, preflight());
    all.put(ProblemCode.REGISTRY_FAILED, preflight());
    all.put(ProblemCode.NOT_A_REGISTRY, preflight());
    all.put(ProblemCode.REGISTRY_FAILED_FOR_NODES, preflight());
    all.put(ProblemCode.PULL_UNAUTHORIZED, command(DESCRIBE_POD));
    all.put(ProblemCode.PULL_DENIED, command(DESCRIBE_POD));
    all.put(ProblemCode.PULL_FAILED, command(DESCRIBE_POD));
    all.put(ProblemCode.PULL_IMAGE_NOT_FOUND, command(DESCRIBE_POD));
    all.put(ProblemCode.NODE_NOT_READY, command("kubectl describe node {pod}"));
    all.put(
        ProblemCode.SCHEDULER_NOT_RUNNING,
        command("kubectl get pods -n kube-system -l component=kube-scheduler"));
    all.put(ProblemCode.NODE_LABELS_MISSING, command("kubectl get nodes --show-labels"));
    all.put(ProblemCode.TAINTS_NOT_TOLERATED, command(NODES));
    all.put(ProblemCode.RESOURCES_INSUFFICIENT, command(NODES));
    all.put(
        ProblemCode.SECRET_NOT_FOUND,
        new Repair(
            "kubernaut-airgap secrets --plan plan.yaml",
            "airgap.apply(airgap.planSecrets(plan, llmCredentials))"));
    all.put(ProblemCode.SECRET_KEY_MISSING, command("kubectl edit secret {pod} -n {namespace}"));
    all.put(ProblemCode.CONFIG_MAP_NOT_FOUND, install);
    all.put(ProblemCode.CONFIG_MAP_KEY_MISSING, install);
    all.put(ProblemCode.CLAIM_MISSING, install);
    all.put(ProblemCode.CLAIM_BEING_DELETED, command("kubectl describe pvc {pod} -n {namespace}"));
    all.put(ProblemCode.CLAIM_LOST, command("kubectl describe pvc {pod} -n {namespace}"));
    all.put(ProblemCode.SERVICE_ACCOUNT_NOT_FOUND, install);
    all.put(ProblemCode.STORAGE_CLASS_NOT_FOUND, command("kubectl get storageclass"));
    all.put(ProblemCode.STORAGE_CLASS_NOT_CHOSEN, command("kubectl get storageclass"));
    all.put(
        ProblemCode.VOLUME_NOT_PROVISIONED, command("kubectl describe pvc {pod} -n {namespace}"));
    all.put(ProblemCode.VOLUME_NOT_MOUNTED, command(DESCRIBE_POD));
    all.put(ProblemCode.QUOTA_EXCEEDED, command("kubectl describe resourcequota -n {namespace}"));
    all.put(
        ProblemCode.ADMISSION_POLICY_REFUSES,
        command("kubectl get validatingadmissionpolicies,validatingwebhookconfigurations"));
    all.put(
        ProblemCode.WEBHOOK_UNAVAILABLE,
        command("kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations"));
    all.put(ProblemCode.ADMISSION_REFUSED, command("kubectl get events -n {namespace}"));
    all.put(
        ProblemCode.POD_SECURITY_VIOLATED, command("kubectl get namespace {name} --show-labels"));
    all.put(ProblemCode.CONTAINER_CRASHED, command(LOGS));
    all.put(ProblemCode.CONTAINER_OUT_OF_MEMORY, command(LOGS));
    all.put(ProblemCode.CONTAINER_NOT_STARTED, command(DESCRIBE_POD));
    all.put(
        ProblemCode.PROBE_FAILED,
        command("kubectl logs {pod} -n {namespace} --all-containers --tail=50"));
    all.put(
        ProblemCode.WORKLOAD_SCALED_TO_ZERO,
        command("kubectl scale {kind} {pod} -n {namespace} --replicas=1"));
    all.put(
        ProblemCode.WORKLOAD_NOT_UPDATED,
        command("kubectl rollout status {kind} {pod} -n {namespace}"));
    all.put(
        ProblemCode.WORKLOAD_UPDATE_PAUSED,
        command("kubectl rollout resume {kind} {pod} -n {namespace}"));
    all.put(ProblemCode.POD_EVICTED, command(DESCRIBE_POD));
    all.put(ProblemCode.RELEASE_OBJECT_NOT_FOUND, install);
    all.put(ProblemCode.RELEASE_OBJECT_CHANGED, install);
    all.put(ProblemCode.RELEASE_NOT_FOUND, install);
    all.put(ProblemCode.RELEASE_NOT_DEPLOYED, install);
    all.put(ProblemCode.GITOPS_NOT_READY, command("{command}"));
    all.put(ProblemCode.GITOPS_OUT_OF_SYNC, command("{command}"));
    all.put(ProblemCode.GITOPS_SUSPENDED, command("{command}"));
    all.put(ProblemCode.JOB_FAILED, install);
    all.put(ProblemCode.MIGRATION_JOB_MISSING, install);
    all.put(ProblemCode.HOOK_FAILED, install);
    all.put(ProblemCode.HOOK_NOT_COMPLETE, install);
    all.put(ProblemCode.HOOK_NOT_RUN, install);
    all.put(ProblemCode.WEBHOOK_CA_MISSING, install);
    all.put(ProblemCode.WEBHOOK_CA_INVALID, install);
    all.put(ProblemCode.WEBHOOK_SERVICE_MISSING, install);
    all.put(ProblemCode.SERVING_CERTIFICATE_INVALID, install);
    all.put(
        ProblemCode.POOL_PAUSED,
        command(
            "kubectl patch machineconfigpool {name} --type=merge -p '{\"spec\":{\"paused\":false}}'"));
    all.put(ProblemCode.POOL_DEGRADED, command("kubectl describe machineconfigpool {name}"));
    all.put(ProblemCode.LLM_CONFIG_INVALID, install);
    all.put(ProblemCode.LLM_ENDPOINT_MISSING, install);
    all.put(
        ProblemCode.LLM_KEY_PLACEHOLDER,
        new Repair(
            "kubernaut-airgap secrets --plan plan.yaml --llm-credentials KEY=FILE",
            "airgap.apply(airgap.planSecrets(plan, llmCredentials))"));
    return Map.copyOf(all);
  }

  private static Repair command(String command) {
    return new Repair(command, "");
  }

  private static Repair preflight() {
    return new Repair("kubernaut-airgap preflight --plan plan.yaml", "airgap.preflight(plan)");
  }

  /** The codes that have a repair, in the order of the catalogue of problems. */
  static Set<ProblemCode> codes() {
    return new TreeSet<>(CATALOGUE.keySet());
  }

  /** The repair of a kind of problem, with the names of its parts in braces. */
  static Repair template(ProblemCode code) {
    Repair repair = CATALOGUE.get(code);
    if (repair == null) {
      throw new IllegalArgumentException("there is no repair for " + code);
    }
    return repair;
  }

  /** The repair of a problem; empty when only its remedy is known. */
  static Optional<Repair> of(Problem problem) {
    return Optional.ofNullable(CATALOGUE.get(problem.code()))
        .map(repair -> new Repair(fill(repair.command(), problem), repair.call()));
  }

  /** Whether the repair of a problem installs or upgrades the release. */
  static boolean isUpgrade(Problem problem) {
    Repair repair = CATALOGUE.get(problem.code());
    return repair != null && repair.command().startsWith(INSTALL);
  }

  /** The first of the objects that a problem names, as an argument of kubectl. */
  private static String object(Problem problem) {
    String first = problem.parameters().getOrDefault("objects", "").split(", ", 2)[0];
    int space = first.lastIndexOf(' ');
    return space < 0
        ? first
        : first.substring(0, space).toLowerCase(Locale.ROOT) + " " + first.substring(space + 1);
  }

  private static String fill(String command, Problem problem) {
    String name = problem.subject().name();
    String path = name.substring(name.lastIndexOf(' ') + 1);
    int slash = path.indexOf('/');
    String kind = problem.subject().kind().name().replace("_", "").toLowerCase(Locale.ROOT);
    return command
        .replace("{command}", problem.parameters().getOrDefault("command", ""))
        .replace("{container}", problem.parameters().getOrDefault("container", ""))
        .replace("{host}", name.replaceFirst(":[0-9]+$", ""))
        .replace("{kind}", kind)
        .replace("{object}", object(problem))
        .replace("{name}", name)
        .replace("{namespace}", slash < 0 ? path : path.substring(0, slash))
        .replace("{pod}", path.substring(slash + 1));
  }
}
