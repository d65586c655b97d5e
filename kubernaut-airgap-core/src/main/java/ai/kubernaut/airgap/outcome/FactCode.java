package ai.kubernaut.airgap.outcome;

import java.util.Map;

/**
 * The kinds of facts, and the catalogue of their sentences. Scripts can rely on the names of the
 * constants; the sentences may change.
 */
public enum FactCode {
  // Bundle
  /** There is enough room for a bundle. */
  BUNDLE_ROOM_CHECKED("needs {needed} bytes, and there is room for {room}"),
  /** The room for a bundle is not known. */
  BUNDLE_ROOM_UNKNOWN("was created without a check of the free space, because it is not known"),
  /** The size of a bundle is not known. */
  BUNDLE_SIZE_UNKNOWN(
      "was created without a check of the free space, because the manifests of an image cannot be read"),

  // Preflight
  /** An upload can start in a repository with as many components as any in the plan. */
  REPOSITORY_NAMES_ACCEPTED(
      "an upload started in a repository with {depth} components, the maximum of the plan"),
  /** No upload started in a repository with as many components as any in the plan. */
  REPOSITORY_NAMES_NOT_CONFIRMED(
      "no upload started in a repository with {depth} components, the maximum of the plan"),
  /** The host responded as a registry does. */
  REGISTRY_RESPONDED("the host responded to /v2/ as a registry does"),
  /** A connection was established, with TLS unless the client allows plain HTTP. */
  CONNECTION_ACCEPTED(
      "the connection was established; it is unencrypted only if the client allows plain HTTP for this host"),
  /** The registry accepts the credentials. */
  CREDENTIALS_ACCEPTED(
      "the registry accepted a request; the permission to push is checked separately"),
  /** Uploads can start, so that nothing has to be created first. */
  NOTHING_TO_CREATE(
      "uploads started, so no project or repository needs to be created before the first push"),
  /** No upload started, and the registry did not report that something does not exist. */
  EXISTENCE_NOT_CONFIRMED(
      "no upload started; some registries report a project that does not exist as a missing permission"),
  /** Uploads can start. */
  PUSH_ALLOWED("uploads started in {repositories}, and were cancelled"),
  /** Pushing cannot be checked before missing projects and repositories exist. */
  PUSH_NOT_CHECKED("cannot be checked until the missing projects or repositories exist"),
  /** The registry asks for chunks of a minimum size. */
  CHUNKED_UPLOADS_OFFERED(
      "uploads accept chunks of {bytes} bytes or more (OCI-Chunk-Min-Length); interrupted uploads are resumed"),
  /** The registry stored a chunk of a blob. */
  CHUNK_ACCEPTED("a chunk was accepted (PATCH); interrupted uploads are resumed"),
  /** The registry accepted a chunk of a blob, but did not store it. */
  CHUNK_LOST(
      "a chunk was accepted (PATCH), but the registry does not report it as received; interrupted uploads start again"),
  /** The registry rejected a chunk of a blob. */
  CHUNK_REJECTED("a chunk was rejected: {detail}; interrupted uploads start again"),
  /** Chunked uploads can be checked only by storing content. */
  CHUNKED_UPLOADS_NOT_CHECKED(
      "can be checked only by storing content (option mayWrite); without chunked uploads, interrupted uploads start again"),
  /** The registry mounted a blob from another repository. */
  BLOB_MOUNTED("a blob was mounted from {from} to {to}; what several images share is sent once"),
  /** The registry did not mount a blob from another repository. */
  BLOB_NOT_MOUNTED(
      "a blob was not mounted from {from} to {to}; what several images share is sent once for each repository"),
  /** Mounts can be checked only by storing content. */
  MOUNT_NOT_CHECKED(
      "can be checked only by storing content (option mayWrite); without mounts, what several images share is sent once for each repository"),
  /** The plan has one repository, so that nothing is mounted. */
  MOUNT_NOT_NEEDED("the plan has one repository, so nothing is mounted"),
  /** The registry stored an image index. */
  INDEX_ACCEPTED("an image index was accepted and stored as {image}"),
  /** Image indexes can be checked only by storing content. */
  INDEX_NOT_CHECKED(
      "can be checked only by storing content (option mayWrite); without indexes, mirroring an image for several platforms fails unless platformWhereIndexRefused is set"),
  /** The plan has no image indexes. */
  INDEX_NOT_NEEDED("the plan has no image indexes"),
  /** The registry stored an index of which a manifest is absent. */
  SPARSE_INDEX_ACCEPTED(
      "an index of which a manifest is absent was accepted; indexes can keep their digests"),
  /** The registry refused an index of which a manifest is absent. */
  SPARSE_INDEX_REJECTED(
      "an index of which a manifest is absent was rejected: {detail}; indexes have to be rewritten"),
  /** Sparse indexes can be checked only by storing content. */
  SPARSE_INDEX_NOT_CHECKED(
      "can be checked only by storing content (option mayWrite); mirroring finds out when it is asked for sparse indexes"),
  /** The plan has all platforms of its images. */
  SPARSE_INDEX_NOT_NEEDED("the plan has all platforms of its images"),
  /** The registry supports the referrers API. */
  REFERRERS_LISTED(
      "the registry listed the referrers of {digest}; signatures and SBOMs are found with the referrers API"),
  /** The registry does not support the referrers API. */
  REFERRERS_NOT_LISTED(
      "the registry did not list the referrers of {digest}; signatures and SBOMs are listed under tags sha256-…"),
  /** A request failed temporarily. */
  TEMPORARY_FAILURE("a request failed: {detail}; the failure may be temporary, mirroring retries"),
  /** A request failed, so the capability could not be checked. */
  CHECK_FAILED("a request failed: {detail}; mirroring will show whether it is supported"),
  /** Names of the plan are not valid for the registry, so that nothing else was checked. */
  NOT_CHECKED_INVALID_NAMES("not checked, because the repository names are not valid"),
  /** The registry was not reached, so that nothing else was checked. */
  NOT_CHECKED_UNREACHABLE("not checked, because no request to the registry succeeded"),
  /** The plan has no images. */
  NOT_CHECKED_NO_IMAGES("not checked, because the plan has no images"),
  /** No upload started, so that nothing that follows an upload was checked. */
  NOT_CHECKED_NO_UPLOAD("not checked, because no upload started"),
  /** The registry client cannot start an upload without completing it. */
  NOT_CHECKED_BY_CLIENT(
      "not checked, because the registry client cannot start an upload without completing it"),
  // Installation
  /** A value of the chart was set to use the mirror. */
  VALUE_SET("was set to {text}"),
  /** A reference of the chart was rewritten to use the mirror. */
  REFERENCE_REWRITTEN("was rewritten to {to} ({reason})"),
  /** The pods of a workload were replaced, so that they read a Secret again. */
  WORKLOAD_RESTARTED("has restarted, and reads {secrets} again"),
  /** The ServiceAccounts of the chart name a pull secret, because no value gives it to the pods. */
  PULL_SECRET_IN_ACCOUNTS("is added to the ServiceAccounts that the chart creates"),
  /** The namespace of the release was created. */
  NAMESPACE_CREATED("was created"),
  /** A Secret that the chart needs did not exist and was created. */
  SECRET_CREATED("was created"),
  /** A Secret that the chart needs existed and was not changed. */
  SECRET_KEPT("exists and was not changed"),
  /** A pending revision of the release was marked as failed, so that it can be upgraded. */
  RELEASE_CONTINUED("was {status} at revision {revision}, which was marked as failed"),
  /** The release was rolled back. */
  RELEASE_ROLLED_BACK("was rolled back to revision {target}, as revision {revision}"),
  /** An earlier operation of Helm was cut short, and the release was uninstalled. */
  RELEASE_REMOVED("was {status} at revision {revision} and was uninstalled"),
  /** The release can be rolled back; a dry run changes nothing. */
  ROLLBACK_POSSIBLE("can be rolled back to revision {target}"),
  /** An object would be removed with the release; a dry run changes nothing. */
  OBJECT_TO_BE_REMOVED("would be removed"),
  /** An object remains when the release is uninstalled. */
  OBJECT_REMAINS("remains in the cluster"),
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
  /** A ServiceAccount that the chart does not create names a pull secret. */
  PULL_SECRET_IN_ACCOUNT("now gives pods the pull secret {secret}"),
  /** Every node has the credentials. */
  NODES_UPDATED("has the pull secret on every node ({pools})"),

  // Changes of the cluster
  /** Every node has a change. */
  NODES_HAVE_CHANGE("has the change on every node ({pools})"),
  /** An object was created. */
  OBJECT_CREATED("was created"),
  /** An object was updated. */
  OBJECT_UPDATED("was updated"),
  /** An object was removed. */
  OBJECT_REMOVED("was removed"),
  /** An object was already as wanted. */
  OBJECT_UNCHANGED("is already as wanted"),

  // Verification
  /** The release is deployed. */
  RELEASE_DEPLOYED("{chart} is {status} at revision {revision}"),
  /** Objects were selected by their labels, without asking Helm for the release. */
  HELM_NOT_ASKED(
      "was verified by labels ({selector}) in {namespaces}, and Helm was not asked: its status, objects that were deleted or changed since it was deployed, and Jobs that no longer exist were not checked"),
  /** Argo CD or Flux applies the objects of the release. */
  RELEASE_MANAGED(
      "is managed by {resource} of {tool}, which reverts what install, upgrade, rollback and repair of this library change: change its source instead[; its state is not known: {unread}]"),
  /** The objects of the release were applied without Helm, Argo CD or Flux. */
  RELEASE_APPLIED("was deployed with {tool}: its workloads are objects that {tool} has applied"),
  /** All pods of a Deployment, StatefulSet or DaemonSet are ready. */
  WORKLOAD_READY("{ready} of {wanted} pods are ready"),
  /** A Job is complete. */
  JOB_COMPLETE("is complete"),
  /** The Job that migrates the database was removed after it had succeeded. */
  MIGRATION_JOB_REMOVED(
      "does not exist: Helm removes it once it has succeeded, and the release is deployed"),
  /** The Job of a hook was removed after it had succeeded. */
  HOOK_SUCCEEDED("does not exist: Helm has stored that this hook has succeeded"),
  /** A PersistentVolumeClaim is bound. */
  CLAIM_BOUND("is bound to {volume}"),
  /** The CA and the certificates of an admission webhook are valid. */
  WEBHOOK_READY(
      "its CA and certificates are valid until {until}[; the certificates were not read, because the user may not list Secrets in {unread}]"),
  /** The SDK config names where the LLM is. */
  LLM_CONFIGURED("{key} configures the LLM[ at {endpoints}]"),
  /** The Secret of the LLM has keys that are no placeholders. */
  LLM_KEYS_PRESENT("has {keys}"),
  /** A check was left out, because the user is not allowed to read what it needs. */
  NOT_CHECKED_FORBIDDEN("{what} were not checked, because the user is not allowed to list them"),
  /** A pod has run to completion. */
  POD_COMPLETED("has completed"),
  /** A pod is running and ready. */
  POD_READY("is running and ready"),
  /** A container runs the mirrored image. */
  IMAGE_MIRRORED("{image} {digest}[, {how}]"),
  /** A container runs the mirrored image, which mirror rules redirect to the mirror. */
  IMAGE_REDIRECTED("{reference}, redirected to {image} {digest}[, {how}]"),
  /** The digest of a container was not compared. */
  IMAGE_DIGEST_NOT_COMPARED(
      "{image}; its digest {digest} cannot be compared with the mirror: no registry client was given"),
  /** A pod did not exist at the earlier verification. */
  POD_ADDED("is new"),
  /** A pod of the earlier verification does not exist any more. */
  POD_GONE("is gone"),
  /** A pod was deleted and created again under its name. */
  POD_REPLACED("was replaced by a pod of the same name"),
  /** A container was restarted since the earlier verification. */
  CONTAINER_RESTARTED("was restarted {times} times"),
  /** A container asks for another image than at the earlier verification. */
  CONTAINER_IMAGE_CHANGED("asked for {before} and now asks for {after}"),
  /** A container runs another digest than at the earlier verification. */
  CONTAINER_DIGEST_CHANGED("ran {before} and now runs {after}"),
  /** The containers of an image run other digests than at the earlier verification. */
  RUNNING_DIGESTS_CHANGED("ran as {before} and now runs as {after}"),
  /** A service responds with success at its health path. */
  SERVICE_HEALTHY("GET {path} on port {port} returns {status}"),
  /** The probe of a pod has a query, so only the kubelet can run it. */
  PROBE_WITH_QUERY(
      "the service was not checked: its pod's probe has a query, so only the kubelet can run it"),
  /** The probe of a pod requests another host, so only the kubelet can run it. */
  PROBE_OF_OTHER_HOST(
      "the service was not checked: its pod's probe requests another host, so only the kubelet can run it"),

  // Repair
  /** An image that the mirror had lost was mirrored again. */
  IMAGE_MIRRORED_AGAIN("was mirrored again"),
  /** An image would be mirrored again; a dry run changes nothing. */
  IMAGE_TO_BE_MIRRORED("would be mirrored again"),
  /** A pull secret would be renewed; a dry run changes nothing. */
  PULL_SECRET_TO_BE_RENEWED("would get the given credentials for {registry}"),
  /** A Job that had failed was created again by an upgrade. */
  JOB_RECREATED("was created again by an upgrade of the release"),
  /** A Job that has failed would be created again; a dry run changes nothing. */
  JOB_TO_BE_RECREATED("would be created again by an upgrade of the release"),

  // Diagnosis: evidence
  /** An event of the cluster. */
  EVENT_RECORDED("has the event {reason}: {message}"),
  /** The registry has a manifest. */
  REGISTRY_HAS_MANIFEST("is in the registry as {digest}"),
  /** The registry does not have a manifest. */
  REGISTRY_LACKS_MANIFEST("the registry has no such manifest"),
  /** The registry did not answer a question. */
  REGISTRY_NOT_READ("the registry could not be read from this machine: {detail}"),
  /** The registry rejects the credentials of the cluster. */
  CREDENTIALS_REJECTED("the registry rejects the credentials of {source} with status {status}"),
  /** The cluster has no credentials for a registry. */
  CREDENTIALS_NOT_FOUND("no credentials for it in {sources}"),
  /** The registry does not allow pulls without credentials. */
  ANONYMOUS_PULL_REJECTED(
      "the registry rejects a request without credentials with status {status}"),
  /** Where nodes look for an image. */
  PULL_LOCATIONS("nodes look for it at {locations}"),
  /** The similar image is the nearest name of the plan. */
  NAME_DISTANCE("differs from {similar} in {count} characters"),
  /** The platforms of an image. */
  IMAGE_PLATFORMS("has the platforms {platforms}"),
  /** The platform of a node. */
  NODE_PLATFORM("has the platform {platform}"),
  /** The image configuration of the cluster has a CA for a registry. */
  TRUSTED_CA_CONFIGURED("has a CA for {key}"),
  /** The image configuration of the cluster has no CA for a registry. */
  TRUSTED_CA_NOT_CONFIGURED("has no CA for {key}"),
  /** How a container ended. */
  CONTAINER_ENDED("container {container} ended with exit code {exit} ({reason})"),
  /** The end of the log of a pod. */
  LOG_ENDS("its log ends: {log}"),
  /** The condition of a node. */
  NODE_CONDITION("its condition Ready is {status}[: {detail}]"),
  /** Why a node does not fit a pod. */
  NODE_DOES_NOT_FIT("does not fit: {reason}"),
  /** No scheduler has looked at a pod. */
  POD_NOT_CONSIDERED("has neither an event nor the condition PodScheduled"),
  /** The labels of a node. */
  NODE_LABELS("has the labels {labels}"),
  /** A container that does not run. */
  CONTAINER_WAITS("container {container} waits ({reason})"),
  /** An object does not exist. */
  OBJECT_NOT_FOUND("does not exist"),
  /** The keys of a Secret or ConfigMap. */
  KEYS_FOUND("has the keys {keys}"),
  /** Where an object is referenced. */
  REFERENCED_IN("is referenced in {where}"),
  /** The use of a quota. */
  QUOTA_USED("{resource}: {used} of {hard} are used, {requested} are requested"),
  /** The storage classes of the cluster. */
  STORAGE_CLASSES_FOUND("has the storage classes {classes}"),
  /** A pod names a service that has no ready pod. */
  SERVICE_REFERENCED("names the Service {service}, which has no ready pod"),
  /** The stored manifest of a revision has an object. */
  REVISION_HAS_OBJECT("is in the manifest of revision {revision}"),
  /** A condition in the status of an object. */
  CONDITION_OBSERVED("its condition {condition} is {status}[: {detail}]"),
  /** A field of an object. */
  FIELD_OBSERVED("its field {field} is {value}"),
  /** Somebody has paused the updates of a Deployment. */
  UPDATE_PAUSED("its field spec.paused is true"),
  /** A webhook and the service that it calls. */
  WEBHOOK_CONFIGURED("has the webhook {webhook}[, which calls the Service {service}]"),
  /** The releases that Helm has stored in a namespace. */
  RELEASES_STORED("has Secrets of Helm for these releases: {releases}"),
  /** Workloads that Helm has created for a release. */
  WORKLOADS_OF_RELEASE("has workloads in {namespace} that Helm created: {count}"),
  /** How many pods a workload should have. */
  REPLICAS_CONFIGURED("its field spec.replicas is {replicas}"),
  /** The probe of a container. */
  PROBE_CONFIGURED("container {container} has the probe {probe}");

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
