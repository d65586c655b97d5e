/**
 * Lets the nodes of a cluster trust the certificate of the mirror (the guide, step 3): {@link
 * ai.kubernaut.airgap.trust.TrustConfigurer}.
 *
 * <pre>{@code
 * ClusterChange change =
 *     new TrustConfigurer(cluster).plan(plan.target(), Files.readString(Path.of("ca.crt")));
 * System.out.println(change.diff());
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.trust;

import org.jspecify.annotations.NullMarked;
