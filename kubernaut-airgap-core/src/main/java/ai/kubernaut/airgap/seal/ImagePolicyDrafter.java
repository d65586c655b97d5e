package ai.kubernaut.airgap.seal;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.change.ObjectOwner;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Drafts image policies of OpenShift, with which nodes pull images of the mirror only if they are
 * signed, and checks their preconditions: that the cluster has such policies, and that each image
 * has a signature in the mirror where nodes look for it. Whether a signature is valid is not
 * checked. Read-only. Thread-safe.
 */
public final class ImagePolicyDrafter {
  private static final String GROUP = "config.openshift.io/";
  private static final List<String> VERSIONS = List.of("v1", "v1alpha1");
  private static final ResourceType FEATURE_GATE =
      ResourceType.cluster(GROUP + "v1", "FeatureGate", "featuregates");
  private static final int MOST_SCOPES = 256;

  private final ClusterClient cluster;
  private final RegistryClient registries;

  /**
   * Creates it.
   *
   * @param cluster the cluster; stays open
   * @param registries reads the mirror; stays open
   */
  public ImagePolicyDrafter(ClusterClient cluster, RegistryClient registries) {
    this.cluster = cluster;
    this.registries = registries;
  }

  /** A prefix of names in the mirror, and what it is in the names of the sources. */
  private record Prefixes(String mirror, String source) {}

  /**
   * Drafts the policies for the images of a plan.
   *
   * @param plan the images
   * @param options what signatures are verified with, and how their names are compared
   * @return the policies, and the preconditions that do not hold
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws RegistryException when the mirror cannot be asked
   */
  public ImagePolicyDraft draft(MirrorPlan plan, ImagePolicyOptions options) {
    ImagePolicyDraft.Builder draft = ImagePolicyDraft.builder();
    String kind = options.namespaces().isEmpty() ? "ClusterImagePolicy" : "ImagePolicy";
    Optional<String> version =
        VERSIONS.stream().filter(each -> cluster.serves(type(kind, each))).findFirst();
    if (version.isEmpty()) {
      draft.addProblems(unsupported(kind));
    } else if (options.rootOfTrust().isPki()) {
      draft.addProblems(
          Problem.of(
              ProblemCode.IMAGE_POLICY_NEEDS_GATE,
              clusterSubject(),
              Map.of("gate", "SigstoreImageVerificationPKI", "features", features())));
    }
    for (MirrorEntry entry : plan.entries()) {
      signature(entry).ifPresent(draft::addProblems);
    }
    Map<Repository, Repository> sources = sources(plan, draft);
    List<KubernetesObject> policies = new ArrayList<>();
    Set<String> namespaces = new TreeSet<>(options.namespaces());
    ResourceType type = type(kind, version.orElse(VERSIONS.get(0)));
    for (Map.Entry<Prefixes, List<String>> group : groups(sources, options).entrySet()) {
      if (namespaces.isEmpty()) {
        policies.add(policy(type, null, group.getKey(), group.getValue(), options));
      }
      for (String namespace : namespaces) {
        policies.add(policy(type, namespace, group.getKey(), group.getValue(), options));
      }
    }
    return draft.policies(policies).build();
  }

  /** The repositories of the mirror and of their sources; a repository has one policy only. */
  private static Map<Repository, Repository> sources(
      MirrorPlan plan, ImagePolicyDraft.Builder draft) {
    Map<Repository, Repository> sources = new TreeMap<>();
    for (MirrorEntry entry : plan.entries()) {
      Repository mirror = entry.target().repository();
      Repository other = sources.putIfAbsent(mirror, entry.source().repository());
      if (other != null && !other.equals(entry.source().repository())) {
        draft.addProblems(
            Problem.of(
                ProblemCode.IMAGE_POLICY_SOURCES_DIFFER,
                new Subject(Subject.Kind.REPOSITORY, mirror.toString()),
                Map.of("one", other.toString(), "other", entry.source().repository().toString())));
      }
    }
    Stream.concat(sources.keySet().stream(), sources.values().stream())
        .map(Repository::registry)
        .distinct()
        .filter(registry -> !isAcceptedAsScope(registry))
        .forEach(
            registry ->
                draft.addProblems(
                    Problem.of(
                        ProblemCode.IMAGE_POLICY_SCOPE_INVALID,
                        new Subject(Subject.Kind.REGISTRY, registry))));
    return sources;
  }

  private static boolean isAcceptedAsScope(String registry) {
    String host = registry.replaceFirst(":[0-9]+$", "");
    return host.contains(".") || host.equals("localhost");
  }

  private static Map<Prefixes, List<String>> groups(
      Map<Repository, Repository> sources, ImagePolicyOptions options) {
    Map<Prefixes, List<String>> groups = new LinkedHashMap<>();
    sources.forEach(
        (mirror, source) -> {
          Prefixes whole = new Prefixes(mirror.toString(), source.toString());
          Prefixes prefixes =
              options.identity() == ImagePolicyOptions.Identity.REMAP ? shortened(whole) : whole;
          List<String> scopes = groups.computeIfAbsent(prefixes, unused -> new ArrayList<>());
          if (scopes.size() < MOST_SCOPES) {
            scopes.add(mirror.toString());
          } else {
            groups.put(whole, new ArrayList<>(List.of(mirror.toString())));
          }
        });
    return groups;
  }

  /**
   * Without the components at the end that both names have, as far as a policy accepts the rest.
   */
  private static Prefixes shortened(Prefixes names) {
    String mirror = names.mirror;
    String source = names.source;
    while (mirror.contains("/")
        && source.contains("/")
        && mirror
            .substring(mirror.lastIndexOf('/'))
            .equals(source.substring(source.lastIndexOf('/')))) {
      String shorterMirror = mirror.substring(0, mirror.lastIndexOf('/'));
      String shorterSource = source.substring(0, source.lastIndexOf('/'));
      if (!isAcceptedAsPrefix(shorterMirror) || !isAcceptedAsPrefix(shorterSource)) {
        break;
      }
      mirror = shorterMirror;
      source = shorterSource;
    }
    return new Prefixes(mirror, source);
  }

  /** The schema takes the port of a registry without a path for a tag. */
  private static boolean isAcceptedAsPrefix(String prefix) {
    return prefix.contains("/") || !prefix.contains(":") || prefix.startsWith("localhost:");
  }

  private static KubernetesObject policy(
      ResourceType type,
      @Nullable String namespace,
      Prefixes prefixes,
      List<String> scopes,
      ImagePolicyOptions options) {
    Map<String, Object> identity = new LinkedHashMap<>();
    if (options.identity() == ImagePolicyOptions.Identity.EXACT_REPOSITORY) {
      identity.put("matchPolicy", "ExactRepository");
      identity.put("exactRepository", Map.of("repository", prefixes.source));
    } else {
      Map<String, Object> remap = new LinkedHashMap<>();
      remap.put("prefix", prefixes.mirror);
      remap.put("signedPrefix", prefixes.source);
      identity.put("matchPolicy", "RemapIdentity");
      identity.put("remapIdentity", remap);
    }
    String name =
        new ObjectOwner(
                "airgap.kubernaut.ai/image-policy-for", prefixes.mirror + " " + prefixes.source)
            .name("mirror-" + prefixes.source);
    return KubernetesObject.named(type, namespace, name)
        .with(scopes, "spec", "scopes")
        .with(options.rootOfTrust().tree(), "spec", "policy", "rootOfTrust")
        .with(identity, "spec", "policy", "signedIdentity");
  }

  /** What is missing of the signature of an image; nodes verify the manifest of their platform. */
  private Optional<Problem> signature(MirrorEntry entry) {
    Manifest root;
    try {
      root = registries.readManifest(entry.target());
    } catch (RegistryException e) {
      if (e.reason() != RegistryException.Reason.NOT_FOUND) {
        throw e;
      }
      return Optional.of(
          Problem.of(ProblemCode.IMAGE_NOT_IN_MIRROR, Subject.image(entry.target())));
    }
    Repository repository = entry.target().repository();
    List<Digest> pulled = new ArrayList<>();
    for (Descriptor child : root.children()) {
      boolean isImage = child.platform().filter(of -> !of.os().equals("unknown")).isPresent();
      if (isImage && registries.findManifest(repository.digest(child.digest())).isPresent()) {
        pulled.add(child.digest());
      }
    }
    if (!root.isIndex()) {
      pulled.add(root.digest());
    }
    List<String> missing = new ArrayList<>();
    for (Digest digest : pulled) {
      ImageRef tag = tag(repository, digest);
      if (registries.findManifest(tag).isEmpty()) {
        missing.add(tag.toString());
      }
    }
    if (missing.isEmpty() && !pulled.isEmpty()) {
      return Optional.empty();
    }
    boolean indexIsSigned =
        root.isIndex() && registries.findManifest(tag(repository, root.digest())).isPresent();
    return Optional.of(
        Problem.of(
            indexIsSigned ? ProblemCode.IMAGE_SIGNED_AS_INDEX_ONLY : ProblemCode.IMAGE_NOT_SIGNED,
            Subject.image(entry.target()),
            Map.of("tags", String.join(", ", missing))));
  }

  private static ImageRef tag(Repository repository, Digest digest) {
    return repository.tag(digest.algorithm() + "-" + digest.hex() + ".sig");
  }

  private Problem unsupported(String kind) {
    String version =
        cluster
            .get(ResourceType.CLUSTER_VERSION, null, "version")
            .flatMap(object -> object.fields().text("status", "desired", "version"))
            .orElse("unknown");
    return Problem.of(
        ProblemCode.IMAGE_POLICY_UNSUPPORTED,
        clusterSubject(),
        Map.of("kind", kind, "version", version, "features", features()));
  }

  /** The set of features that the cluster was given. */
  private String features() {
    return cluster
        .get(FEATURE_GATE, null, "cluster")
        .flatMap(gate -> gate.fields().text("spec", "featureSet"))
        .filter(set -> !set.isEmpty())
        .orElse("Default");
  }

  private Subject clusterSubject() {
    return new Subject(Subject.Kind.CLUSTER, cluster.address());
  }

  private static ResourceType type(String kind, String version) {
    return kind.equals("ImagePolicy")
        ? ResourceType.namespaced(GROUP + version, kind, "imagepolicies")
        : ResourceType.cluster(GROUP + version, kind, "clusterimagepolicies");
  }
}
