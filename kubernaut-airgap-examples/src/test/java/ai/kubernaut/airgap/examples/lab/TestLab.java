package ai.kubernaut.airgap.examples.lab;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.examples.lab.cluster.Flavour;
import ai.kubernaut.airgap.examples.lab.cluster.OtherCluster;
import org.jspecify.annotations.Nullable;

/**
 * The lab of a test. Its cluster is that of {@code -Dairgap.it.kubeconfig=FILE} with nodes of the
 * lab, or else one in this JVM.
 */
final class TestLab implements AutoCloseable {
  private final Lab lab;
  private final @Nullable OtherCluster other;

  private TestLab(Lab lab, @Nullable OtherCluster other) {
    this.lab = lab;
    this.other = other;
  }

  static TestLab start(Flavour flavour) {
    return start(flavour, LabVersion.V1_1);
  }

  static TestLab start(Flavour flavour, LabVersion version) {
    OtherCluster other = OtherCluster.ofProperty().orElse(null);
    return other == null
        ? new TestLab(Lab.builder().flavour(flavour).version(version).start(), null)
        : on(other, flavour, version);
  }

  /** A lab whose nodes run the pods of a cluster. */
  static TestLab on(OtherCluster other, Flavour flavour, LabVersion version) {
    try {
      other.skipIfItHasNodes();
      Lab.Builder lab = Lab.builder().attachTo(other.kubeconfig()).flavour(flavour);
      return new TestLab(lab.version(version).start(), other);
    } catch (RuntimeException e) {
      other.close();
      throw e;
    }
  }

  Lab lab() {
    return lab;
  }

  /** The chart of the lab, with namespaces and a release that are free in the cluster. */
  Chart chart() {
    return other == null
        ? lab.chart()
        : lab.chart()
            .set("workflowexecution.workflowNamespace", name("kubernaut-workflows"))
            .release(name("kubernaut"), name("kubernaut-system"));
  }

  /** A name that is free in the cluster. */
  String name(String name) {
    return other == null ? name : other.name(name);
  }

  /** Removes what the test has created; the nodes have to end its pods first. */
  @Override
  public void close() {
    if (other == null) {
      lab.close();
      return;
    }
    try (other) {
      try {
        other.removeAll();
      } finally {
        lab.close();
      }
    }
  }
}
