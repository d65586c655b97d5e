package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.bundle.BundleException;
import ai.kubernaut.airgap.chart.ChartChangedException;
import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import ai.kubernaut.airgap.outcome.ProblemsException;
import ai.kubernaut.airgap.plan.ImageNotInPlanException;
import ai.kubernaut.airgap.plan.InvalidPlanException;
import ai.kubernaut.airgap.registry.InvalidManifestException;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.http.RegistryConfigException;
import ai.kubernaut.airgap.support.SupportBundleException;
import ai.kubernaut.airgap.yaml.InvalidYamlException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The exit statuses of the program. Scripts rely on the numbers, so that they must not change. */
enum ExitStatus {
  OK(0, "Success."),
  PROBLEM(1, "A step found problems; its report names them.", ProblemsException.class),
  USAGE(2, "The command line is wrong."),
  CHANGED(3, "Only for verify --since: the release is healthy but has changed."),
  REGISTRY(
      4,
      "A registry, or the credentials or certificates for it, could not be used.",
      RegistryException.class,
      RegistryConfigException.class,
      MissingCredentialsException.class,
      InvalidManifestException.class),
  CLUSTER(5, "The cluster could not be used, or refused a request.", ClusterException.class),
  HELM(
      6,
      "Helm failed, or the chart cannot be used.",
      HelmException.class,
      ChartChangedException.class,
      InvalidReferenceException.class),
  FILE(
      7,
      "A file or a bundle could not be read or written, or has content that cannot be used.",
      BundleException.class,
      ImageNotInPlanException.class,
      InvalidPlanException.class,
      InvalidYamlException.class,
      SupportBundleException.class,
      AirgapException.class),
  CANCELLED(8, "The run was cancelled, or its deadline passed.", CancelledException.class),
  UNEXPECTED(70, "An unexpected error; standard error has its stack trace."),
  INTERRUPTED(130, "Ctrl-C (SIGINT) ended the run."),
  TERMINATED(143, "SIGTERM ended the run.");

  private final int number;
  private final String meaning;

  @SuppressWarnings("ImmutableEnumChecker") // an unmodifiable list
  private final List<Class<?>> failures;

  ExitStatus(int number, String meaning, Class<?>... failures) {
    this.number = number;
    this.meaning = meaning;
    this.failures = List.of(failures);
  }

  /** Returns the number that the process ends with. */
  int number() {
    return number;
  }

  /** Returns the status of a failure: that of its class, or of the nearest class above. */
  static ExitStatus of(AirgapException failure) {
    return of(failure.getClass());
  }

  /** Returns the status of a class of failures: its own, or that of the nearest class above. */
  static ExitStatus of(Class<?> failure) {
    return Stream.of(values())
        .filter(status -> status.failures.contains(failure))
        .findFirst()
        .orElseGet(() -> of(failure.getSuperclass()));
  }

  /** Returns what each number means. */
  static Map<String, String> meanings() {
    Map<String, String> meanings = new LinkedHashMap<>();
    for (ExitStatus status : values()) {
      meanings.put(String.valueOf(status.number), status.meaning);
    }
    return meanings;
  }
}
