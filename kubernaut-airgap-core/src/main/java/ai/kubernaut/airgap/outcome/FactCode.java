package ai.kubernaut.airgap.outcome;

import java.util.Map;

/**
 * The kinds of facts, and the catalogue of their sentences. Scripts can rely on the names of the
 * constants; the sentences may change.
 */
public enum FactCode {
  // Installation
  /** A Secret that the chart needs did not exist and was created. */
  SECRET_CREATED("was created"),
  /** A Secret that the chart needs existed and was not changed. */
  SECRET_KEPT("exists and was not changed");

  private final String message;

  FactCode(String message) {
    this.message = message;
  }

  Sentence sentence() {
    return new Sentence(message);
  }

  String message(Map<String, String> parameters) {
    return sentence().with(parameters);
  }

  void check(Map<String, String> parameters) {
    sentence().check(this, parameters);
  }
}
