/**
 * The events that a step sends while it runs: {@link ai.kubernaut.airgap.progress.ProgressEvent}.
 *
 * <pre>{@code
 * Airgap.Builder builder = Airgap.builder().onProgress(event -> System.out.println(event));
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.progress;

import org.jspecify.annotations.NullMarked;
