/**
 * An air-gapped world in one process, for the examples and the end-to-end tests. {@link
 * ai.kubernaut.airgap.examples.lab.LabChart} writes a chart of Kubernaut's shape to a directory.
 */
@NullMarked
package ai.kubernaut.airgap.examples.lab;

import org.jspecify.annotations.NullMarked;
