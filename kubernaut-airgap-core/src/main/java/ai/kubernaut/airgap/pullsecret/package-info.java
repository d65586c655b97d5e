/**
 * Gives the cluster the mirror's credentials (the guide, step 3): {@link
 * ai.kubernaut.airgap.pullsecret.PullSecretConfigurer}.
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.pullsecret;

import org.jspecify.annotations.NullMarked;
