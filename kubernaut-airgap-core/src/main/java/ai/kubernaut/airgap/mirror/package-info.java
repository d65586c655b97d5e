/**
 * Copies the images of a plan with {@link ai.kubernaut.airgap.mirror.MirrorEngine}, which returns a
 * {@link ai.kubernaut.airgap.mirror.MirrorReport}.
 *
 * <pre>{@code
 * MirrorReport report =
 *     new MirrorEngine(layout, registry, MirrorOptions.builder().build(), event -> {})
 *         .mirror(plan)
 *         .orElseThrow();
 * }</pre>
 */
@NullMarked
package ai.kubernaut.airgap.mirror;

import org.jspecify.annotations.NullMarked;
