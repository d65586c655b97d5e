/**
 * Gives the cluster the mirror's credentials (the guide, step 3): {@link
 * ai.kubernaut.airgap.pullsecret.PullSecretConfigurer}.
 */
@NullMarked
package ai.kubernaut.airgap.pullsecret;

import org.jspecify.annotations.NullMarked;
