/**
 * The entry point: {@code Airgap} has one method for each step of the disconnected installation.
 *
 * <p>The style is that of every value in the packages below: the generated classes are out of
 * sight, and their collections are the JDK's.
 *
 * @since 0.1.0
 */
@NullMarked
@Value.Style(
    jdkOnly = true,
    overshadowImplementation = true,
    visibility = Value.Style.ImplementationVisibility.PACKAGE)
package ai.kubernaut.airgap;

import org.immutables.value.Value;
import org.jspecify.annotations.NullMarked;
