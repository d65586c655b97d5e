package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.HttpPath;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ServiceResponse;
import ai.kubernaut.airgap.cluster.workload.PodFields;
import ai.kubernaut.airgap.common.PrintableText;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Asks services for their health, at the path where their pods' probes ask: the paths differ by
 * service and by version. A probe on a port that the service does not offer, or over HTTPS, is left
 * to the kubelet, whose answer is the pod's readiness.
 */
final class HealthChecks {
  private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");

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

  /**
   * Where a probe asks.
   *
   * @param host empty for the pod itself
   */
  private record Endpoint(String port, String path, String host) {}

  private Optional<KubernetesObject> pod(KubernetesObject service) {
    return namespaces.pods().stream().filter(pod -> PodFields.isBehind(pod, service)).findFirst();
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
                new Endpoint(
                    port.text("port").orElse(""),
                    probe.text("path").orElse("/"),
                    probe.text("host").orElse("")));
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

  /**
   * Sends a request to a service. The fields of a probe come from the chart, and the API server
   * forwards the request with the rights of the kubeconfig's user: a request that could leave the
   * service is not sent.
   */
  private Check ask(KubernetesObject service, Endpoint endpoint) {
    Subject subject = new Subject(Subject.Kind.SERVICE, Namespaces.path(service));
    if (!endpoint.host.isEmpty() || endpoint.path.contains("?")) {
      return Check.of(
          Check.Kind.HEALTH,
          Check.Result.SKIPPED,
          Fact.of(
              endpoint.host.isEmpty() ? FactCode.PROBE_WITH_QUERY : FactCode.PROBE_OF_OTHER_HOST,
              subject));
    }
    if (!isPort(endpoint.port)) {
      return failed(
          ProblemCode.SERVICE_PORT_INVALID,
          subject,
          Map.of("port", PrintableText.of(endpoint.port)));
    }
    HttpPath path;
    try {
      path = HttpPath.parse(endpoint.path);
    } catch (IllegalArgumentException e) {
      return failed(
          ProblemCode.PROBE_PATH_INVALID,
          subject,
          Map.of(
              "path", PrintableText.of(endpoint.path), "detail", String.valueOf(e.getMessage())));
    }
    ServiceResponse response =
        namespaces
            .cluster()
            .getFromService(
                service.namespace().orElse(""), service.name(), endpoint.port, path.toString());
    Map<String, String> parameters = new HashMap<>();
    parameters.put("path", path.toString());
    parameters.put("port", endpoint.port);
    parameters.put("status", String.valueOf(response.status()));
    if (response.isSuccess()) {
      return Check.of(
          Check.Kind.HEALTH,
          Check.Result.PASS,
          Fact.of(FactCode.SERVICE_HEALTHY, subject, parameters));
    }
    parameters.put("detail", response.body().strip());
    return Check.of(
        Check.Kind.HEALTH,
        Check.Result.PENDING,
        Problem.of(ProblemCode.SERVICE_UNHEALTHY, subject, parameters));
  }

  private static Check failed(ProblemCode code, Subject subject, Map<String, String> parameters) {
    return Check.of(Check.Kind.HEALTH, Check.Result.FAIL, Problem.of(code, subject, parameters));
  }

  private static boolean isPort(String port) {
    if (!PORT.matcher(port).matches()) {
      return false;
    }
    int number = Integer.parseInt(port);
    return number >= 1 && number <= 65535;
  }
}
