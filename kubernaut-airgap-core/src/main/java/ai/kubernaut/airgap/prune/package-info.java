/**
 * Finds, and on request deletes, content of the mirror that no release needs: {@link
 * ai.kubernaut.airgap.prune.Pruner}.
 *
 * <pre>{@code
 * Pruner pruner = new Pruner(registries, event -> {});
 * PruneReport report = pruner.find(List.of(plan), List.of());
 * System.out.println(report.unneeded());
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.prune;

import org.jspecify.annotations.NullMarked;
