package ai.kubernaut.airgap.examples.lab.cluster;

import tools.jackson.databind.node.ObjectNode;

/** The question "may I?", which this cluster answers with yes for whoever has its token. */
final class SelfReview {
  static final String GROUP = "authorization.k8s.io";
  static final String PLURAL = "selfsubjectaccessreviews";
  static final String KIND = "SelfSubjectAccessReview";

  private SelfReview() {}

  static ObjectNode answer(ObjectNode question) {
    ObjectNode answer = question.deepCopy();
    answer.put("apiVersion", GROUP + "/v1").put("kind", KIND);
    answer.putObject("status").put("allowed", true);
    return answer;
  }
}
