/**
 * Copies the images of a plan with {@link ai.kubernaut.airgap.mirror.MirrorEngine}, which returns a
 * {@link ai.kubernaut.airgap.mirror.MirrorReport}. {@link ai.kubernaut.airgap.mirror.MirrorListing}
 * and {@link ai.kubernaut.airgap.mirror.ImageInspection} show what the mirror has.
 *
 * <pre>{@code
 * MirrorReport report =
 *     new MirrorEngine(layout, registry, MirrorOptions.builder().build(), event -> {})
 *         .mirror(plan)
 *         .orElseThrow();
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.mirror;

import org.jspecify.annotations.NullMarked;
