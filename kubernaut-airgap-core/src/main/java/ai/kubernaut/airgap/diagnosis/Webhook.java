package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A webhook that the API server calls before objects are created or changed.
 *
 * @param configuration the object that configures it, maybe with others
 * @param name its name, which errors of the API server have
 * @param service namespace and name of the Service that it calls; empty if it calls a URL
 */
record Webhook(Subject configuration, String name, String service) {
  /** All webhooks of a cluster; empty when the user may not list them. */
  static List<Webhook> all(ClusterState state) {
    List<Webhook> all = new ArrayList<>();
    for (ResourceType type :
        List.of(ResourceType.MUTATING_WEBHOOKS, ResourceType.VALIDATING_WEBHOOKS)) {
      for (KubernetesObject configuration : state.list(type, null)) {
        for (Fields webhook : configuration.fields().list("webhooks")) {
          Fields service = webhook.fields("clientConfig", "service");
          String path =
              service
                  .text("name")
                  .map(name -> service.text("namespace").orElse("") + "/" + name)
                  .orElse("");
          all.add(new Webhook(configuration.subject(), webhook.text("name").orElse(""), path));
        }
      }
    }
    return all;
  }

  Fact evidence() {
    return Fact.of(
        FactCode.WEBHOOK_CONFIGURED, configuration, Map.of("webhook", name, "service", service));
  }
}
