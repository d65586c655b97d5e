package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.common.Secret;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The content of the Secret with the credentials of the LLM, which is asked for once, and only if
 * the Secret has to be created. Not thread-safe.
 */
final class LlmCredentials implements Supplier<Map<String, Secret>> {
  private final boolean isGiven;
  private final Supplier<Map<String, Secret>> source;
  private @Nullable Map<String, Secret> content;

  private LlmCredentials(boolean isGiven, Supplier<Map<String, Secret>> source) {
    this.isGiven = isGiven;
    this.source = source;
  }

  static LlmCredentials of(Map<String, Secret> content) {
    return new LlmCredentials(!content.isEmpty(), () -> content);
  }

  static LlmCredentials of(Supplier<Map<String, Secret>> source) {
    return new LlmCredentials(true, source);
  }

  static LlmCredentials of(InstallOptions options) {
    return options
        .llmCredentialsSupplier()
        .map(LlmCredentials::of)
        .orElseGet(() -> of(options.llmCredentials()));
  }

  /** Returns whether the caller gives credentials or says where to get them. */
  boolean isGiven() {
    return isGiven;
  }

  @Override
  public Map<String, Secret> get() {
    Map<String, Secret> known = content;
    if (known == null) {
      known = Map.copyOf(source.get());
      content = known;
    }
    return known;
  }
}
