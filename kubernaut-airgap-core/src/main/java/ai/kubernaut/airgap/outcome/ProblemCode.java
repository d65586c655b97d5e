package ai.kubernaut.airgap.outcome;

import java.util.Map;

/**
 * The kinds of problems, and the catalogue of their sentences. Scripts can rely on the names of the
 * constants; the sentences may change.
 */
public enum ProblemCode {
  // Plan and proof
  /** A pod of the chart would pull an image that the plan does not have. */
  IMAGE_NOT_IN_PLAN(
      Severity.ERROR,
      "the plan does not have it",
      "plan the chart again with the same values, or set the values that name this image"),
  /** An image shall be pulled by digest, and the plan does not know its digest. */
  IMAGE_DIGEST_UNKNOWN(
      Severity.ERROR,
      "its digest is not known",
      "plan the chart again where its registry can be reached"),
  /** A reference keeps its source name, because neither a value nor a rewriting reaches it. */
  REFERENCE_NOT_REDIRECTED(
      Severity.ERROR,
      "it should become {wanted}, but no value does that, and it is not where references can be rewritten",
      "set a value so that the chart names the image in another place"),
  /** The chart does not render in a branch, so the plan has no images of that branch. */
  BRANCH_NOT_RENDERED(
      Severity.WARNING,
      "the chart does not render in this branch: {reason}",
      "if the cluster is like this, set the values that the chart asks for, and plan again"),
  /** The chart has more branches than were rendered. */
  BRANCHES_NOT_COVERED(
      Severity.WARNING,
      "the chart has too many branches to render all of them",
      "give the facts of the cluster: its Kubernetes version and its API versions"),
  // Installation
  /** The Secret with the credentials of the LLM does not exist, and none were given. */
  LLM_CREDENTIALS_MISSING(
      Severity.ERROR,
      "the Secret with the credentials of the LLM does not exist, and no credentials were given",
      "give the credentials, or create the Secret; its keys depend on the provider, for example OPENAI_API_KEY");

  /** Whether a problem is in the way. */
  public enum Severity {
    /** The step failed, or a later one will. */
    ERROR,
    /** For a person to look at. */
    WARNING
  }

  private final Severity severity;
  private final String message;
  private final String remedy;

  ProblemCode(Severity severity, String message, String remedy) {
    this.severity = severity;
    this.message = message;
    this.remedy = remedy;
  }

  /** {@return whether problems of this kind are in the way} */
  public Severity severity() {
    return severity;
  }

  Sentence[] sentences() {
    return new Sentence[] {new Sentence(message), new Sentence(remedy)};
  }

  String message(Map<String, String> parameters) {
    return new Sentence(message).with(parameters);
  }

  String remedy(Map<String, String> parameters) {
    return new Sentence(remedy).with(parameters);
  }

  void check(Map<String, String> parameters) {
    for (Sentence sentence : sentences()) {
      sentence.check(this, parameters);
    }
  }
}
