/**
 * Seals the namespaces of a release, so that their pods can have the images of its plan only:
 * {@link ai.kubernaut.airgap.seal.SealConfigurer}.
 *
 * <pre>{@code
 * SealOptions options = SealOptions.builder().action(SealOptions.Action.WARN).build();
 * ClusterChange change =
 *     new SealConfigurer(cluster).plan(plan, Set.of("kubernaut-system"), options);
 * System.out.println(change.diff());
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.seal;

import org.jspecify.annotations.NullMarked;
