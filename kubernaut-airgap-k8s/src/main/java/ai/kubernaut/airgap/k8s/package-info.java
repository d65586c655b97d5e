/**
 * The cluster port on the fabric8 client: {@link ai.kubernaut.airgap.k8s.Fabric8ClusterClient}.
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.k8s;

import org.jspecify.annotations.NullMarked;
