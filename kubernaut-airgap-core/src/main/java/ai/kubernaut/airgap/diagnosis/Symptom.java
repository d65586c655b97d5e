package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.Subject;

/**
 * A pod that is not as it should be.
 *
 * @param pod the pod
 * @param problem what the verification says about it, or about its workload
 */
record Symptom(KubernetesObject pod, Problem problem) {
  Subject subject() {
    return pod.subject();
  }

  String namespace() {
    return pod.namespace().orElse("");
  }

  /** The value of a parameter of the problem; empty when it has none. */
  String parameter(String name) {
    return problem.parameters().getOrDefault(name, "");
  }
}
