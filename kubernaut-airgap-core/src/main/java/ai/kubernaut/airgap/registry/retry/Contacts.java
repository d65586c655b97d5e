package ai.kubernaut.airgap.registry.retry;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The registries that have answered in a run. One that never has is probably misspelled or behind a
 * firewall, so it is not retried for long. Thread-safe.
 */
final class Contacts {
  /** How often a registry that has never answered is tried. */
  static final int FIRST_ATTEMPTS = 3;

  private final Set<String> answered = ConcurrentHashMap.newKeySet();

  void answered(String registry) {
    answered.add(registry);
  }

  boolean hasAnswered(String registry) {
    return answered.contains(registry);
  }
}
