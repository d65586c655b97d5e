/**
 * A command-line wrapper, as another tool would wrap the library: {@link
 * ai.kubernaut.airgap.examples.cli.Main}.
 */
@NullMarked
package ai.kubernaut.airgap.examples.cli;

import org.jspecify.annotations.NullMarked;
