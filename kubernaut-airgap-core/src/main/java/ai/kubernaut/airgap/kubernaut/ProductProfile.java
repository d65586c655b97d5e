package ai.kubernaut.airgap.kubernaut;

import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * What installation and verification know about a product beyond its chart. Immutable.
 *
 * @see KubernautProfile#profile()
 */
@Value.Immutable
public interface ProductProfile {
  /** {@return the Secrets that the chart expects to exist; by default none} */
  List<SecretTemplate> secrets();

  /**
   * Returns a part of the name of the Job that migrates the database.
   *
   * @return by default empty: the product has no such Job
   */
  Optional<String> migrationJob();

  /**
   * Returns domains of services in the internet that the configuration of the product may name and
   * that a cluster without internet does not reach.
   *
   * @return by default none
   */
  List<String> publicDomains();

  /**
   * Returns the keys of the ConfigMaps that configure the LLM: files in YAML with the field {@code
   * llm}. The pods that mount them also have the Secret with its credentials.
   *
   * @return by default none: no LLM is checked
   */
  List<String> llmConfigKeys();

  /**
   * Returns what the hooks of the chart do, as a clause for progress events.
   *
   * @return by default {@code its hooks run}
   */
  @Value.Default
  default String hooks() {
    return "its hooks run";
  }

  /** {@return a profile for a chart about which nothing is known} */
  static ProductProfile none() {
    return builder().build();
  }

  /** {@return a builder with the defaults} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link ProductProfile}. Not thread-safe. */
  final class Builder extends ImmutableProductProfile.Builder {
    Builder() {}
  }
}
