package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The question "may I?", which is answered as a request would be authorized. */
final class SelfReview {
  static final String GROUP = "authorization.k8s.io";
  static final String PLURAL = "selfsubjectaccessreviews";
  static final String KIND = "SelfSubjectAccessReview";

  private SelfReview() {}

  static ObjectNode answer(Authorizer authorizer, String user, ObjectNode question) {
    JsonNode attributes = question.at("/spec/resourceAttributes");
    String subresource = Json.text(attributes, "/subresource");
    String resource = Json.text(attributes, "/resource");
    ObjectNode answer = question.deepCopy();
    answer.put("apiVersion", GROUP + "/v1").put("kind", KIND);
    answer
        .putObject("status")
        .put(
            "allowed",
            authorizer.allows(
                user,
                new Access(
                    Json.text(attributes, "/verb"),
                    Json.text(attributes, "/group"),
                    subresource.isEmpty() ? resource : resource + "/" + subresource,
                    Json.text(attributes, "/namespace"),
                    Json.text(attributes, "/name"))));
    return answer;
  }
}
