/**
 * The chart, its values, what it renders to, and the port to Helm. Start with {@link
 * ai.kubernaut.airgap.chart.Chart}; the port is {@link ai.kubernaut.airgap.chart.HelmClient}.
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.chart;

import org.jspecify.annotations.NullMarked;
