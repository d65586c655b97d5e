/**
 * Copies the images of a plan: {@link ai.kubernaut.airgap.mirror.MirrorEngine}, which answers with
 * a {@link ai.kubernaut.airgap.mirror.MirrorReport}.
 */
@NullMarked
package ai.kubernaut.airgap.mirror;

import org.jspecify.annotations.NullMarked;
