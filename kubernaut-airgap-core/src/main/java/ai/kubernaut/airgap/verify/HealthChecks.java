package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.HttpAnswer;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Asks services for their health, at the path where their pods' probes ask: the paths differ by
 * service and by version. A probe on a port that the service does not offer, or over HTTPS, is left
 * to the kubelet, whose answer is the pod's readiness.
 */
final class HealthChecks {
  private final Namespaces namespaces;

  HealthChecks(Namespaces namespaces) {
    this.namespaces = namespaces;
  }

  List<Check> run() {
    List<Check> checks = new ArrayList<>();
    for (KubernetesObject service : namespaces.services()) {
      pod(service)
          .flatMap(pod -> endpoint(service, pod))
          .ifPresent(endpoint -> checks.add(ask(service, endpoint)));
    }
    return checks;
  }

  private record Endpoint(String port, String path) {}

  private Optional<KubernetesObject> pod(KubernetesObject service) {
    Map<String, String> selector = service.fields().texts("spec", "selector");
    return namespaces.pods().stream()
        .filter(pod -> !selector.isEmpty() && pod.namespace().equals(service.namespace()))
        .filter(pod -> pod.labels().entrySet().containsAll(selector.entrySet()))
        .findFirst();
  }

  private static Optional<Endpoint> endpoint(KubernetesObject service, KubernetesObject pod) {
    for (Fields container : pod.fields().list("spec", "containers")) {
      for (String kind : List.of("livenessProbe", "readinessProbe")) {
        Fields probe = container.fields(kind, "httpGet");
        boolean plain = !probe.text("scheme").orElse("HTTP").equals("HTTPS");
        Optional<String> probed = probe.text("port").map(port -> number(container, port));
        for (Fields port : service.fields().list("spec", "ports")) {
          String target = port.text("targetPort").or(() -> port.text("port")).orElse("");
          if (plain && probed.isPresent() && number(container, target).equals(probed.get())) {
            return Optional.of(
                new Endpoint(port.text("port").orElse(""), probe.text("path").orElse("/")));
          }
        }
      }
    }
    return Optional.empty();
  }

  /** A port's number, where a name stands for it. */
  private static String number(Fields container, String port) {
    return container.list("ports").stream()
        .filter(candidate -> candidate.text("name").orElse("").equals(port))
        .findFirst()
        .flatMap(named -> named.text("containerPort"))
        .orElse(port);
  }

  private Check ask(KubernetesObject service, Endpoint endpoint) {
    HttpAnswer answer =
        namespaces
            .cluster()
            .getFromService(
                service.namespace().orElse(""), service.name(), endpoint.port, endpoint.path);
    String detail =
        "GET " + endpoint.path + " on port " + endpoint.port + " answers " + answer.status();
    return Check.of(
        Check.Kind.HEALTH,
        "Service " + Namespaces.path(service),
        answer.isSuccess() ? Check.Result.PASS : Check.Result.PENDING,
        answer.isSuccess() ? detail : detail + ": " + answer.body().strip());
  }
}
