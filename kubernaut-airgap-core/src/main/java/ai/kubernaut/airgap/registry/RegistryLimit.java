package ai.kubernaut.airgap.registry;

import org.immutables.value.Value;

/** A limit of a kind of registry, or something that it requires first. Immutable. */
@Value.Immutable
public interface RegistryLimit {
  /** {@return the limit, as a sentence for people} */
  @Value.Parameter
  String text();

  /** {@return the source: the address of a page, or {@code seen in the field}} */
  @Value.Parameter
  String source();

  /**
   * Creates a limit.
   *
   * @param text the limit, as a sentence for people
   * @param source the address of a page, or {@code seen in the field}
   * @return the limit
   */
  static RegistryLimit of(String text, String source) {
    return ImmutableRegistryLimit.of(text, source);
  }
}
