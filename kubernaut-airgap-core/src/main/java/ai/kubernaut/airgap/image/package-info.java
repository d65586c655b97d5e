/**
 * Names of images and the rule that gives an image its name in the mirror. Start with {@link
 * ai.kubernaut.airgap.image.ImageRef} and {@link ai.kubernaut.airgap.image.Target}.
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.image;

import org.jspecify.annotations.NullMarked;
