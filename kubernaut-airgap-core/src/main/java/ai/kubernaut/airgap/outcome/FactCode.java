package ai.kubernaut.airgap.outcome;

import java.util.Map;

/**
 * The kinds of facts, and the catalogue of their sentences. Scripts can rely on the names of the
 * constants; the sentences may change.
 */
public enum FactCode {
  // Installation
  /** A value of the chart was set to use the mirror. */
  VALUE_SET("was set to {text}"),
  /** A reference of the chart was rewritten to use the mirror. */
  REFERENCE_REWRITTEN("was rewritten to {to} ({reason})"),
  /** The namespace of the release was created. */
  NAMESPACE_CREATED("was created"),
  /** A Secret that the chart needs did not exist and was created. */
  SECRET_CREATED("was created"),
  /** A Secret that the chart needs existed and was not changed. */
  SECRET_KEPT("exists and was not changed"),
  /** Helm has installed or upgraded the release. */
  RELEASE_INSTALLED("is {status} at revision {revision} with {chart}"),

  // Pull secret
  /** A pull secret of an earlier run exists. */
  PULL_SECRET_FOUND("exists"),
  /** The cluster is an OpenShift cluster, whose nodes use its global pull secret. */
  PULL_SECRET_GLOBAL("is used by all nodes"),
  /** The credentials were added to a pull secret. */
  PULL_SECRET_WRITTEN("now has the credentials for {registry}"),
  /** A pull secret has the same credentials already. */
  PULL_SECRET_UNCHANGED("already had these credentials for {registry}"),
  /** Every node has the credentials. */
  NODES_UPDATED("has the pull secret on every node ({pools})"),

  // Verification
  /** The release is deployed. */
  RELEASE_DEPLOYED("{chart} is {status} at revision {revision}"),
  /** All pods of a Deployment or StatefulSet are ready. */
  WORKLOAD_READY("{ready} of {wanted} pods are ready"),
  /** A Job is complete. */
  JOB_COMPLETE("is complete"),
  /** The Job that migrates the database was removed after it had succeeded. */
  MIGRATION_JOB_REMOVED(
      "does not exist: Helm removes it once it has succeeded, and the release is deployed"),
  /** A pod has run to completion. */
  POD_COMPLETED("has completed"),
  /** A pod is running and ready. */
  POD_READY("is running and ready"),
  /** A container runs the mirrored image. */
  IMAGE_MIRRORED("{image} {digest}"),
  /** The node does not report the digest of a container. */
  IMAGE_DIGEST_NOT_REPORTED("{image}; the node reports no digest of the registry ('{imageId}')"),
  /** The digest of a container was not compared. */
  IMAGE_DIGEST_NOT_COMPARED(
      "{image}; its digest {digest} cannot be compared with the mirror: no registry client was given"),
  /** A service responds with success at its health path. */
  SERVICE_HEALTHY("GET {path} on port {port} returns {status}"),
  /** The probe of a pod has a query, so only the kubelet can run it. */
  PROBE_WITH_QUERY(
      "the service was not checked: its pod's probe has a query, so only the kubelet can run it"),
  /** The probe of a pod requests another host, so only the kubelet can run it. */
  PROBE_OF_OTHER_HOST(
      "the service was not checked: its pod's probe requests another host, so only the kubelet can run it");

  private final String message;

  FactCode(String message) {
    this.message = message;
  }

  Sentence sentence() {
    return new Sentence(message);
  }

  String message(Map<String, String> parameters) {
    return sentence().with(parameters);
  }

  void check(Map<String, String> parameters) {
    sentence().check(this, parameters);
  }
}
