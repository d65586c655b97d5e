/**
 * The port to a cluster, {@link ai.kubernaut.airgap.cluster.ClusterClient}, no larger than the
 * steps need, and the values that go through it.
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.cluster;

import org.jspecify.annotations.NullMarked;
