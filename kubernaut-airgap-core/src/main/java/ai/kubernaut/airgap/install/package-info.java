/**
 * Installs the chart from the mirror (the guide, step 4): {@link
 * ai.kubernaut.airgap.install.Installer}.
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.install;

import org.jspecify.annotations.NullMarked;
