/**
 * The values, and the rewritings of references, that turn a chart to the mirror, found out by
 * rendering it; and the proof that they do. Start with {@link
 * ai.kubernaut.airgap.overlay.MirrorProver}, or with {@code Airgap}.
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.overlay;

import org.jspecify.annotations.NullMarked;
