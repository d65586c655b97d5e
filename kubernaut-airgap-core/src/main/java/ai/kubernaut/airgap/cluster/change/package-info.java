/**
 * Changes of a cluster that are planned first and applied second: {@link
 * ai.kubernaut.airgap.cluster.change.ClusterChanger}. A plan shows every object that would be
 * created, updated or removed; a report holds what was there before, so that the change can be
 * undone.
 *
 * <pre>{@code
 * ClusterChanger changer = new ClusterChanger(cluster, event -> {});
 * ObjectEdit edit =
 *     ObjectEdit.update(
 *         ResourceType.CONFIG_MAP, "default", "settings", present -> present.with("on", "data", "key"));
 * ClusterChange change = changer.plan(List.of(edit));
 * System.out.println(change.diff());
 * ChangeReport report = changer.apply(change.orElseThrow()).orElseThrow();
 * changer.apply(changer.undo(report)).orElseThrow();
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.cluster.change;

import org.jspecify.annotations.NullMarked;
