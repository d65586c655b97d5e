/** Small programs that show each step. */
@NullMarked
package ai.kubernaut.airgap.examples;

import org.jspecify.annotations.NullMarked;
