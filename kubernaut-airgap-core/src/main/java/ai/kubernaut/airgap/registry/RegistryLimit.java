package ai.kubernaut.airgap.registry;

import org.immutables.value.Value;

/** Something that a kind of registry does not do, or wants done first. Immutable. */
@Value.Immutable
public interface RegistryLimit {
  /**
   * What it is.
   *
   * @return a sentence for people
   */
  @Value.Parameter
  String text();

  /**
   * Where that is known from.
   *
   * @return the address of a page, or {@code seen in the field}
   */
  @Value.Parameter
  String source();

  /**
   * A limit.
   *
   * @param text what it is
   * @param source where that is known from
   * @return both
   */
  static RegistryLimit of(String text, String source) {
    return ImmutableRegistryLimit.of(text, source);
  }
}
