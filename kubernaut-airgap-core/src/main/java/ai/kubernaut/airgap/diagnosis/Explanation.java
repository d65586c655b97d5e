package ai.kubernaut.airgap.diagnosis;

/** Looks for the cause of one kind of symptom. */
@FunctionalInterface
interface Explanation {
  /**
   * Adds the cause of a symptom to the graph.
   *
   * @param symptom a pod that is not as it should be
   * @param graph gets the cause, its evidence, and the link to the symptom
   * @return whether a cause was found; otherwise the graph is as it was
   */
  boolean explain(Symptom symptom, CauseGraph graph);
}
