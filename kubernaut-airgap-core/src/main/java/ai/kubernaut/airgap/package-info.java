/** The front door: {@code Airgap} has one method for each step of the disconnected installation. */
@NullMarked
package ai.kubernaut.airgap;

import org.jspecify.annotations.NullMarked;
