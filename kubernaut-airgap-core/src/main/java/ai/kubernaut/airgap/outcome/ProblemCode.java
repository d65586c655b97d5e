package ai.kubernaut.airgap.outcome;

import java.util.Map;

/**
 * The kinds of problems, and the catalogue of their sentences. Scripts can rely on the names of the
 * constants; the sentences may change.
 */
public enum ProblemCode {
  // Plan and proof
  /** A pod of the chart would pull an image that the plan does not have. */
  IMAGE_NOT_IN_PLAN(
      Severity.ERROR,
      "the plan does not have it",
      "plan the chart again with the same values, or set the values that name this image"),
  /** An image shall be pulled by digest, and the plan does not know its digest. */
  IMAGE_DIGEST_UNKNOWN(
      Severity.ERROR,
      "its digest is not known",
      "plan the chart again where its registry can be reached"),
  /** A reference keeps its source name, because neither a value nor a rewriting reaches it. */
  REFERENCE_NOT_REDIRECTED(
      Severity.ERROR,
      "it should become {wanted}, but no value does that, and it is not where references can be rewritten",
      "set a value so that the chart names the image in another place"),
  /** A reference that a program in a pod may pull keeps a name that only nodes redirect. */
  MENTION_NOT_REDIRECTED(
      Severity.WARNING,
      "is {reference} in {place}; mirror rules apply to what nodes pull, but not to what programs in pods pull",
      "if a program in a pod pulls it, set the value that makes this reference to {mirror}"),
  /** The chart does not render in a branch, so the plan has no images of that branch. */
  BRANCH_NOT_RENDERED(
      Severity.WARNING,
      "the chart does not render in this branch: {reason}",
      "if the cluster is like this, set the values that the chart asks for, and plan again"),
  /**
   * The chart does not render in a branch in which it finds an object in the cluster. Objects have
   * no data where there is no cluster, so a chart that reads them may refuse although it renders on
   * a cluster.
   */
  LOOKUP_BRANCH_NOT_RENDERED(
      Severity.INFO,
      "the chart does not render where it finds these objects without data: {reason}",
      "nothing, unless images of the chart depend on the data; the installation proves the chart again with the cluster"),
  /** The chart has more branches than were rendered. */
  BRANCHES_NOT_COVERED(
      Severity.WARNING,
      "the chart has too many branches to render all of them",
      "give the facts of the cluster: its Kubernetes version and its API versions"),
  // Comparison with an approved plan
  /** There is no file with an approved plan. */
  APPROVED_PLAN_MISSING(
      Severity.ERROR,
      "there is no approved plan",
      "review the plan, and save it as this file to approve it"),
  /** A plan has an image that the approved plan does not have. */
  PLAN_IMAGE_ADDED(
      Severity.ERROR,
      "the approved plan does not have this image",
      "review the image, and approve the plan"),
  /** A plan no longer has an image of the approved plan. */
  PLAN_IMAGE_REMOVED(
      Severity.ERROR,
      "only the approved plan has this image",
      "check that nothing needs the image any more, and approve the plan"),
  /** A plan has another tag or digest of an image than the approved plan. */
  PLAN_IMAGE_CHANGED(
      Severity.ERROR,
      "the approved plan has {approved} instead",
      "review the change of the image, and approve the plan"),
  /** A plan has a problem that the approved plan does not have. */
  PLAN_PROBLEM_ADDED(
      Severity.ERROR,
      "the approved plan does not have the problem {code}: {problem}",
      "{remedy}; otherwise review the problem, and approve the plan"),
  /** A plan no longer has a problem of the approved plan. */
  PLAN_PROBLEM_REMOVED(
      Severity.ERROR,
      "only the approved plan has the problem {code}: {problem}",
      "approve the plan, so that the problem is noticed if it returns"),
  /** Only one of a plan and the approved plan was proven. */
  PLAN_PROOF_CHANGED(
      Severity.ERROR,
      "the approved plan has {approved}, and this plan has {received}",
      "make both plans with Airgap.plan, which proves that the chart pulls from the mirror only"),
  /** A chart seems to mention an image that it did not mention in the approved plan. */
  PLAN_MENTION_ADDED(
      Severity.ERROR,
      "the chart mentions it, and the approved plan does not list it",
      "add the image to the plan if a program in a pod pulls it, and approve the plan"),
  /** A chart no longer mentions an image that it mentioned in the approved plan. */
  PLAN_MENTION_REMOVED(
      Severity.ERROR, "only in the approved plan does the chart mention it", "approve the plan"),
  // Preflight
  /** Repository names of the plan have more components than this kind of registry accepts. */
  REPOSITORY_NAMES_TOO_DEEP(
      Severity.ERROR,
      "{preset} accepts repository names with at most {maximum} components ({source}), but names of the plan have {depth}: {repositories}",
      "plan with {target}, which joins the remaining components with dashes"),
  /** Repository names of the plan have fewer components than this kind of registry requires. */
  REPOSITORY_NAMES_TOO_SHORT(
      Severity.ERROR,
      "{preset} requires repository names with at least {minimum} components ({source}), but names of the plan have {depth}: {repositories}",
      "plan with a path in the target, for example {example}"),
  /** The registry rejects a repository name, and accepts one with fewer components. */
  REPOSITORY_NAMES_REJECTED(
      Severity.ERROR,
      "repository names with {depth} components are rejected, but {accepted} with {maximum} is accepted: {detail}",
      "plan with {target}, which joins the remaining components with dashes"),
  /** A project, which is the first component of the repository name, does not exist. */
  PROJECTS_MISSING(
      Severity.ERROR, "a project does not exist: {detail}", "create these projects: {projects}"),
  /** A repository does not exist, in a registry that does not create it with the first push. */
  REPOSITORIES_MISSING(
      Severity.ERROR,
      "a repository does not exist: {detail}",
      "create these repositories: {repositories}"),
  /** A project or a repository does not exist; the kind of registry is not known. */
  PROJECTS_OR_REPOSITORIES_MISSING(
      Severity.ERROR,
      "a project or repository does not exist: {detail}",
      "create these projects: {projects}; if the registry does not create repositories with the first push, also create these repositories: {repositories}"),
  /** The credentials do not allow to push. */
  PUSH_DENIED(
      Severity.ERROR,
      "pushing to {repositories} is not allowed: {detail}",
      "request permission to push to these repositories (some registries give the same response if a project does not exist), or plan with a path that the credentials allow to push to"),
  // Mirroring
  /** A chart, or a list, names an image that its registry does not have. */
  IMAGE_NOT_PUBLISHED(
      Severity.ERROR,
      "there is no such image (needed by {neededBy})",
      "check its name and its tag"),
  /** A registry does not have an image, but has it with the other spelling of the version. */
  IMAGE_HAS_OTHER_TAG(
      Severity.ERROR,
      "there is no such image (needed by {neededBy}), but there is {other}",
      "set the chart's image tag to {tag}"),
  /** A registry does not have an image, or a part of it. */
  IMAGE_NOT_FOUND(
      Severity.ERROR,
      "{registry} does not have the image or a part of it: {detail}",
      "check its name and its tag, and publish it again if a part of it is missing"),
  /** A registry cannot be reached, or a connection broke. */
  REGISTRY_UNREACHABLE(
      Severity.ERROR,
      "{registry} cannot be reached: {detail}",
      "check the name of the registry, the network and the proxy, and try again"),
  /** The TLS handshake with a registry failed. */
  REGISTRY_TLS_FAILED(
      Severity.ERROR,
      "the TLS connection to {registry} failed: {detail}",
      "give the client the certificate authority of the registry, or correct its address"),
  /** Something answers that is not a registry. */
  NOT_A_REGISTRY(
      Severity.ERROR,
      "{registry} does not answer as a registry: {detail}",
      "check the address of the registry"),
  /** A registry got no credentials, or does not accept them. */
  REGISTRY_UNAUTHORIZED(
      Severity.ERROR,
      "{registry} does not accept the credentials: {detail}",
      "log in to the registry, or correct the credentials"),
  /** The credentials do not permit a request. */
  REGISTRY_FORBIDDEN(
      Severity.ERROR,
      "{registry} denies access: {detail}",
      "ask for the permission, or use other credentials"),
  /** A registry got too many requests. */
  REGISTRY_RATE_LIMITED(
      Severity.ERROR,
      "{registry} limits the number of requests: {detail}",
      "log in to the registry or set a lower rate, and try again later"),
  /** A registry has an internal failure. */
  REGISTRY_FAILED(
      Severity.ERROR,
      "{registry} failed: {detail}",
      "try again later; if that fails too, read the log of the registry"),
  /** Content does not have its digest. */
  DIGEST_MISMATCH(
      Severity.ERROR,
      "content of {registry} does not have its digest: {detail}",
      "store the content again where it is damaged"),
  /** A registry refused a request for another reason. */
  REGISTRY_REFUSED(
      Severity.ERROR,
      "{registry} refused a request: {detail}",
      "change what the registry objects to, or its configuration"),
  /** A response of a registry does not follow the protocol. */
  REGISTRY_PROTOCOL_VIOLATED(
      Severity.ERROR,
      "{registry} does not follow the protocol: {detail}",
      "check for a proxy that changes responses, and update the registry"),
  /** A registry sent more than is read into memory. */
  REGISTRY_RESPONSE_TOO_LARGE(
      Severity.ERROR,
      "{registry} has more than is accepted: {detail}",
      "check the image; raise the limit if its size is right"),
  /** A proxy refuses connections to a registry. */
  PROXY_REFUSED(
      Severity.ERROR,
      "{registry} cannot be reached: {detail}",
      "give the client the credentials of the proxy, have the proxy allow the registry, or exclude the registry from the proxy"),
  /** Several clients are used for registries, and none of them for this one. */
  REGISTRY_WITHOUT_CLIENT(
      Severity.ERROR,
      "{registry} was not asked: {detail}",
      "configure a client for the registry, or a default client"),
  /** A manifest cannot be used, or is for none of the wanted platforms. */
  MANIFEST_INVALID(
      Severity.ERROR,
      "its manifests cannot be used: {detail}",
      "publish the image again, or choose other platforms"),
  /** A mirror accepts no indexes, so an image for several platforms cannot be stored. */
  INDEX_REFUSED(
      Severity.ERROR,
      "{registry} refused the index of an image for several platforms: {detail}",
      "mirror one platform only: set platformWhereIndexRefused for the mirroring, or Platforms.withoutIndex in the plan"),
  /** The mirror refused an index of which some manifests are absent. */
  SPARSE_INDEX_REFUSED(
      Severity.ERROR,
      "{registry} refused an index of which some manifests are absent: {detail}",
      "let the index be rewritten where the mirror refuses it (--index-form auto); then the digest of the image changes"),
  /** A registry client threw an exception that is not part of its contract. */
  IMAGE_FAILED_UNEXPECTEDLY(
      Severity.ERROR,
      "it failed unexpectedly: {detail}",
      "report this failure to those who provide the registry client"),
  /** The run ended before an image was in the mirror. */
  MIRRORING_CANCELLED(
      Severity.ERROR,
      "the run ended before the image was in the mirror",
      "mirror the plan again; content that is in the mirror is not sent again"),
  /** An image is not in the mirror. */
  IMAGE_NOT_IN_MIRROR(Severity.ERROR, "it is not in the mirror", "mirror the plan"),
  /** A tag of the mirror is another image than the plan has. */
  IMAGE_DIFFERS_IN_MIRROR(
      Severity.ERROR,
      "it is {actual} in the mirror, and {expected} in the plan",
      "mirror the plan again; nodes that have pulled the other image keep it until their pods are restarted with imagePullPolicy Always"),
  /** An image is in the mirror, but some of its blobs are not. */
  IMAGE_INCOMPLETE_IN_MIRROR(
      Severity.ERROR,
      "it is incomplete in the mirror: {count} of its blobs are missing or truncated ({first})",
      "mirror the plan again; if the registry then reports the image as present, delete its tag in the mirror first"),
  /** Signatures and the like are in the mirror, but tools that look for referrers miss them. */
  ATTACHMENTS_NOT_LISTED(
      Severity.WARNING,
      "{count} of its attachments are not listed as referrers: {registry} has no referrers API, and"
          + " the tag {tag} that replaces it is something else",
      "if they are needed, delete that tag and mirror the image again"),
  // Shards
  /** An image counts with an assumed size, because its manifests cannot be read. */
  IMAGE_SIZE_UNKNOWN(
      Severity.WARNING,
      "its size is not known and is assumed to be the mean of the others: {detail}",
      "publish the image, or correct its name, and divide the plan again"),
  /** A partition has other images than the plan whose reports are merged. */
  PARTITION_OF_OTHER_PLAN(
      Severity.ERROR,
      "the partition has {partition}, and the plan has {plan}",
      "give the plan that was divided, or divide this plan and mirror its shards; content that is in the mirror is not sent again"),
  /** A report has an image that the plan does not have, or has with another name or digest. */
  REPORT_OF_OTHER_PLAN(
      Severity.ERROR,
      "{report} has {reported}, but expected is {expected}",
      "mirror the shard of this partition again, and merge its report"),
  /** A report has images of several shards, or only some of those of a shard. */
  REPORT_OF_OTHER_PARTITION(
      Severity.ERROR,
      "is not the report of one shard: {detail}",
      "merge the reports of this partition only"),
  /** A shard has no report. */
  SHARD_NOT_REPORTED(
      Severity.ERROR,
      "has {images} images and no report",
      "mirror this shard, and merge again with its report"),
  /** A shard has several reports. */
  SHARD_REPORTED_TWICE(
      Severity.ERROR, "has {count} reports", "give the latest report of the shard only"),
  // Bundles
  /** There is no bundle where one was expected. */
  BUNDLE_NOT_FOUND(
      Severity.ERROR,
      "there is no bundle: {detail}",
      "check the path; a bundle is complete when its creation has ended without errors"),
  /** A bundle cannot be read. */
  BUNDLE_UNREADABLE(
      Severity.ERROR, "cannot be read: {detail}", "check the medium and its permissions"),
  /** A part of a bundle that describes the others cannot be used. */
  BUNDLE_INVALID(Severity.ERROR, "{file} cannot be used: {detail}", "create the bundle again"),
  /** A bundle has a format that this version does not know. */
  BUNDLE_FORMAT_UNKNOWN(
      Severity.ERROR,
      "it needs '{found}', which this version does not know",
      "read it with the version that it was created with, or a newer one"),
  /** Content of a bundle is absent. */
  BUNDLE_CONTENT_MISSING(
      Severity.ERROR, "{file} is missing", "copy the bundle again, or continue its creation"),
  /** Content of a bundle has another size. */
  BUNDLE_CONTENT_TRUNCATED(
      Severity.ERROR,
      "{file} has {actual} bytes and should have {expected}",
      "copy the bundle again"),
  /** Content of a bundle does not have its digest. */
  BUNDLE_CONTENT_DAMAGED(
      Severity.ERROR,
      "{file} does not have its digest: {detail}",
      "copy the bundle again; check the medium"),
  /** The plan of a bundle names a file outside the bundle. */
  BUNDLE_PATH_UNSAFE(
      Severity.ERROR,
      "it has the path '{path}', which does not stay inside the directory",
      "do not use this bundle; find out who has changed it"),
  /** A part of a bundle is absent. */
  BUNDLE_PART_MISSING(
      Severity.ERROR, "the part {file} is missing", "copy all parts into one directory"),
  /** A part of a bundle is too short. */
  BUNDLE_PART_TRUNCATED(
      Severity.ERROR,
      "the part {file} has {actual} bytes and should have {expected}",
      "copy the part again"),
  /** A part of a bundle does not have its checksum. */
  BUNDLE_PART_DAMAGED(
      Severity.ERROR,
      "the part {file} does not have its checksum",
      "copy the part again; check the medium"),
  /** A part of a bundle has the name of another one. */
  BUNDLE_PARTS_OUT_OF_ORDER(
      Severity.ERROR,
      "the part {file} has the content of {other}",
      "give the parts the names that they were created with"),
  /** The archive of a bundle ends too early, although its parts are those of its list. */
  BUNDLE_ARCHIVE_TRUNCATED(
      Severity.ERROR, "the archive ends early: {where}", "create the bundle again"),
  /** The archive of a bundle has something that does not belong there. */
  BUNDLE_ENTRY_REFUSED(
      Severity.ERROR,
      "the archive has the entry '{entry}' of the type '{type}', which bundles do not have",
      "do not use this bundle; find out who has changed it"),
  /** The archive of a bundle has two entries with the same name. */
  BUNDLE_ENTRY_DUPLICATE(
      Severity.ERROR,
      "the archive has the entry '{entry}' twice",
      "do not use this bundle; find out who has changed it"),
  /** The archive of a bundle has an entry with an impossible size. */
  BUNDLE_ENTRY_TOO_LARGE(
      Severity.ERROR,
      "the archive has the entry '{entry}' with the impossible size {size}",
      "do not use this bundle; find out who has changed it"),
  /** There is not enough room for a bundle. */
  BUNDLE_NO_ROOM(
      Severity.ERROR,
      "it needs {needed} bytes, and there is room for {room}",
      "use a larger medium, fewer images, or a base (--base)"),
  /** A delta leaves out content that the mirror does not have. */
  BUNDLE_BASE_MISSING(
      Severity.ERROR,
      "the bundle leaves it out, and {mirror} does not have it",
      "load the bundle first that this one is based on, or create one without a base"),
  /** A signed statement of provenance is about something else. */
  BUNDLE_PROVENANCE_DIFFERS(
      Severity.ERROR,
      "the statement was signed with the required key, but it is not about this bundle",
      "use the bundle and the statement that belong together; find out why they do not"),
  /** A bundle has to be signed, and has no signature. */
  BUNDLE_SIGNATURE_MISSING(
      Severity.ERROR,
      "there is no such signature, and one is required",
      "bring the signature with the bundle (bundle create --sign-key)"),
  /** The signature of a bundle is not valid. */
  BUNDLE_SIGNATURE_INVALID(
      Severity.ERROR,
      "the signature is not one of this bundle with the required key",
      "do not use this bundle; check the key, and find out who has changed it"),
  // Installation
  /** A plan that was made from a list of images cannot be installed. */
  PLAN_WITHOUT_CHART(
      Severity.ERROR,
      "the plan was made from a list of images and names no chart to install",
      "plan the chart"),
  /** An operation of Helm on the release has begun and not ended. */
  RELEASE_PENDING(
      Severity.ERROR,
      "is {status} at revision {revision} since {since}[, for {age}][, held by {holder}]: another Helm is working on it, or an earlier run was killed",
      "wait for the other Helm; if there is none, install again with the pending release CONTINUE or ROLL_BACK (--pending continue, --pending roll-back)"),
  /** Another run of this library works on the release. */
  RELEASE_IN_USE(
      Severity.ERROR,
      "is {status} at revision {revision} since {since}[, for {age}]: {holder} is working on it and renews its lease",
      "wait until that run has ended, or end it, and install again"),
  /** Helm has not stored a revision of a release. */
  REVISION_NOT_FOUND(
      Severity.ERROR,
      "there is no revision {revision}",
      "choose one of these revisions: {revisions}"),
  /** A revision was never deployed, so that a release cannot be rolled back to it. */
  REVISION_NOT_DEPLOYED(
      Severity.ERROR,
      "revision {revision} is {status} and was never deployed",
      "choose a revision that was deployed"),
  /** An image of an earlier revision is not in its registry any more. */
  REVISION_IMAGE_MISSING(
      Severity.ERROR,
      "is not in {registry} any more, and the revision needs it",
      "mirror it again, or choose another revision"),
  /** A CustomResourceDefinition of the chart was written, and the API server does not serve it. */
  CRD_NOT_ESTABLISHED(
      Severity.ERROR,
      "was written, but the API server does not serve it within {timeout}",
      "look at the conditions of the CustomResourceDefinition, and run this step again"),
  /** The Job or pod of a hook exists, and the chart does not let Helm replace it. */
  HOOK_NOT_REPLACEABLE(
      Severity.ERROR,
      "exists from an earlier run, and Helm cannot create it again: its helm.sh/hook-delete-policy is {policy}, without before-hook-creation",
      "delete it and install again"),
  /** An upgrade continues a first installation, and does not run a hook of the installation. */
  INSTALL_HOOK_SKIPPED(
      Severity.WARNING,
      "is a hook of an installation only ({events}); the first installation failed and is continued by an upgrade, which does not run it",
      "check that it has completed; if it has not, uninstall the release and install it again"),
  /** A Secret that the chart needs lacks keys. */
  SECRET_INCOMPLETE(
      Severity.ERROR,
      "exists but lacks {keys}",
      "add them, or delete the Secret to have it created"),
  /** The cluster has no image policies. */
  IMAGE_POLICY_UNSUPPORTED(
      Severity.ERROR,
      "does not serve {kind} (OpenShift {version}, feature set {features})",
      "upgrade to OpenShift 4.20 or later; earlier versions from 4.17 on have it with the feature set TechPreviewNoUpgrade, with which a cluster cannot be upgraded"),
  /** A root of trust needs a feature gate. */
  IMAGE_POLICY_NEEDS_GATE(
      Severity.WARNING,
      "verifies certificates only with the feature gate {gate}; its feature set is {features}",
      "check that the feature gate is enabled before the policy is applied"),
  /** An image policy does not accept the host of the mirror or of a source. */
  IMAGE_POLICY_SCOPE_INVALID(
      Severity.ERROR,
      "cannot be named in an image policy, which accepts fully qualified domain names and localhost only",
      "give the registry a fully qualified domain name, and make a plan with it"),
  /** A repository of the mirror has images of several repositories. */
  IMAGE_POLICY_SOURCES_DIFFER(
      Severity.ERROR,
      "has images of {one} and of {other}, but an image policy accepts signatures for one repository only",
      "mirror them to different repositories, for example with another separator"),
  /** An image has no signature where nodes look for it. */
  IMAGE_NOT_SIGNED(
      Severity.ERROR,
      "has no signature in the mirror under {tags}",
      "sign it, for example with cosign sign --recursive, and mirror it again with its signatures"),
  /** An index is signed, but not the manifests that nodes pull. */
  IMAGE_SIGNED_AS_INDEX_ONLY(
      Severity.WARNING,
      "has a signature of its index only, and nodes verify the manifest of their platform; {tags} do not exist",
      "sign the manifests of all platforms, for example with cosign sign --recursive, and mirror them, or try the policy on a test cluster first"),
  /** A field that would change is applied by another field manager. */
  OBJECT_FIELD_APPLIED(
      Severity.ERROR,
      "has the field {field}, which {manager} applies and would set again",
      "change it where {manager} takes it from, or remove it from there"),
  /** A Secret that shall be rotated is none that the chart needs. */
  SECRET_NOT_OF_CHART(
      Severity.ERROR,
      "is not a Secret that the chart needs; those are {names}",
      "name one of them"),
  /** A Secret that shall be rotated does not exist. */
  SECRET_TO_ROTATE_MISSING(
      Severity.ERROR,
      "does not exist, so that it cannot be rotated",
      "create it with the command secrets"),
  /** The new content of a Secret was not given. */
  SECRET_VALUE_NOT_GIVEN(
      Severity.ERROR,
      "has credentials that cannot be generated, and no new ones were given",
      "give the new credentials"),
  /** A server keeps its password, whatever the Secret contains. */
  SERVER_KEEPS_PASSWORD(
      Severity.ERROR,
      "cannot be rotated by itself: {server} does not set its password from it when it starts, so that its clients would be locked out",
      "change the password in the server{command}, and then rotate the Secret with this password as the password of the server"),
  /** A workload that has to restart is paused. */
  WORKLOAD_PAUSED(
      Severity.ERROR,
      "is paused, so that its pods do not restart with the new Secret",
      "resume its rollout"),
  /** Pods do not use the pull secrets: neither they nor their ServiceAccounts name them. */
  PULL_SECRET_NOT_REFERENCED(
      Severity.WARNING,
      "the pods of {objects} do not use {secrets}, because neither they nor their ServiceAccounts have it in imagePullSecrets",
      "configure the pull secret again, which adds it to ServiceAccounts that the chart does not create; where pods name other pull secrets, add it to the values that name them"),
  /** The Secret with the credentials of the LLM does not exist, and none were given. */
  LLM_CREDENTIALS_MISSING(
      Severity.ERROR,
      "the Secret with the credentials of the LLM does not exist, and no credentials were given",
      "give the credentials, or create the Secret; its keys depend on the provider, for example OPENAI_API_KEY"),

  /** The configuration of the product names a service in the internet. */
  ENDPOINT_PUBLIC(
      Severity.WARNING,
      "{value} names {host}, which a cluster without internet does not reach",
      "deploy an LLM that the cluster reaches, and name its endpoint"),

  // Verification: the release and its workloads
  /** Helm has no such release. */
  RELEASE_NOT_FOUND(
      Severity.ERROR,
      "there is no such release in {namespace}",
      "give the name and namespace of the release, or install the chart, which takes over the objects that Helm created for this release before[; if it was deployed without a release of Helm (helm template, GitOps), verify it with --selector {selector} (VerifyOptions.selector)][; its workloads have the label {labels}]"),
  /** The last operation of Helm on the release did not succeed. */
  RELEASE_NOT_DEPLOYED(
      Severity.ERROR,
      "{chart} is {status} at revision {revision}",
      "fix the other problems, if there are any, and install again; while a status begins with pending-, first make sure that no Helm works on the release"),
  /** The namespaces of the release have no workload. */
  WORKLOADS_MISSING(
      Severity.ERROR,
      "there is no Deployment, StatefulSet or DaemonSet in the namespaces of the release",
      "install the chart"),
  /** No workload has the labels that were given. */
  WORKLOADS_NOT_SELECTED(
      Severity.ERROR,
      "there is no Deployment, StatefulSet or DaemonSet in {namespaces} that the selector '{selector}' selects[; those that exist have the label {labels}]",
      "give the namespaces and the labels of the workloads, or deploy them"),
  /** A pod beside those that were selected runs images that the plan does not have. */
  POD_NOT_SELECTED(
      Severity.WARNING,
      "the selector '{selector}' does not select it, and the plan does not have its images: {images}",
      "if it belongs to the release, give a selector that selects it, and plan its images"),
  /** An object that the deployed revision has does not exist in the cluster. */
  RELEASE_OBJECT_NOT_FOUND(
      Severity.ERROR,
      "does not exist, although revision {revision} of the release has it",
      "find out who deleted it, and upgrade the release with the same chart and plan, which creates it again"),
  /**
   * A Service, a role or a binding lacks what the deployed revision gives it, or a pod does not
   * accept a ConfigMap that was changed.
   */
  RELEASE_OBJECT_CHANGED(
      Severity.ERROR,
      "does not match revision {revision} of the release: {difference}",
      "find out who changed it, and upgrade the release with the same chart and plan, which restores it"),
  /** Argo CD or Flux cannot deploy the release, or what it has deployed is not healthy. */
  GITOPS_NOT_READY(
      Severity.ERROR,
      "{tool} has not deployed it successfully: {detail}",
      "fix what {tool} reports; it tries again by itself, or with: {command}"),
  /** The objects in the cluster differ from the source of an Application of Argo CD. */
  GITOPS_OUT_OF_SYNC(
      Severity.WARNING,
      "the cluster differs from its source[: {resources}]",
      "find out what has changed; to apply the source, run: {command}"),
  /** Argo CD or Flux does not apply the source of a release at present. */
  GITOPS_SUSPENDED(
      Severity.WARNING,
      "{tool} does not apply its source: {detail}",
      "if it should be applied, run: {command}"),
  /** A Deployment, StatefulSet or DaemonSet has fewer ready pods than it should have. */
  WORKLOAD_NOT_READY(
      Severity.ERROR, "{ready} of {wanted} pods are ready", "fix the problems of its pods"),
  /** Pods of an earlier template are ready, but an update of the workload has not arrived. */
  WORKLOAD_NOT_UPDATED(
      Severity.ERROR,
      "its update is not complete[: {updated} of {wanted} pods have its current template][: its controller has not observed generation {generation}]",
      "fix what prevents its new pods"),
  /** The template of a Deployment has changed, and its updates are paused. */
  WORKLOAD_UPDATE_PAUSED(
      Severity.ERROR,
      "its updates are paused, and {updated} of {wanted} pods have its current template",
      "resume its updates, or undo the change of its template"),
  /** A Job has failed. */
  JOB_FAILED(
      Severity.ERROR,
      "has failed[: {detail}][; the log of its pod {pod} ends: {log}]",
      "fix the cause and upgrade the release; Helm replaces the Job of a hook, any other Job has to be deleted first"),
  /** A Job is not complete. */
  JOB_NOT_COMPLETE(
      Severity.ERROR,
      "is not complete yet[; its log ends: {log}]",
      "wait, or look at the log of its pod"),
  /** The pod of a Job cannot be created. */
  JOB_WITHOUT_POD(
      Severity.ERROR,
      "has no pod: {detail}",
      "remove what forbids this pod, such as a quota or the rights of its ServiceAccount"),
  /** The Job that migrates the database does not exist, although the release is not deployed. */
  MIGRATION_JOB_MISSING(
      Severity.ERROR,
      "does not exist, and the release is not deployed, so the database was not migrated",
      "install the chart again; Helm creates the Job"),
  /** The Job of a hook has failed and does not exist any more. */
  HOOK_FAILED(
      Severity.ERROR,
      "does not exist, and Helm has stored that this hook ({events}) has failed",
      "fix the cause and install the chart again; Helm runs the hook again"),
  /** Helm was cut short while a hook ran, or the hook has not ended. */
  HOOK_NOT_COMPLETE(
      Severity.ERROR,
      "does not exist, and Helm has not stored how this hook ({events}) has ended",
      "wait until Helm has ended; if it was cut short, install the chart again"),
  /** Helm has never run a hook of the installation. */
  HOOK_NOT_RUN(
      Severity.ERROR,
      "does not exist: Helm has never run this hook ({events})",
      "install the chart again without --no-hooks; Helm runs the hook"),

  // Verification: volumes
  /** A PersistentVolumeClaim is not bound to a volume. */
  CLAIM_NOT_BOUND(
      Severity.ERROR,
      "is {phase}[, with the StorageClass {storageClass}][: {detail}]",
      "check that the StorageClass exists and has a provisioner, or create a PersistentVolume that fits"),
  /** The volume of a PersistentVolumeClaim does not exist any more. */
  CLAIM_LOST(
      Severity.ERROR,
      "is Lost: its PersistentVolume does not exist any more",
      "restore the PersistentVolume, or restore the data into a new claim"),
  /** A PersistentVolumeClaim is being deleted, and something still uses it. */
  CLAIM_BEING_DELETED(
      Severity.ERROR,
      "is being deleted, so that no new pod can use it[; its deletion waits for the finalizers {finalizers}]",
      "find out who deleted it; when it is gone, upgrade the release with the same chart and plan, which creates it again, and restore its data"),
  /** A pod mounts a PersistentVolumeClaim that does not exist. */
  CLAIM_MISSING(
      Severity.ERROR,
      "does not exist, and pods mount it",
      "install the chart again, or create the claim that the values name"),

  // Verification: webhooks
  /** An admission webhook has no CA, so the API server does not accept its certificate. */
  WEBHOOK_CA_MISSING(
      Severity.ERROR,
      "the webhook {webhook} has no caBundle, so the API server refuses what it applies to",
      "run the hook that sets the caBundle again by an upgrade, or set it to the CA of the serving certificate"),
  /** The CA of an admission webhook cannot be used. */
  WEBHOOK_CA_INVALID(
      Severity.ERROR,
      "the caBundle of the webhook {webhook} is not valid: {detail}",
      "run the hook that sets the caBundle again by an upgrade, or set it to the CA of the serving certificate"),
  /** The service of an admission webhook does not exist. */
  WEBHOOK_SERVICE_MISSING(
      Severity.ERROR,
      "the webhook {webhook} names the Service {service}, which does not exist",
      "install the chart again, or delete the webhook configuration if it is left over"),
  /** The certificate with which a webhook is served cannot be used. */
  SERVING_CERTIFICATE_INVALID(
      Severity.ERROR,
      "the certificate of the webhook {webhook} in the Secret {secret} is not valid: {detail}",
      "delete the Secret and upgrade the release; the TLS hook creates a certificate and sets the caBundle"),

  // Verification: LLM
  /** The SDK config cannot be read. */
  LLM_CONFIG_INVALID(
      Severity.ERROR,
      "{key} is not valid: {detail}",
      "correct the SDK config and install the chart again"),
  /** The SDK config names no endpoint, so the public one of the provider is used. */
  LLM_ENDPOINT_MISSING(
      Severity.WARNING,
      "{key} names no endpoint of the LLM, so the one of its provider in the internet is used",
      "deploy an LLM that the cluster reaches, and name its endpoint (llm.endpoint)"),
  /** A Secret of the LLM has a placeholder in place of a key. */
  LLM_KEY_PLACEHOLDER(
      Severity.ERROR,
      "has no credentials of an LLM: a placeholder or nothing stands in {keys}",
      "create the Secret again with the key of the LLM (secrets --llm-credentials)"),

  // Verification: pods and containers
  /** A pod does not run. */
  POD_NOT_RUNNING(
      Severity.ERROR,
      "is {phase}[: {detail}][; its log ends: {log}]",
      "look at the events of the pod"),
  /** No node fits a pod. */
  POD_UNSCHEDULABLE(
      Severity.ERROR,
      "cannot be scheduled[: {detail}]",
      "add or free a node that fits, or correct what the pod asks of its node in the values of the chart"),
  /** No scheduler has looked at a pod. */
  POD_WITHOUT_SCHEDULER(
      Severity.ERROR,
      "waits for the scheduler '{scheduler}', which has not looked at it",
      "check that this scheduler runs, or correct schedulerName in the values of the chart"),
  /** A pod runs and is not ready. */
  POD_NOT_READY(
      Severity.ERROR,
      "runs but is not ready[: {detail}][; its log ends: {log}]",
      "look at the log of the pod and at its readiness probe"),
  /** The pod of a Job has not completed. */
  POD_OF_JOB_RUNNING(
      Severity.ERROR,
      "the pod of a Job still runs[; its log ends: {log}]",
      "wait, or look at the log of the pod"),
  /** A container does not start, or crashes. */
  CONTAINER_WAITING(
      Severity.ERROR,
      "{reason} in container {container}[: {detail}][; its log ends: {log}]",
      "look at the events and the log of the pod"),
  /** The registry does not have the image. */
  PULL_IMAGE_NOT_FOUND(
      Severity.ERROR,
      "{reason}: container {container} cannot pull {image}[: {detail}]",
      "the image is not in the mirror: mirror the plan again"),
  /** The registry does not accept the credentials of the node. */
  PULL_UNAUTHORIZED(
      Severity.ERROR,
      "{reason}: container {container} cannot pull {image}[: {detail}]",
      "the node has no valid credentials for the mirror: configure the pull secret again; if the cluster has valid credentials, check that the node has received them"),
  /** The credentials of the node may not read the repository. */
  PULL_DENIED(
      Severity.ERROR,
      "{reason}: container {container} cannot pull {image}[: {detail}]",
      "the credentials in the pull secret may not read this repository: allow their user to read it"),
  /** The node does not trust the certificate of the registry. */
  PULL_CERTIFICATE_UNTRUSTED(
      Severity.ERROR,
      "{reason}: container {container} cannot pull {image}[: {detail}]",
      "the node does not trust the certificate of the mirror: give the cluster its CA (additionalTrustedCA)"),
  /** The node cannot resolve the host of the registry. */
  PULL_HOST_UNKNOWN(
      Severity.ERROR,
      "{reason}: container {container} cannot pull {image}[: {detail}]",
      "the node cannot resolve this host: check the registry's name in the values, and the cluster's DNS"),
  /** The image has no variant for the platform of the node. */
  PULL_PLATFORM_MISSING(
      Severity.ERROR,
      "{reason}: container {container} cannot pull {image}[: {detail}]",
      "the image has no variant for the node's platform: mirror every platform"),
  /** The registry limits the number of requests. */
  PULL_RATE_LIMITED(
      Severity.ERROR,
      "{reason}: container {container} cannot pull {image}[: {detail}]",
      "the registry limits requests: this is not the mirror, or the mirror is a proxy; check the reference"),
  /** The registry uses plain HTTP and the node expects TLS. */
  PULL_PLAIN_HTTP(
      Severity.ERROR,
      "{reason}: container {container} cannot pull {image}[: {detail}]",
      "the mirror speaks plain HTTP: configure the node's container runtime for it, or give the mirror a certificate"),
  /** No server listens at the address of the registry. */
  PULL_CONNECTION_REFUSED(
      Severity.ERROR,
      "{reason}: container {container} cannot pull {image}[: {detail}]",
      "no server listens at the mirror's address: check that the registry runs and that the node reaches it"),
  /** The node does not reach the registry. */
  PULL_TIMEOUT(
      Severity.ERROR,
      "{reason}: container {container} cannot pull {image}[: {detail}]",
      "the node does not reach the mirror: check routes and firewalls"),
  /** The registry, or a proxy before it, answers with an error of its own. */
  PULL_SERVER_FAILED(
      Severity.ERROR,
      "{reason}: container {container} cannot pull {image}[: {detail}]",
      "read the logs of the mirror, and of the load balancer or proxy before it"),
  /** A node cannot pull an image for another reason. */
  PULL_FAILED(
      Severity.ERROR,
      "{reason}: container {container} cannot pull {image}[: {detail}]",
      "look at the events of the pod, and check whether the node can pull this reference; if the message names a signature, mirror the signatures of the image, or change the image policy of the cluster"),

  // Verification: images
  /** A container runs an image that is not from the mirror. */
  IMAGE_FROM_ELSEWHERE(
      Severity.ERROR,
      "runs {image}, which does not come from {mirror}",
      "install from the mirror again, so that the overlay sets this reference"),
  /** A container runs an image that is in the mirror and not in the plan. */
  IMAGE_NOT_PLANNED(
      Severity.ERROR,
      "runs {image}, which is in the mirror but not in the plan",
      "install from the mirror again, so that the overlay sets this reference; to keep this image, add it to the plan"),
  /** A container runs another digest than the mirrored image has. */
  IMAGE_DIGEST_DIFFERS(
      Severity.ERROR,
      "runs {running} of {image}, and the mirrored image is {expected}",
      "the tag was mirrored again after the node had pulled it, or the image came from elsewhere: restart the pod with imagePullPolicy Always"),
  /** Neither a pod nor its node reports the digest of a container. */
  IMAGE_DIGEST_NOT_REPORTED(
      Severity.ERROR,
      "runs {image}, but its digest is not known: the status of the pod reports '{imageId}', and {reason}",
      "allow this user to get nodes, or compare the digest on the node: crictl inspect shows it"),
  /** The digest of a container cannot be compared, because the mirror cannot be read. */
  IMAGE_DIGEST_UNVERIFIED(
      Severity.ERROR,
      "runs {image}, but its digest cannot be compared: {detail}",
      "allow this machine to read the mirror, or mirror the image again"),

  /** A file is not an attestation of a verification with a valid signature. */
  ATTESTATION_INVALID(
      Severity.ERROR,
      "it is not a trusted attestation of a verification: {detail}",
      "check the file and the key; verify --attestation FILE --sign-key FILE writes one"),

  // Repair
  /** What was diagnosed needs a decision of a person. */
  REPAIR_NOT_AUTOMATIC(
      Severity.ERROR, "{code} has no automatic repair: {message}", "{remedy}[; run: {command}]"),
  /** What was diagnosed needs a decision of a person, and something else was to be repaired. */
  REPAIR_LEFT_TO_PERSON(
      Severity.WARNING, "{code} has no automatic repair: {message}", "{remedy}[; run: {command}]"),
  /** What was diagnosed would be repaired by an upgrade, which Argo CD or Flux would revert. */
  REPAIR_LEFT_TO_GITOPS(
      Severity.ERROR,
      "{code} was not repaired: the release is managed by {resource} of {tool}, which would revert an upgrade",
      "let {tool} create the Job again[: delete it with kubectl delete job {job} -n {namespace}], and run: {command}"),
  /** What was diagnosed has a repair that was not asked for. */
  REPAIR_NOT_CHOSEN(
      Severity.WARNING,
      "{code} was not repaired, because it was not chosen",
      "repair again and choose it"),
  /** A pull secret cannot be renewed without credentials. */
  REPAIR_WITHOUT_CREDENTIALS(
      Severity.ERROR,
      "was not renewed, because no credentials were given",
      "give the credentials with which the nodes pull"),
  /** A repair has failed. */
  REPAIR_FAILED(
      Severity.ERROR, "the repair of {code} failed: {detail}", "fix the cause, and repair again"),
  // Support bundle
  /** Files of a support bundle were omitted because of its size limit. */
  SUPPORT_BUNDLE_TRUNCATED(
      Severity.WARNING,
      "does not have {count} files, because all files together are limited to {limit} bytes",
      "increase the limit, or send the missing files separately"),
  /** The diagnosis of a support bundle has other findings than that of the cluster. */
  SUPPORT_BUNDLE_DIFFERS(
      Severity.WARNING,
      "its diagnosis has other findings than the diagnosis of the cluster",
      "send the report of the diagnosis with it; if no file is missing, report this as a bug"),

  // Diagnosis: images
  /** A pod names an image that differs in a few letters from an image of the plan. */
  IMAGE_NAME_MISSPELLED(
      Severity.ERROR,
      "is not an image of the plan; the plan has {similar}",
      "correct the reference in the values of the chart, or install from the mirror again, so that the overlay sets it"),
  /** A pod names an image outside the mirror, and nothing redirects it. */
  REFERENCE_OUTSIDE_MIRROR(
      Severity.ERROR,
      "is outside the mirror {mirror}, and no mirror rule applies to it",
      "if the plan has the image, install from the mirror again, so that the overlay sets this reference, or apply the mirror rules of the plan; otherwise plan it with --image and mirror it, or remove what names it"),
  /** A pod names an image of the mirror that is neither in the plan nor in the mirror. */
  REFERENCE_NOT_PLANNED(
      Severity.ERROR,
      "is neither in the plan nor in the mirror",
      "correct the reference in the values of the chart, or add the image to the plan with --image and mirror it"),
  /** The image of a container is not a valid reference. */
  REFERENCE_INVALID(
      Severity.ERROR,
      "has the invalid image reference '{image}': {detail}",
      "correct the reference in the values of the chart"),
  /** A pod names an image by tag, and the mirror rules apply to digests only. */
  REFERENCE_NOT_REDIRECTED_BY_TAG(
      Severity.ERROR,
      "is a tag, and the mirror rules of the cluster apply to digests only",
      "install through mirror rules again, so that the overlay pins the digest, or generate rules for tags too"),
  /** An image has no manifest for the platform of a node. */
  IMAGE_PLATFORM_MISSING(
      Severity.ERROR,
      "has the platforms {available} and not {platform}, which is the platform of node {node}",
      "mirror the image with every platform of the cluster"),
  /** An image without an index is built for another platform than that of the node. */
  IMAGE_PLATFORM_DIFFERS(
      Severity.ERROR,
      "is built for {available}, and node {node} has the platform {platform}",
      "mirror the image with every platform of the cluster"),

  // Diagnosis: what nodes need to pull
  /** The cluster has no credentials for the registry. */
  PULL_CREDENTIALS_MISSING(
      Severity.ERROR,
      "has no credentials for {registry}",
      "configure the pull secret with the credentials of the mirror"),
  /** The registry rejects the credentials of the cluster. */
  PULL_CREDENTIALS_REJECTED(
      Severity.ERROR,
      "has credentials that {registry} rejects",
      "configure the pull secret again with valid credentials and --replace"),
  /** The credentials of the cluster may not read a repository. */
  PULL_CREDENTIALS_FORBIDDEN(
      Severity.ERROR,
      "has credentials that may not read {repository}",
      "allow the user of these credentials to pull from the repository"),
  /** Pods name a pull secret that does not exist. */
  PULL_SECRET_NOT_FOUND(
      Severity.ERROR,
      "does not exist, and pods name it in imagePullSecrets",
      "configure the pull secret"),
  /** Nodes do not trust the certificate of the registry. */
  REGISTRY_CA_UNTRUSTED(
      Severity.ERROR,
      "has a certificate that the nodes do not trust",
      "give the cluster the CA of the registry"),
  /** Nodes cannot resolve the name of the registry. */
  REGISTRY_NAME_NOT_RESOLVED(
      Severity.ERROR,
      "cannot be resolved by the nodes",
      "add the name of the registry to the DNS server of the nodes"),
  /** Nodes do not reach the registry. */
  REGISTRY_UNREACHABLE_FROM_NODES(
      Severity.ERROR,
      "cannot be reached by the nodes",
      "check that the registry runs, and the routes and firewalls between the nodes and the registry"),
  /** The registry answers this machine, and answers the nodes with an error of its own. */
  REGISTRY_FAILED_FOR_NODES(
      Severity.ERROR,
      "answers the nodes with an error, although it answers this machine",
      "read the logs of the registry, and of the load balancer or proxy between the nodes and the registry"),
  /** The registry does not use TLS, and the nodes expect it. */
  REGISTRY_WITHOUT_TLS(
      Severity.ERROR,
      "uses plain HTTP, and the nodes expect TLS",
      "give the registry a certificate, or add it to insecureRegistries of the container runtime"),
  /** The registry limits the requests of the nodes. */
  REGISTRY_LIMITS_PULLS(
      Severity.ERROR,
      "limits the number of requests (429)",
      "raise the limit of the registry for the nodes, or wait; nodes try again"),

  // Diagnosis: nodes and scheduling
  /** A node is not ready. */
  NODE_NOT_READY(Severity.ERROR, "is not ready[: {detail}]", "repair the node, or delete its pods"),
  /** No scheduler looks at pods. */
  SCHEDULER_NOT_RUNNING(
      Severity.ERROR,
      "has no running scheduler '{scheduler}': it has not looked at {pod}",
      "check that this scheduler runs, or correct schedulerName in the values of the chart"),
  /** No node has the labels that a pod asks for. */
  NODE_LABELS_MISSING(
      Severity.ERROR,
      "asks for a node with {selector}, and none of {count} nodes has it",
      "correct nodeSelector or affinity in the values of the chart, or label a node"),
  /** The nodes that a pod could run on have taints that it does not tolerate. */
  TAINTS_NOT_TOLERATED(
      Severity.ERROR,
      "does not tolerate the taints of the nodes that it could run on: {taints}",
      "add tolerations in the values of the chart, or remove the taints; nodes with node.kubernetes.io/unschedulable are cordoned, which kubectl uncordon ends; taints that name a pressure or not-ready are removed by the node controller when the node has recovered"),
  /** No node has enough free resources for a pod. */
  RESOURCES_INSUFFICIENT(
      Severity.ERROR,
      "requests {requested}, and none of the {count} nodes that it may run on has as much left: {left}",
      "lower the requests in the values of the chart, or add a node"),

  // Diagnosis: configuration and storage
  /** A Secret that pods need does not exist. */
  SECRET_NOT_FOUND(
      Severity.ERROR,
      "does not exist, and pods need it",
      "create the Secret, or fix the Job that creates it"),
  /** A Secret lacks a key that pods need. */
  SECRET_KEY_MISSING(
      Severity.ERROR, "lacks the key {key}, which pods need", "add the key to the Secret"),
  /** A ConfigMap that pods need does not exist. */
  CONFIG_MAP_NOT_FOUND(
      Severity.ERROR,
      "does not exist, and pods need it",
      "install the chart again; create the ConfigMap if it is not part of the chart"),
  /** A ConfigMap lacks a key that pods need. */
  CONFIG_MAP_KEY_MISSING(
      Severity.ERROR, "lacks the key {key}, which pods need", "add the key to the ConfigMap"),
  /** The storage class of a volume claim does not exist. */
  STORAGE_CLASS_NOT_FOUND(
      Severity.ERROR,
      "asks for the storage class {class}, which does not exist",
      "set an existing storage class in the values of the chart, or create it"),
  /** A volume claim names no storage class, and the cluster has no default. */
  STORAGE_CLASS_NOT_CHOSEN(
      Severity.ERROR,
      "names no storage class, and the cluster has no default storage class",
      "set a storage class in the values of the chart, or mark one as the default"),
  /** No volume was provisioned for a claim. */
  VOLUME_NOT_PROVISIONED(
      Severity.ERROR,
      "has no volume[: {detail}]",
      "check the provisioner of its storage class, or create a PersistentVolume"),
  /** A volume of a pod cannot be mounted. */
  VOLUME_NOT_MOUNTED(
      Severity.ERROR,
      "cannot mount a volume: {detail}",
      "fix what the message names, such as the storage driver on the node; if the volume is attached to another node, delete the pod that uses it there, or wait until it is detached"),

  // Diagnosis: admission
  /** A quota does not allow a pod. */
  QUOTA_EXCEEDED(
      Severity.ERROR,
      "does not allow another pod: {detail}",
      "raise the quota, or lower the requests in the values of the chart; if the quota demands a request or a limit, set it in the values, or create a LimitRange with defaults"),
  /** The API server refuses to create pods. */
  ADMISSION_REFUSED(
      Severity.ERROR,
      "cannot create pods, because the API server refuses them: {detail}",
      "correct the values of the chart that violate the policy that the message names, for example runAsUser on OpenShift, or change the policy"),
  /** A policy or a webhook of the cluster refuses pods. */
  ADMISSION_POLICY_REFUSES(
      Severity.ERROR,
      "refuses pods of the release",
      "change the policy, or the values of the chart that violate it; if it is a seal of another plan, seal again with this plan, or remove the seal with seal --remove"),
  /** A webhook that has to be called before pods are created does not respond. */
  WEBHOOK_UNAVAILABLE(
      Severity.ERROR,
      "does not respond, and the API server creates no pod without it",
      "repair the service of the webhook; removing its configuration would end its checks in the whole cluster"),
  /** A namespace enforces a Pod Security level that pods violate. */
  POD_SECURITY_VIOLATED(
      Severity.ERROR,
      "enforces the Pod Security level {level}, which pods of the release violate",
      "lower the level of the namespace, or set the security context in the values of the chart"),
  /** The ServiceAccount of a pod does not exist. */
  SERVICE_ACCOUNT_NOT_FOUND(
      Severity.ERROR,
      "does not exist, and pods need it",
      "install the chart again; create the ServiceAccount if it is not part of the chart"),

  // Diagnosis: containers
  /** A container ends with an error. */
  CONTAINER_CRASHED(
      Severity.ERROR,
      "container {container} ended with exit code {exit}[; its log ends: {log}]",
      "fix the cause that the log names"),
  /** A workload that others need has no pods, because nobody wants any. */
  WORKLOAD_SCALED_TO_ZERO(
      Severity.ERROR,
      "is scaled to zero, so that the Service {service} has no pods",
      "scale it up again"),
  /** A container needs more memory than its limit. */
  CONTAINER_OUT_OF_MEMORY(
      Severity.ERROR,
      "container {container} was ended because it ran out of memory[; its limit is {limit}]",
      "raise its memory limit in the values of the chart; without a limit, the node has too little memory"),
  /** A container cannot be started. */
  CONTAINER_NOT_STARTED(
      Severity.ERROR,
      "container {container} cannot be started ({reason})[: {detail}]",
      "fix what the message names"),
  /** A probe of a container fails. */
  PROBE_FAILED(
      Severity.ERROR,
      "a probe fails: {detail}[; the log of the pod ends: {log}]",
      "look at the log of the pod, and correct what it names; if the service only needs more time, correct the probe in the values of the chart"),
  /** A node has evicted a pod. */
  POD_EVICTED(
      Severity.ERROR,
      "was evicted from node {node}[: {detail}]",
      "free the resource that the message names on the node, and delete the pod; for the pod of a Job that has failed, upgrade the release instead, which runs the Job of a hook again"),

  // Verification: services
  /** A service does not respond with success at its health path. */
  SERVICE_UNHEALTHY(
      Severity.ERROR,
      "GET {path} on port {port} returns {status}[: {detail}]",
      "look at the log of the pods of the service"),
  /** The port of a service is not a port. */
  SERVICE_PORT_INVALID(
      Severity.ERROR,
      "the service was not checked: '{port}' is not a port",
      "correct the port of the service; it must be between 1 and 65535"),
  /** The path of a probe does not name a resource of the pod. */
  PROBE_PATH_INVALID(
      Severity.ERROR,
      "the path '{path}' of its pod's probe was not requested: {detail}",
      "correct the path of the probe in the chart; it must name a resource of the pod"),

  // Pull secret
  /** The cluster does not have its global pull secret. */
  PULL_SECRET_MISSING(
      Severity.ERROR,
      "does not exist, although every OpenShift cluster has it",
      "check that the user of the kubeconfig is allowed to read it"),
  /** The content of a pull secret is not a docker configuration. */
  PULL_SECRET_INVALID(
      Severity.ERROR,
      "{defect}; nothing was changed",
      "restore the content of the Secret, then run this step again"),
  /** A pull secret has other credentials for the mirror. */
  PULL_SECRET_ENTRY_DIFFERS(
      Severity.ERROR,
      "has other credentials for {registry}; nothing was changed",
      "if they shall be replaced, set replaceOtherCredentials (pull-secret --replace)"),
  /** An entry of a pull secret applies to a part of the mirror instead of the new one. */
  PULL_SECRET_ENTRY_SHADOWS(
      Severity.WARNING,
      "has credentials for {entry}, which nodes use there instead of those for {registry}",
      "check that these credentials are valid, or remove that entry"),
  /** A MachineConfigPool is paused. */
  POOL_PAUSED(
      Severity.ERROR,
      "is paused, seen {when}",
      "unpause it, or its nodes never get changes such as the pull secret and mirror rules"),
  /** A MachineConfigPool is degraded. */
  POOL_DEGRADED(
      Severity.ERROR,
      "is {condition}, seen {when}[: {detail}]",
      "repair the node or the configuration that the message names; until then nodes of the pool keep their old configuration, for example the old pull secret"),
  /** The pull secret is written, and a pool has no new configuration. */
  ROLLOUT_NOT_STARTED(
      Severity.ERROR,
      "the pull secret is written, but not every MachineConfigPool has a new configuration within {timeout} ({pools})",
      "look at the machine-config operator, and run this step again once the pools have started"),
  /** The pull secret is written, and not every node has it. */
  ROLLOUT_NOT_FINISHED(
      Severity.ERROR,
      "the nodes do not have the pull secret within {timeout} ({pools})",
      "the pull secret is written; look at the MachineConfigPools and run this step again to continue waiting"),
  /** It is not certain that the nodes have the pull secret. */
  NODES_NOT_VERIFIED(
      Severity.WARNING,
      "every pool is up to date, but it is not certain that the nodes have the credentials, because their MachineConfigs could not be read ({pools})",
      "allow the user of the kubeconfig to read MachineConfigs, or check /var/lib/kubelet/config.json on a node"),

  // Changes of the cluster
  /** Others change an object again and again while it is to be written. */
  OBJECT_CONFLICT(
      Severity.ERROR,
      "was changed by others each of the {attempts} times it was to be written; {left} objects after it were not attempted",
      "find out which controller or person changes it, then run this step again"),
  /** The API server did not accept a write, or did not respond. */
  OBJECT_NOT_WRITTEN(
      Severity.ERROR,
      "was not written: {detail}; {left} objects after it were not attempted",
      "fix the cause and run this step again, or undo what was changed with the report"),
  /** A namespace that a step needs is being deleted. */
  NAMESPACE_TERMINATING(
      Severity.ERROR,
      "is being deleted, so that nothing can be created in it",
      "wait until it is gone (kubectl get namespace -w), or remove what its conditions and finalizers say keeps it, and run this step again"),
  /** An object that is to be restored is not as the change has left it. */
  OBJECT_CHANGED_SINCE(
      Severity.ERROR,
      "was changed by others since ({fields}), so it is not restored",
      "compare it with the report, and change it by hand"),
  /** The report was read from a file without the data of Secrets, and there is no backup. */
  OBJECT_CONTENT_NOT_KEPT(
      Severity.ERROR,
      "cannot be restored: reports in files do not contain the data of Secrets, and its backup Secret does not exist",
      "restore the Secret by hand"),
  /** A namespace that a change has created has other objects now. */
  NAMESPACE_IN_USE(
      Severity.ERROR,
      "has {count} other objects ({first} is one), so it is not removed",
      "uninstall the release and remove these objects, then undo the change"),
  /** An object has the name of one of ours and belongs to another owner. */
  OBJECT_NOT_OURS(
      Severity.ERROR,
      "exists and was not created for {owner}, so it is not changed",
      "rename or remove that object, or choose another name"),

  /** A change concerns the nodes, and not every node has it. */
  NODES_NOT_UPDATED(
      Severity.ERROR,
      "the change is written, but not every node has it within {timeout} ({pools})",
      "look at the MachineConfigPools and run this step again to continue waiting"),
  /** A change concerns the nodes, and no pool has got a new configuration. */
  NODES_WITHOUT_ROLLOUT(
      Severity.WARNING,
      "the change is written, but no MachineConfigPool has a new configuration within {timeout}",
      "look at the machine-config operator; if the change makes no difference for the nodes, nothing has to be done"),

  // Mirror rules
  /** The cluster serves none of the APIs for mirror rules. */
  MIRROR_RULES_UNSUPPORTED(
      Severity.ERROR,
      "does not support {missing}",
      "use the values overlay, or place the generated registries.conf or hosts.toml files and the credentials of the mirror on the nodes (NodeFiles, ClusterWithNodeFiles)"),
  /** The HostedCluster of the management cluster has a setting that a step would change. */
  HOSTED_CLUSTER_SETTING(
      Severity.ERROR,
      "has a hosted control plane, so that {what} cannot be changed in this cluster, only in the HostedCluster",
      "have the administrator of the management cluster add {value} to {field} of the HostedCluster, then continue with the next step"),
  /** The rules in force do not lead to the image in the mirror. */
  MIRROR_RULE_SHADOWED(
      Severity.ERROR,
      "would not be pulled from {mirror}, because {objects} has a rule for {source}, and only the most specific source applies",
      "add the mirror to that object, or remove its rule; applying the mirror rules of the plan again does not change that object"),
  /** No rule in force applies to an image. */
  MIRROR_RULE_MISSING(
      Severity.ERROR,
      "would not be pulled from {mirror}, because no mirror rule applies to it",
      "apply the mirror rules of the plan (mirror-rules), or install with the names in the mirror"),
  /** The new rules end the effect of another rule for some images. */
  MIRROR_RULE_SHADOWS(
      Severity.WARNING,
      "its rule for {source} no longer applies to images under {shadowed}",
      "add its mirrors ({mirrors}) to the rules if images under {shadowed} need them"),
  /** Another object has mirrors for the same source. */
  MIRROR_RULE_SAME_SOURCE(
      Severity.WARNING,
      "has other mirrors for {source} ({mirrors}); the order of the mirrors of several objects is not specified",
      "keep the rules for one source in one object if the order matters"),
  /** Nodes never pull images of this source from its registry. */
  MIRROR_SOURCE_NEVER_CONTACTED(
      Severity.WARNING,
      "has NeverContactSource for {source}: images that are not in a mirror cannot be pulled, neither by digest nor by tag",
      "mirror every image of this source that the cluster needs"),
  /** The mirror itself lies below a source that nodes never contact. */
  MIRROR_BLOCKED(
      Severity.ERROR,
      "has NeverContactSource for {source}, so nodes cannot pull from the mirror {mirror}",
      "choose a mirror outside this source, or AllowContactingSource"),
  /** Old and new kinds of mirror rules are in one cluster. */
  MIRROR_RULE_KINDS_MIXED(
      Severity.WARNING,
      "is an ImageContentSourcePolicy beside ImageDigestMirrorSets or ImageTagMirrorSets; OpenShift 4.13 and earlier do not support both",
      "convert it with 'oc adm migrate icsp'"),
  /** Mirror rules for digests do not apply to tags. */
  TAG_NOT_REDIRECTED(
      Severity.WARNING,
      "is pulled by tag, and the rules apply to digests only",
      "pin its digest in the values, or generate rules for tags too"),
  /** The nodes of pools will be drained. */
  NODES_WILL_DRAIN(
      Severity.WARNING,
      "its nodes will be drained and restarted one after the other, because of {reason}",
      "apply the change when pods may be moved"),
  /** containerd cannot rename repositories. */
  CONTAINERD_CANNOT_RENAME(
      Severity.WARNING,
      "is {mirror} in the mirror; containerd can add a prefix to names, but cannot change them",
      "use the values overlay, or a mirror with nested repositories"),

  // Registry CA
  /** A CA certificate cannot be used. */
  CA_INVALID(
      Severity.ERROR,
      "its CA cannot be used: {defect}",
      "give the PEM certificate of the authority that has signed the registry's certificate"),
  /** The cluster has no image configuration. */
  IMAGE_CONFIG_MISSING(
      Severity.ERROR,
      "has no image.config.openshift.io/cluster",
      "on plain Kubernetes, place the CA on every node, for example in /etc/containerd/certs.d or /etc/containers/certs.d"),
  /** The cluster was configured to use another ConfigMap meanwhile. */
  TRUSTED_CA_CHANGED(
      Severity.ERROR,
      "additionalTrustedCA is now {name}, set by others since the plan was made",
      "plan again, so that the CA is merged into that ConfigMap"),

  // Seal
  /** The cluster has no policies that are evaluated at admission. */
  SEAL_UNSUPPORTED(
      Severity.ERROR,
      "does not serve ValidatingAdmissionPolicy in admissionregistration.k8s.io/v1",
      "use Kubernetes 1.30 or OpenShift 4.17 or later, or an admission webhook of your own"),
  /** There is nothing that a sealed namespace could run. */
  SEAL_WITHOUT_IMAGES(
      Severity.ERROR,
      "its plan has no images, so the seal would refuse every pod",
      "seal the release with a plan that has its images"),
  /** The references do not fit into one object. */
  SEAL_TOO_LARGE(
      Severity.ERROR,
      "would have {bytes} bytes with {references} references, and objects may have {limit} bytes",
      "seal each namespace with a plan of its own, or omit plans of earlier revisions"),
  /** A pod that runs already has an image that the seal refuses. */
  SEAL_REFUSES_RUNNING_POD(
      Severity.WARNING,
      "has the image {image}, which the seal does not allow; the pod continues to run, but with the action deny it cannot be created again",
      "add the image to the plan, move the pod to another namespace, or seal with the action warn first"),
  /** It is not known whether the release that was uninstalled has a seal. */
  SEAL_NOT_REMOVED(
      Severity.WARNING,
      "its seal was not looked for or not removed: {detail}",
      "let an administrator of the cluster remove it with 'seal --remove'"),

  // Permissions
  /** The user of the kubeconfig is not allowed to do something that a step does. */
  PERMISSION_MISSING(
      Severity.ERROR,
      "does not allow the user to {verb} {resource}[ '{name}'][ of the API group {group}][ in the namespace {namespace}]",
      "bind the user to a {role} with the rule {rule}"),

  // Pruning
  /** The registry does not delete manifests. */
  DELETION_UNSUPPORTED(
      Severity.ERROR,
      "does not allow that manifests are deleted",
      "enable deletion, for docker-registry with REGISTRY_STORAGE_DELETE_ENABLED=true, or delete the listed manifests with the tools of the registry"),
  /** A part of a repository could not be read. */
  REPOSITORY_NOT_PRUNED(
      Severity.ERROR,
      "was not searched, because it could not be read completely: {detail}",
      "fix the cause and run this step again; nothing of the repository is deleted before"),
  /** Images that a revision needs are not known. */
  REVISION_IMAGES_UNKNOWN(
      Severity.ERROR,
      "the images of its revision {revision} are not known, so nothing is reported as not needed",
      "check that the user may read the Secrets of the release, or exclude the cluster with --no-cluster and give the plans of all revisions"),
  /** A manifest that was not needed has got another tag. */
  MANIFEST_TAGGED_SINCE(
      Severity.WARNING,
      "has got the tag {tag} since it was found, so it was not deleted",
      "run this step again if it is still not needed");

  /** Whether a problem is in the way. */
  public enum Severity {
    /** The step failed, or a later one will. */
    ERROR,
    /** For a person to look at. */
    WARNING,
    /** For the record; nothing has to be done. */
    INFO
  }

  private final Severity severity;
  private final String message;
  private final String remedy;

  ProblemCode(Severity severity, String message, String remedy) {
    this.severity = severity;
    this.message = message;
    this.remedy = remedy;
  }

  /** {@return whether problems of this kind are in the way} */
  public Severity severity() {
    return severity;
  }

  /** {@return what is wrong, with the names of parameters in braces; for documentation} */
  public String messageTemplate() {
    return message;
  }

  /** {@return what to do, with the names of parameters in braces; for documentation} */
  public String remedyTemplate() {
    return remedy;
  }

  Sentence[] sentences() {
    return new Sentence[] {new Sentence(message), new Sentence(remedy)};
  }

  String message(Map<String, String> parameters) {
    return new Sentence(message).with(parameters);
  }

  String remedy(Map<String, String> parameters) {
    return new Sentence(remedy).with(parameters);
  }

  void check(Map<String, String> parameters) {
    for (Sentence sentence : sentences()) {
      sentence.check(this, parameters);
    }
  }
}
