/**
 * Mirror rules, which let the nodes of a cluster pull images from the mirror under their source
 * names (the guide, "Optional: ImageDigestMirrorSet"): {@link
 * ai.kubernaut.airgap.mirrorrules.MirrorRuleConfigurer} plans the objects for a cluster, {@link
 * ai.kubernaut.airgap.mirrorrules.NodeFiles} writes the files for nodes without these APIs, {@link
 * ai.kubernaut.airgap.mirrorrules.ClusterWithNodeFiles} lets the steps know them, and {@link
 * ai.kubernaut.airgap.mirrorrules.MirrorRules} determines where an image is pulled from.
 *
 * <pre>{@code
 * MirrorRules rules = MirrorRules.inCluster(cluster);
 * ImageRef pinned = ImageRef.parse("quay.io/kubernaut-ai/gateway@sha256:" + "0".repeat(64));
 * System.out.println(rules.locations(pinned));
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.mirrorrules;

import org.jspecify.annotations.NullMarked;
