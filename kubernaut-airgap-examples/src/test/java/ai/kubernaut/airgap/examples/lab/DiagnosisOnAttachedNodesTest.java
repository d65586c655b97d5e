package ai.kubernaut.airgap.examples.lab;

import ai.kubernaut.airgap.examples.lab.cluster.Flavour;
import ai.kubernaut.airgap.examples.lab.cluster.OtherCluster;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same scenarios on a cluster that has only an API server and controllers, as far as the nodes
 * of the lab know it over the API alone.
 */
final class DiagnosisOnAttachedNodesTest extends DiagnosisInLabTest {
  @TempDir static Path directory;

  @Override
  TestLab startLab() {
    Assumptions.assumeTrue(
        System.getProperty(OtherCluster.PROPERTY, "").isEmpty(),
        "skipped: DiagnosisInLabTest runs on the cluster of -D" + OtherCluster.PROPERTY);
    return TestLab.on(OtherCluster.withoutNodes(directory), Flavour.OPENSHIFT, LabVersion.V1_1);
  }
}
