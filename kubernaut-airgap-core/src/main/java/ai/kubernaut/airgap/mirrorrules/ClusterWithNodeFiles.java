package ai.kubernaut.airgap.mirrorrules;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.ForwardingClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A cluster whose nodes have the {@code registries.conf} of {@link NodeFiles}. Its API does not
 * show these rules, so that this client adds them as an ImageDigestMirrorSet, and as an
 * ImageTagMirrorSet if there are rules for tags: every step then takes them for rules of the
 * cluster. That the files are on each node is what the caller asserts; it is not checked.
 * Everything else is answered by the cluster. As thread-safe as the client of the cluster.
 *
 * <pre>{@code
 * MirrorRuleOptions options = MirrorRuleOptions.builder().build();
 * NodeFiles files = NodeFiles.of(plan, options);
 * // ... place the files on each node, then let the steps know them:
 * ClusterClient withFiles = new ClusterWithNodeFiles(cluster, plan, options);
 * }</pre>
 */
public final class ClusterWithNodeFiles extends ForwardingClusterClient {
  private final Map<ResourceType, KubernetesObject> rules;

  /**
   * Adds the rules of a plan to a cluster.
   *
   * @param cluster the cluster; {@link #close()} closes it
   * @param plan the plan that the files were written for
   * @param options the options that the files were written with
   */
  public ClusterWithNodeFiles(ClusterClient cluster, MirrorPlan plan, MirrorRuleOptions options) {
    super(cluster);
    this.rules =
        options.forTags()
            ? Map.of(
                RuleObjects.Kind.IDMS.type(), object(plan, options, RuleObjects.Kind.IDMS),
                RuleObjects.Kind.ITMS.type(), object(plan, options, RuleObjects.Kind.ITMS))
            : Map.of(RuleObjects.Kind.IDMS.type(), object(plan, options, RuleObjects.Kind.IDMS));
  }

  private static KubernetesObject object(
      MirrorPlan plan, MirrorRuleOptions options, RuleObjects.Kind kind) {
    return RuleObjects.with(
        PlannedRules.owner(plan).owned(kind.type(), null, PlannedRules.name(plan, options)),
        kind,
        PlannedRules.of(plan, options, kind));
  }

  @Override
  public boolean serves(ResourceType type) {
    return super.serves(type) || rules.containsKey(type);
  }

  @Override
  public Optional<KubernetesObject> get(
      ResourceType type, @Nullable String namespace, String name) {
    Optional<KubernetesObject> ofNodes =
        Optional.ofNullable(rules.get(type)).filter(object -> object.name().equals(name));
    return ofNodes.isPresent() ? ofNodes : super.get(type, namespace, name);
  }

  @Override
  public List<KubernetesObject> list(
      ResourceType type, @Nullable String namespace, Map<String, String> labels) {
    if (!rules.containsKey(type)) {
      return super.list(type, namespace, labels);
    }
    Stream<KubernetesObject> ofNodes =
        Stream.of(rules.get(type))
            .filter(object -> object.labels().entrySet().containsAll(labels.entrySet()));
    Stream<KubernetesObject> ofCluster =
        super.serves(type)
            ? super.list(type, namespace, labels).stream()
            : Stream.<KubernetesObject>empty();
    return Stream.concat(ofCluster, ofNodes).toList();
  }

  @Override
  public KubernetesObject create(ResourceType type, KubernetesObject object) {
    refuse(type, object);
    return super.create(type, object);
  }

  @Override
  public KubernetesObject replace(ResourceType type, KubernetesObject object) {
    refuse(type, object);
    return super.replace(type, object);
  }

  @Override
  public void delete(ResourceType type, KubernetesObject object) {
    refuse(type, object);
    super.delete(type, object);
  }

  private void refuse(ResourceType type, KubernetesObject object) {
    if (rules.containsKey(type) && !super.serves(type)) {
      throw new ClusterException(
          ClusterException.Reason.INVALID,
          object
              + " cannot be written to "
              + super.address()
              + ": its mirror rules are files on the nodes; write them again (NodeFiles) and place them there",
          null);
    }
  }
}
