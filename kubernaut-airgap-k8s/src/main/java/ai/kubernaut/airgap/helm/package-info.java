/**
 * The Helm port on the Helm that helm-java embeds: {@link ai.kubernaut.airgap.helm.HelmJavaClient}.
 */
@NullMarked
package ai.kubernaut.airgap.helm;

import org.jspecify.annotations.NullMarked;
