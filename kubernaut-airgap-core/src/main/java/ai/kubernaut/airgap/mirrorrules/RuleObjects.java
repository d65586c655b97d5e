package ai.kubernaut.airgap.mirrorrules;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.mirrorrules.MirrorRule.Pulls;
import ai.kubernaut.airgap.mirrorrules.MirrorRule.SourcePolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Mirror rules in the objects of a cluster. */
final class RuleObjects {
  /**
   * A kind of object.
   *
   * @param field the field of the spec that has the rules
   */
  record Kind(ResourceType type, String field, Pulls pulls) {
    static final Kind IDMS =
        new Kind(ResourceType.IMAGE_DIGEST_MIRROR_SET, "imageDigestMirrors", Pulls.DIGEST);
    static final Kind ITMS =
        new Kind(ResourceType.IMAGE_TAG_MIRROR_SET, "imageTagMirrors", Pulls.TAG);
    static final Kind ICSP =
        new Kind(ResourceType.IMAGE_CONTENT_SOURCE_POLICY, "repositoryDigestMirrors", Pulls.DIGEST);

    static List<Kind> all() {
      return List.of(IDMS, ITMS, ICSP);
    }

    String object(String name) {
      return type.kind() + " " + name;
    }
  }

  private RuleObjects() {}

  /** The rules of all objects, by the names of the objects. */
  static List<MirrorRule> read(ClusterClient cluster) {
    List<MirrorRule> rules = new ArrayList<>();
    for (Kind kind : Kind.all()) {
      // Listing a type that is not served is forbidden to users with few rights.
      if (!cluster.serves(kind.type)) {
        continue;
      }
      for (KubernetesObject object : cluster.list(kind.type, null, Map.of())) {
        for (Fields rule : object.fields().list("spec", kind.field)) {
          rules.add(rule(kind, object.name(), rule));
        }
      }
    }
    return List.copyOf(rules);
  }

  private static MirrorRule rule(Kind kind, String name, Fields rule) {
    return MirrorRule.builder()
        .object(kind.object(name))
        .pulls(kind.pulls)
        .source(rule.text("source").orElse(""))
        .addAllMirrors(rule.texts("mirrors"))
        .sourcePolicy(
            rule.text("mirrorSourcePolicy")
                    .filter(SourcePolicy.NEVER_CONTACT_SOURCE.value()::equals)
                    .isPresent()
                ? SourcePolicy.NEVER_CONTACT_SOURCE
                : SourcePolicy.ALLOW_CONTACTING_SOURCE)
        .build();
  }

  /** The object with these rules and no others. */
  static KubernetesObject with(KubernetesObject object, Kind kind, List<MirrorRule> rules) {
    List<Map<String, Object>> list = new ArrayList<>();
    for (MirrorRule rule : rules) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("source", rule.source());
      one.put("mirrors", rule.mirrors());
      if (rule.sourcePolicy() == SourcePolicy.NEVER_CONTACT_SOURCE) {
        one.put("mirrorSourcePolicy", rule.sourcePolicy().value());
      }
      list.add(one);
    }
    return object.with(list, "spec", kind.field);
  }
}
