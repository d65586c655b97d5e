package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.openshift.MachineConfigPools;
import ai.kubernaut.airgap.cluster.workload.PodFields;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import ai.kubernaut.airgap.mirrorrules.MirrorRules;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Why a node cannot pull an image. What can be asked is asked: whether the reference leads to the
 * mirror, whether the mirror has the image, whether the credentials of the cluster would do, and
 * whether the image is for the platform of the node. Only what a node alone knows, such as whether
 * it trusts a certificate, is taken from its message.
 */
final class PullCauses implements Explanation {
  private static final int SIMILAR = 3;

  /** The causes by what the inspection of the pod has read from the message of the node. */
  private static final Map<ProblemCode, ProblemCode> ONLY_KNOWN_TO_NODES =
      Map.of(
          ProblemCode.PULL_CERTIFICATE_UNTRUSTED, ProblemCode.REGISTRY_CA_UNTRUSTED,
          ProblemCode.PULL_HOST_UNKNOWN, ProblemCode.REGISTRY_NAME_NOT_RESOLVED,
          ProblemCode.PULL_RATE_LIMITED, ProblemCode.REGISTRY_LIMITS_PULLS,
          ProblemCode.PULL_PLAIN_HTTP, ProblemCode.REGISTRY_WITHOUT_TLS,
          ProblemCode.PULL_SERVER_FAILED, ProblemCode.REGISTRY_FAILED_FOR_NODES,
          ProblemCode.PULL_CONNECTION_REFUSED, ProblemCode.REGISTRY_UNREACHABLE_FROM_NODES,
          ProblemCode.PULL_TIMEOUT, ProblemCode.REGISTRY_UNREACHABLE_FROM_NODES);

  private static final Set<ProblemCode> CREDENTIALS =
      Set.of(ProblemCode.PULL_UNAUTHORIZED, ProblemCode.PULL_DENIED);

  private final ClusterState state;
  private final MirrorPlan plan;
  private final MirrorQuestions mirror;
  private @Nullable MirrorRules rules;

  PullCauses(ClusterState state, MirrorPlan plan, MirrorQuestions mirror) {
    this.state = state;
    this.plan = plan;
    this.mirror = mirror;
  }

  @Override
  public boolean explain(Symptom symptom, CauseGraph graph) {
    if (!symptom.problem().code().name().startsWith("PULL_")) {
      return false;
    }
    String image = symptom.parameter("image");
    ImageRef asked;
    try {
      asked = ImageRef.parse(image).withImpliedTag();
    } catch (InvalidReferenceException e) {
      Subject container =
          new Subject(
              Subject.Kind.CONTAINER,
              symptom.subject().name() + "/" + symptom.parameter("container"));
      Problem problem =
          Problem.of(
              ProblemCode.REFERENCE_INVALID,
              container,
              Map.of("image", image, "detail", e.reason()));
      state.warning(symptom.pod(), symptom.subject()).ifPresent(fact -> graph.add(problem, fact));
      link(symptom, graph, problem);
      return true;
    }
    Optional<ImageRef> location = location(asked);
    if (location.isEmpty()) {
      return outside(symptom, asked, graph);
    }
    if (misdirected(symptom, asked, location.get(), graph)) {
      return true;
    }
    return inMirror(symptom, asked, location.get(), graph);
  }

  /** Adds why the mirror does not tell the digest of an image that a container runs. */
  void explainUnverified(Problem unverified, CauseGraph graph) {
    Optional<ImageRef> image;
    try {
      image =
          location(
              ImageRef.parse(unverified.parameters().getOrDefault("image", "")).withImpliedTag());
    } catch (InvalidReferenceException e) {
      return;
    }
    if (image.isEmpty()) {
      return;
    }
    MirrorQuestions.Presence presence = mirror.presence(image.get());
    Optional<Problem> cause = presence.problem();
    if (presence.isAbsent() && plan.entryInMirror(image.get()).isPresent()) {
      cause = Optional.of(Problem.of(ProblemCode.IMAGE_NOT_IN_MIRROR, Subject.image(image.get())));
    }
    graph.add(cause.orElse(unverified), presence.evidence());
    cause.ifPresent(problem -> graph.link(problem, unverified));
  }

  /** Where in the mirror a node looks for an image; empty when it does not look there. */
  private Optional<ImageRef> location(ImageRef asked) {
    if (plan.target().contains(asked)) {
      return Optional.of(asked);
    }
    return rules().locations(asked).stream().filter(plan.target()::contains).findFirst();
  }

  private MirrorRules rules() {
    MirrorRules known = rules;
    if (known == null) {
      known = MirrorRules.inCluster(state.cluster());
      rules = known;
    }
    return known;
  }

  /** Whether the rules lead to the mirror, but not to where it has the image of the plan. */
  private boolean misdirected(
      Symptom symptom, ImageRef asked, ImageRef location, CauseGraph graph) {
    if (plan.target().contains(asked)) {
      return false;
    }
    Optional<Problem> rule =
        planned(asked)
            .map(entry -> entry.target().repository())
            .filter(target -> !target.equals(location.repository()))
            .flatMap(target -> rules().problem(asked, target));
    rule.ifPresent(
        problem -> {
          graph.add(problem, locations(asked));
          link(symptom, graph, problem);
        });
    return rule.isPresent();
  }

  private Optional<MirrorEntry> planned(ImageRef asked) {
    return plan.entries().stream()
        .filter(entry -> entry.source().repository().equals(asked.repository()))
        .findFirst();
  }

  private Fact locations(ImageRef asked) {
    return Fact.of(
        FactCode.PULL_LOCATIONS,
        Subject.image(asked),
        Map.of(
            "locations",
            rules().locations(asked).stream()
                .map(ImageRef::toString)
                .collect(Collectors.joining(", "))));
  }

  private boolean outside(Symptom symptom, ImageRef asked, CauseGraph graph) {
    Optional<MirrorEntry> planned = planned(asked);
    Subject subject = Subject.image(asked);
    Fact locations = locations(asked);
    if (planned.isPresent() && !rules().rules().isEmpty()) {
      Optional<Problem> rule = rule(asked, planned.get());
      if (rule.isPresent()) {
        graph.add(rule.get(), locations);
        link(symptom, graph, rule.get());
        return true;
      }
    }
    Optional<Problem> misspelled =
        planned.isPresent() ? Optional.empty() : misspelled(asked, graph);
    Problem problem =
        misspelled.orElseGet(
            () ->
                Problem.of(
                    ProblemCode.REFERENCE_OUTSIDE_MIRROR,
                    subject,
                    Map.of("mirror", plan.target().address())));
    graph.add(problem, locations);
    link(symptom, graph, problem);
    return true;
  }

  /** What keeps the mirror rules from redirecting a planned image. */
  private Optional<Problem> rule(ImageRef asked, MirrorEntry entry) {
    Optional<ImageRef> pinned = plan.redirectedReference(entry);
    if (asked.digest().isEmpty()
        && pinned.isPresent()
        && rules().locations(pinned.get()).stream().anyMatch(plan.target()::contains)) {
      return Optional.of(
          Problem.of(ProblemCode.REFERENCE_NOT_REDIRECTED_BY_TAG, Subject.image(asked)));
    }
    return pinned.stream()
        .flatMap(reference -> rules().problems(plan, List.of(reference)).stream())
        .filter(Problem::isError)
        .findFirst();
  }

  /** The image of the plan that a reference differs from in a few letters. */
  private Optional<Problem> misspelled(ImageRef asked, CauseGraph graph) {
    String text = asked.toString();
    int best = SIMILAR;
    ImageRef similar = null;
    for (MirrorEntry entry : plan.entries()) {
      ImageRef target = entry.target();
      int distance = EditDistance.of(text, target.toString(), SIMILAR);
      if (distance > 0 && distance < best) {
        best = distance;
        similar = target;
      }
    }
    if (similar == null) {
      return Optional.empty();
    }
    Subject subject = Subject.image(asked);
    Problem problem =
        Problem.of(
            ProblemCode.IMAGE_NAME_MISSPELLED, subject, Map.of("similar", similar.toString()));
    graph.add(
        problem,
        Fact.of(
            FactCode.NAME_DISTANCE,
            subject,
            Map.of("similar", similar.toString(), "count", String.valueOf(best))));
    return Optional.of(problem);
  }

  private boolean inMirror(Symptom symptom, ImageRef asked, ImageRef image, CauseGraph graph) {
    Subject subject = Subject.image(image);
    MirrorQuestions.Presence presence = mirror.presence(image);
    if (presence.problem().isPresent()) {
      graph.add(presence.problem().get(), presence.evidence());
      link(symptom, graph, presence.problem().get());
      return true;
    }
    if (presence.isAbsent()) {
      Problem problem =
          plan.entryInMirror(image).isPresent()
              ? Problem.of(ProblemCode.IMAGE_NOT_IN_MIRROR, subject)
              : misspelled(image, graph)
                  .orElseGet(() -> Problem.of(ProblemCode.REFERENCE_NOT_PLANNED, subject));
      graph.add(problem, presence.evidence());
      link(symptom, graph, problem);
      return true;
    }
    Optional<Problem> credentials = mirror.credentials(symptom.pod(), asked, image, graph);
    if (credentials.isPresent()) {
      link(symptom, graph, credentials.get());
      return true;
    }
    Optional<Problem> content =
        mirror.incomplete(image, graph).or(() -> mirror.platform(symptom.pod(), image, graph));
    if (content.isPresent()) {
      link(symptom, graph, content.get());
      return true;
    }
    return told(symptom, asked, image, presence, graph);
  }

  /** What only the node knows, as its runtime says it. */
  private boolean told(
      Symptom symptom,
      ImageRef asked,
      ImageRef image,
      MirrorQuestions.Presence presence,
      CauseGraph graph) {
    boolean mayLackChange =
        CREDENTIALS.contains(symptom.problem().code()) || hasIgnoredRules(symptom, asked, image);
    // Nodes that may not contact the mirror tell what they know of where they are sent instead.
    Optional<Problem> cause =
        blocking(image, graph).or(() -> mayLackChange ? pool(graph) : Optional.empty());
    if (cause.isPresent()) {
      message(symptom).ifPresent(event -> graph.add(cause.get(), event));
      graph.add(cause.get(), presence.evidence());
      link(symptom, graph, cause.get());
      return true;
    }
    ProblemCode code = ONLY_KNOWN_TO_NODES.get(symptom.problem().code());
    if (code == null) {
      // The pod's own problem is the root then; what was tested is its evidence.
      graph.add(symptom.problem(), presence.evidence());
      symptom
          .pod()
          .fields()
          .text("spec", "nodeName")
          .ifPresent(
              node ->
                  graph.add(
                      symptom.problem(), Fact.observed(symptom.subject(), "spec.nodeName", node)));
      return false;
    }
    Subject registry = new Subject(Subject.Kind.REGISTRY, image.registry());
    Problem problem = Problem.of(code, registry);
    message(symptom).ifPresent(event -> graph.add(problem, event));
    graph.add(problem, presence.evidence());
    if (code == ProblemCode.REGISTRY_CA_UNTRUSTED) {
      trusted(image.registry()).ifPresent(fact -> graph.add(problem, fact));
    }
    link(symptom, graph, problem);
    return true;
  }

  /** What the node says of the pull that failed; later events only say that it waits. */
  private Optional<Fact> message(Symptom symptom) {
    String detail = symptom.parameter("detail");
    return detail.isEmpty()
        ? state.event(symptom.pod(), symptom.subject(), "Failed")
        : Optional.of(
            Fact.of(
                FactCode.EVENT_RECORDED,
                symptom.subject(),
                Map.of("reason", "Failed", "message", detail)));
  }

  /** The rules that keep nodes from contacting the mirror: one problem for all its repositories. */
  private Optional<Problem> blocking(ImageRef image, CauseGraph graph) {
    return rules()
        .blocking(image.repository())
        .map(
            blocking ->
                graph.of(blocking.subject()).stream()
                    .filter(known -> known.code() == blocking.code())
                    .findFirst()
                    .orElse(blocking));
  }

  /**
   * Whether a node has tried the source of an image that rules redirect. It names the mirror, too,
   * if it has tried that.
   */
  private static boolean hasIgnoredRules(Symptom symptom, ImageRef asked, ImageRef image) {
    String detail = symptom.parameter("detail");
    return !asked.registry().equals(image.registry())
        && detail.contains(asked.registry())
        && !detail.contains(image.registry());
  }

  /**
   * A pool whose nodes do not get the pull secret or the mirror rules. Those in the cluster were
   * tested before: they lead to the mirror, which accepts the credentials.
   */
  private Optional<Problem> pool(CauseGraph graph) {
    if (!state.cluster().serves(ResourceType.MACHINE_CONFIG_POOL)) {
      return Optional.empty();
    }
    List<KubernetesObject> behind =
        state.list(ResourceType.MACHINE_CONFIG_POOL, null).stream()
            .filter(pool -> !PodFields.isTrue(pool, "Updated"))
            .toList();
    Optional<Problem> cause =
        MachineConfigPools.of(behind).problems("during the diagnosis").stream().findFirst();
    cause.ifPresent(
        problem ->
            behind.stream()
                .filter(pool -> pool.name().equals(problem.subject().name()))
                .flatMap(pool -> PodFields.condition(pool, "Updated").stream())
                .forEach(
                    condition ->
                        graph.add(problem, PodFields.observed(problem.subject(), condition))));
    return cause;
  }

  /** Whether an OpenShift cluster has a CA for a registry. */
  private Optional<Fact> trusted(String registry) {
    String key = registry.replace(":", "..");
    return state
        .find(ResourceType.IMAGE_CONFIG, null, "cluster")
        .object()
        .map(
            config -> {
              String name = config.fields().text("spec", "additionalTrustedCA", "name").orElse("");
              boolean has =
                  !name.isEmpty()
                      && state
                          .find(ResourceType.CONFIG_MAP, "openshift-config", name)
                          .object()
                          .filter(map -> map.fields().strings("data").containsKey(key))
                          .isPresent();
              return Fact.of(
                  has ? FactCode.TRUSTED_CA_CONFIGURED : FactCode.TRUSTED_CA_NOT_CONFIGURED,
                  config.subject(),
                  Map.of("key", key));
            });
  }

  private static void link(Symptom symptom, CauseGraph graph, Problem problem) {
    graph.link(problem, symptom.problem());
  }
}
