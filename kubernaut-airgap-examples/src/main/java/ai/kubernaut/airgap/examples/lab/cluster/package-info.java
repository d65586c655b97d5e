/**
 * A cluster inside the JVM. {@link ai.kubernaut.airgap.examples.lab.cluster.LabCluster} speaks as
 * much of the Kubernetes API as Helm and a Kubernetes client need, and runs pods as far as an image
 * pull goes, through an {@link ai.kubernaut.airgap.examples.lab.cluster.ImagePuller}.
 */
@NullMarked
package ai.kubernaut.airgap.examples.lab.cluster;

import org.jspecify.annotations.NullMarked;
