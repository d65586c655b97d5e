package ai.kubernaut.airgap.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * The facts of a cluster that templates see in one rendering. A chart may render other objects, and
 * so need other images, for other facts. Immutable.
 */
@Value.Immutable
public interface Branch {
  /**
   * {@return the Kubernetes version that templates see, for example {@code 1.31.0}; empty for the
   * default of the Helm client}
   */
  Optional<String> kubeVersion();

  /**
   * Returns the API versions that templates see besides those that every cluster serves.
   *
   * @return for example {@code route.openshift.io/v1}; by default none
   */
  List<String> apiVersions();

  /**
   * Returns the calls of {@code lookup} that find an object.
   *
   * @return the arguments as they are written in the templates, for example {@code "v1" "Secret"
   *     .Release.Namespace "tls"}; by default none: every lookup finds nothing, as in {@code helm
   *     template}
   */
  List<String> lookups();

  /**
   * {@return the branch of a cluster that serves only the API versions that every cluster serves,
   * and has no objects}
   */
  static Branch defaults() {
    return builder().build();
  }

  /**
   * Returns the branch that a chart is limited to.
   *
   * @param chart the chart
   * @return the branch with {@link Chart#kubeVersion()} and {@link Chart#apiVersions()}
   */
  static Branch of(Chart chart) {
    return builder().kubeVersion(chart.kubeVersion()).apiVersions(chart.apiVersions()).build();
  }

  /**
   * Describes the branch.
   *
   * @return for example {@code Kubernetes 1.31.0, API route.openshift.io/v1, lookup "v1" "Secret"
   *     "" "tls"}; {@code default} without any fact
   */
  default String describe() {
    List<String> facts = new ArrayList<>();
    kubeVersion().ifPresent(version -> facts.add("Kubernetes " + version));
    apiVersions().forEach(version -> facts.add("API " + version));
    lookups().forEach(lookup -> facts.add("lookup " + lookup));
    return facts.isEmpty() ? "default" : String.join(", ", facts);
  }

  /** {@return a new builder of a branch without any fact} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link Branch}. Not thread-safe. */
  final class Builder extends ImmutableBranch.Builder {
    Builder() {}
  }
}
