package ai.kubernaut.airgap.examples.lab;

import ai.kubernaut.airgap.examples.lab.cluster.Flavour;
import ai.kubernaut.airgap.examples.lab.cluster.OtherCluster;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;

/**
 * A third of the scenarios on a cluster that has only an API server and controllers, as far as the
 * nodes of the lab know it over the API alone. All of them take minutes, and differ in what is
 * broken, not in how the nodes learn of it.
 */
final class DiagnosisOnAttachedNodesTest extends DiagnosisInLabTest {
  private static final int THIRD = 3;

  @TempDir static Path directory;

  static Stream<Scenario> scenarios() {
    List<Scenario> all = DiagnosisInLabTest.scenarios().toList();
    return IntStream.range(0, all.size()).filter(i -> i % THIRD == 0).mapToObj(all::get);
  }

  @Override
  TestLab startLab() {
    Assumptions.assumeTrue(
        System.getProperty(OtherCluster.PROPERTY, "").isEmpty(),
        "skipped: DiagnosisInLabTest runs on the cluster of -D" + OtherCluster.PROPERTY);
    return TestLab.on(OtherCluster.withoutNodes(directory), Flavour.OPENSHIFT, LabVersion.V1_1);
  }
}
