package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Servers of admission webhooks that do not start because the private key in their Secret is not
 * that of the certificate. Their logs tell; the key itself is not read.
 */
final class ServingKeyCauses {
  /** The messages of the TLS libraries of Go and of OpenSSL. */
  private static final Pattern OTHER_KEY =
      Pattern.compile("(?i)private key does not match public key|key values mismatch");

  private final ClusterState state;
  private final Owners owners;
  private final CauseGraph graph;

  ServingKeyCauses(ClusterState state, Owners owners, CauseGraph graph) {
    this.state = state;
    this.owners = owners;
    this.graph = graph;
  }

  void explain() {
    List<Problem> crashes =
        graph.problems(ProblemCode.CONTAINER_CRASHED).stream()
            .filter(crash -> !graph.isCaused(crash))
            .filter(crash -> OTHER_KEY.matcher(ProgramFailures.log(crash)).find())
            .toList();
    if (!crashes.isEmpty()) {
      Webhook.all(state).forEach(webhook -> explain(webhook, crashes));
    }
  }

  private void explain(Webhook webhook, List<Problem> crashes) {
    for (KubernetesObject pod : pods(webhook)) {
      Optional<String> secret = secret(pod);
      for (Problem crash : crashes) {
        if (crash.subject().equals(pod.subject()) && secret.isPresent()) {
          Problem problem = problem(webhook, secret.get());
          graph.add(
              problem,
              webhook.evidence(),
              Fact.of(
                  FactCode.LOG_ENDS, crash.subject(), Map.of("log", ProgramFailures.log(crash))));
          graph.link(problem, crash);
        }
      }
    }
  }

  /** One problem for all webhooks of a configuration. */
  private Problem problem(Webhook webhook, String secret) {
    return graph.of(webhook.configuration()).stream()
        .filter(known -> known.code() == ProblemCode.SERVING_CERTIFICATE_INVALID)
        .findFirst()
        .orElseGet(
            () ->
                Problem.of(
                    ProblemCode.SERVING_CERTIFICATE_INVALID,
                    webhook.configuration(),
                    Map.of(
                        "webhook",
                        webhook.name(),
                        "secret",
                        secret,
                        "detail",
                        "its private key is not that of the certificate")));
  }

  private List<KubernetesObject> pods(Webhook webhook) {
    return state.all(ResourceType.SERVICE).stream()
        .filter(
            service ->
                webhook.service().equals(service.namespace().orElse("") + "/" + service.name()))
        .flatMap(service -> owners.podsBehind(service).stream())
        .toList();
  }

  /** The Secret with a certificate that a pod mounts. */
  private Optional<String> secret(KubernetesObject pod) {
    String namespace = pod.namespace().orElse("");
    return PodReferences.of(pod).stream()
        .filter(reference -> reference.type().equals(ResourceType.SECRET))
        .map(PodReferences.Reference::name)
        .filter(
            name ->
                state
                    .find(ResourceType.SECRET, namespace, name)
                    .object()
                    .filter(found -> found.fields().strings("data").containsKey("tls.crt"))
                    .isPresent())
        .findFirst()
        .map(name -> namespace + "/" + name);
  }
}
