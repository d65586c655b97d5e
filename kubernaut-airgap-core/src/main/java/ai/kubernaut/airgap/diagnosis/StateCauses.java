package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ObjectTexts;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.workload.PodFields;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Problems that the verification finds itself: an image that differs or is not planned, a webhook
 * without a CA, a configuration that is not valid, an update that is not complete. Adds what shows
 * them, and the crashes that they explain.
 */
final class StateCauses {
  private static final List<ProblemCode> OF_WEBHOOKS =
      List.of(
          ProblemCode.WEBHOOK_CA_MISSING,
          ProblemCode.WEBHOOK_CA_INVALID,
          ProblemCode.WEBHOOK_SERVICE_MISSING,
          ProblemCode.SERVING_CERTIFICATE_INVALID);

  private static final List<ProblemCode> OF_CONFIGURATION =
      List.of(
          ProblemCode.LLM_CONFIG_INVALID,
          ProblemCode.LLM_ENDPOINT_MISSING,
          ProblemCode.LLM_KEY_PLACEHOLDER,
          ProblemCode.ENDPOINT_PUBLIC);

  private static final List<ProblemCode> OF_UPDATES =
      List.of(ProblemCode.WORKLOAD_NOT_UPDATED, ProblemCode.WORKLOAD_UPDATE_PAUSED);

  private static final List<ProblemCode> OF_CONTAINERS =
      List.of(
          ProblemCode.IMAGE_DIGEST_DIFFERS,
          ProblemCode.IMAGE_NOT_PLANNED,
          ProblemCode.IMAGE_FROM_ELSEWHERE);

  /** What the kernel says of a program for another platform. */
  private static final String OTHER_PLATFORM = "exec format error";

  private static final Pattern CERTIFICATE =
      Pattern.compile("(?i)\\b(tls|x509|certificate|pem|private key)\\b");

  static final Pattern CONFIGURATION =
      Pattern.compile("(?i)\\b(ya?ml|config(uration)?|pars(e|ing|er))\\b");

  private static final Pattern ACCESS =
      Pattern.compile(
          "(?i)\\b(llm|openai|anthropic|api[-_ ]?key|endpoint|model|unauthorized|authentication|401|403)\\b");

  private final ClusterState state;
  private final MirrorQuestions mirror;
  private final CauseGraph graph;

  StateCauses(ClusterState state, MirrorQuestions mirror, CauseGraph graph) {
    this.state = state;
    this.mirror = mirror;
    this.graph = graph;
  }

  void explain() {
    OF_CONTAINERS.forEach(code -> graph.problems(code).forEach(this::container));
    graph.problems(ProblemCode.IMAGE_DIFFERS_IN_MIRROR).forEach(this::image);
    graph.problems(ProblemCode.CONTAINER_CRASHED).forEach(this::platform);
    OF_WEBHOOKS.forEach(code -> graph.problems(code).forEach(this::webhook));
    OF_CONFIGURATION.forEach(code -> graph.problems(code).forEach(this::configuration));
    OF_UPDATES.forEach(code -> graph.problems(code).forEach(this::update));
    graph.problems(ProblemCode.RELEASE_NOT_FOUND).forEach(this::release);
  }

  /** What Helm has stored, and what it has created for a release that it does not know. */
  private void release(Problem unknown) {
    String namespace = unknown.parameters().getOrDefault("namespace", "");
    String releases =
        state.list(ResourceType.SECRET, namespace).stream()
            .filter(secret -> "helm".equals(secret.labels().get("owner")))
            .map(secret -> secret.labels().getOrDefault("name", ""))
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
    graph.add(
        unknown,
        Fact.of(
            FactCode.RELEASES_STORED,
            new Subject(Subject.Kind.NAMESPACE, namespace),
            Map.of("releases", releases.isEmpty() ? "none" : releases)));
    long workloads =
        Stream.of(ResourceType.DEPLOYMENT, ResourceType.STATEFUL_SET, ResourceType.DAEMON_SET)
            .flatMap(type -> state.list(type, namespace).stream())
            .filter(
                workload ->
                    unknown
                        .subject()
                        .name()
                        .equals(workload.annotations().get("meta.helm.sh/release-name")))
            .count();
    graph.add(
        unknown,
        Fact.of(
            FactCode.WORKLOADS_OF_RELEASE,
            unknown.subject(),
            Map.of("count", String.valueOf(workloads), "namespace", namespace)));
  }

  /** What the pod reports of the image that a container runs, and what the mirror has. */
  private void container(Problem problem) {
    String path = problem.subject().name();
    int end = path.lastIndexOf('/');
    String name = path.substring(end + 1);
    Subject pod = new Subject(Subject.Kind.POD, path.substring(0, end));
    pod(pod).stream()
        .flatMap(found -> PodFields.statuses(found).stream())
        .filter(status -> status.text("name").orElse("").equals(name))
        .map(status -> status.text("imageID").orElse(""))
        .filter(reported -> !reported.isEmpty())
        .forEach(
            reported ->
                graph.add(
                    problem,
                    Fact.observed(
                        pod, "status.containerStatuses[" + name + "].imageID", reported)));
    if (problem.code() != ProblemCode.IMAGE_FROM_ELSEWHERE) {
      parse(problem.parameters().getOrDefault("image", ""))
          .ifPresent(image -> graph.add(problem, mirror.presence(image).evidence()));
    }
  }

  /**
   * A program that is for another platform than its node: the reference names a manifest of one
   * platform, which nodes run without comparing the platform.
   */
  private void platform(Problem crash) {
    if (graph.isCaused(crash) || !ProgramFailures.log(crash).contains(OTHER_PLATFORM)) {
      return;
    }
    String name = crash.parameters().getOrDefault("container", "");
    Subject container = new Subject(Subject.Kind.CONTAINER, crash.subject().name() + "/" + name);
    pod(crash.subject())
        .flatMap(
            pod ->
                PodFields.container(pod, name)
                    .flatMap(found -> found.text("image"))
                    .flatMap(StateCauses::parse)
                    .flatMap(image -> mirror.platform(pod, image, graph)))
        .ifPresent(
            differs -> {
              graph.link(differs, crash);
              graph.of(container).forEach(unplanned -> graph.link(differs, unplanned));
            });
  }

  private static Optional<ImageRef> parse(String reference) {
    try {
      return Optional.of(ImageRef.parse(reference).withImpliedTag());
    } catch (InvalidReferenceException e) {
      return Optional.empty();
    }
  }

  /** A container that runs the image that differs may crash because of it. */
  private void image(Problem differs) {
    Optional<ImageRef> parsed = parse(differs.subject().name());
    if (parsed.isEmpty()) {
      return;
    }
    ImageRef image = parsed.get();
    graph.add(differs, mirror.presence(image).evidence());
    String actual = differs.parameters().getOrDefault("actual", "");
    graph.problems(ProblemCode.IMAGE_DIGEST_DIFFERS).stream()
        .filter(running -> running.parameters().getOrDefault("running", "").equals(actual))
        .filter(running -> running.parameters().getOrDefault("image", "").equals(image.toString()))
        .forEach(running -> graph.link(differs, running));
    for (Problem crash : graph.problems(ProblemCode.CONTAINER_CRASHED)) {
      String container = crash.parameters().getOrDefault("container", "");
      boolean runsIt =
          pod(crash.subject())
              .flatMap(pod -> PodFields.container(pod, container))
              .flatMap(found -> found.text("image"))
              .filter(image.toString()::equals)
              .isPresent();
      if (runsIt) {
        graph.link(differs, crash);
      }
    }
  }

  /** The API server refuses a container what the webhook applies to; its log names the webhook. */
  private void webhook(Problem broken) {
    String name = broken.parameters().getOrDefault("webhook", "");
    List<Webhook> configured =
        Webhook.all(state).stream()
            .filter(webhook -> webhook.configuration().equals(broken.subject()))
            .toList();
    List<Webhook> affected =
        configured.stream().filter(webhook -> webhook.name().equals(name)).toList();
    affected.forEach(webhook -> graph.add(broken, webhook.evidence()));
    if (broken.code() == ProblemCode.SERVING_CERTIFICATE_INVALID) {
      // All webhooks of a service have its certificate.
      Set<String> services = affected.stream().map(Webhook::service).collect(Collectors.toSet());
      affected =
          configured.stream().filter(webhook -> services.contains(webhook.service())).toList();
    }
    String secret = broken.parameters().getOrDefault("secret", "");
    if (!secret.isEmpty()) {
      crashes(
          broken,
          new Subject(Subject.Kind.SECRET, secret),
          PodReferences.readers(state, ResourceType.SECRET, secret),
          CERTIFICATE);
    }
    for (Webhook webhook : affected) {
      ProgramFailures.in(graph)
          .filter(failure -> ObjectTexts.hasName(ProgramFailures.log(failure), webhook.name()))
          .forEach(failure -> graph.link(broken, failure));
    }
  }

  /** Pods that read a configuration that is not valid may crash because of it. */
  private void configuration(Problem invalid) {
    String path = invalid.subject().name().substring(invalid.subject().name().indexOf(' ') + 1);
    boolean isSecret = invalid.subject().kind() == Subject.Kind.SECRET;
    ResourceType type = isSecret ? ResourceType.SECRET : ResourceType.CONFIG_MAP;
    Pattern reason = invalid.code() == ProblemCode.LLM_CONFIG_INVALID ? CONFIGURATION : ACCESS;
    crashes(invalid, invalid.subject(), PodReferences.readers(state, type, path), reason);
  }

  /** Pods that read what is not valid, and whose log agrees, fail because of it. */
  private void crashes(
      Problem invalid, Subject read, List<KubernetesObject> readers, Pattern reason) {
    if (!readers.isEmpty()) {
      graph.add(
          invalid,
          Fact.of(
              FactCode.REFERENCED_IN,
              read,
              Map.of(
                  "where",
                  readers.stream()
                      .map(pod -> pod.subject().toString())
                      .collect(Collectors.joining(", ")))));
    }
    for (KubernetesObject pod : readers) {
      graph.of(pod.subject()).stream()
          .filter(ProgramFailures::isFailure)
          .filter(failure -> isExplained(failure, reason))
          .forEach(failure -> graph.link(invalid, failure));
    }
  }

  /** A program that has ended without a word may have any reason. */
  private static boolean isExplained(Problem failure, Pattern reason) {
    String log = ProgramFailures.log(failure);
    return log.isEmpty()
        ? failure.code() == ProblemCode.CONTAINER_CRASHED
        : reason.matcher(log).find();
  }

  /** What the controller of a workload says about its update. */
  private void update(Problem incomplete) {
    for (ResourceType type :
        List.of(ResourceType.DEPLOYMENT, ResourceType.STATEFUL_SET, ResourceType.DAEMON_SET)) {
      state.all(type).stream()
          .filter(object -> object.subject().equals(incomplete.subject()))
          .forEach(object -> graph.add(incomplete, conditions(object, incomplete.subject())));
    }
  }

  private static List<Fact> conditions(KubernetesObject workload, Subject subject) {
    List<Fact> facts = new ArrayList<>();
    if (workload.fields().flag("spec", "paused")) {
      facts.add(Fact.of(FactCode.UPDATE_PAUSED, subject));
    }
    for (Fields condition : workload.fields().list("status", "conditions")) {
      facts.add(PodFields.observed(subject, condition));
    }
    return facts;
  }

  private Optional<KubernetesObject> pod(Subject subject) {
    return state.all(ResourceType.POD).stream()
        .filter(pod -> pod.subject().equals(subject))
        .findFirst();
  }
}
