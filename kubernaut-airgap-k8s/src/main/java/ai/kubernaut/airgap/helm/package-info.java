/**
 * Adapters of the Helm port: {@link ai.kubernaut.airgap.helm.HelmJavaClient} with the Helm that
 * helm-java embeds, and {@link ai.kubernaut.airgap.helm.HelmCli} with a {@code helm} binary.
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.helm;

import org.jspecify.annotations.NullMarked;
