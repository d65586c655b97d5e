package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the TLS hooks of a chart do: they create certificates, and give webhooks their CA. */
final class WebhookCertificates {
  private static final String CA = "ca.crt";

  private WebhookCertificates() {}

  /**
   * Creates the data of a TLS Secret, encoded in Base64. The certificate is its own CA.
   *
   * @param days how long it is valid from now on; negative for one that has expired
   */
  static Map<String, String> create(String service, String namespace, int days) {
    String qualified = service + "." + namespace;
    SelfSignedCertificate certificate =
        SelfSignedCertificate.forNames(
            List.of(service, qualified, qualified + ".svc", qualified + ".svc.cluster.local"),
            Duration.ofDays(days));
    Map<String, String> data = new LinkedHashMap<>();
    data.put(CA, base64(certificate.pem()));
    data.put("tls.crt", base64(certificate.pem()));
    data.put("tls.key", base64(certificate.keyPem()));
    return data;
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Sets the caBundle of the webhooks that services of a namespace serve. */
  static void setAuthority(ClusterObjects store, String namespace, String secret) {
    Optional<String> authority =
        store
            .find(ResourceKinds.SECRET, namespace, secret)
            .map(found -> found.path("data").path(CA).asText(""))
            .filter(found -> !found.isEmpty());
    if (authority.isEmpty()) {
      return;
    }
    for (ResourceKind kind :
        List.of(ResourceKinds.MUTATING_WEBHOOKS, ResourceKinds.VALIDATING_WEBHOOKS)) {
      for (ObjectNode configuration : store.list(kind, "")) {
        store.updateIfPresent(
            kind,
            "",
            Json.name(configuration),
            each -> {
              Json.elements(each, "/webhooks")
                  .filter(
                      webhook ->
                          Json.text(webhook, "/clientConfig/service/namespace").equals(namespace))
                  .forEach(
                      webhook ->
                          ((ObjectNode) webhook)
                              .withObjectProperty("clientConfig")
                              .put("caBundle", authority.get()));
              return each;
            });
      }
    }
  }
}
