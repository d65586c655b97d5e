/**
 * Support bundles: what a diagnosis has read, as a file for another machine. {@link
 * ai.kubernaut.airgap.support.SupportCollector} writes them, {@link
 * ai.kubernaut.airgap.support.SupportBundle} reads and diagnoses them.
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.support;

import org.jspecify.annotations.NullMarked;
