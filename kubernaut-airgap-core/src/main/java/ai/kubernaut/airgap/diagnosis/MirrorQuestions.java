package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.diagnosis.ClusterCredentials.Source;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.ImageContent;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Asks the mirror what explains a failed pull, each question once. Not thread-safe. */
final class MirrorQuestions {
  private static final int MAX_CONFIG = 4 << 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Whether the mirror has an image.
   *
   * @param isAbsent whether it certainly does not have it
   * @param problem why the mirror cannot be asked, if that is the cause
   * @param evidence what it has answered
   */
  record Presence(boolean isAbsent, Optional<Problem> problem, List<Fact> evidence) {}

  private record Attempt(Subject secret, ImageRef image) {}

  private final ClusterState state;
  private final ClusterCredentials credentials;
  private final @Nullable RegistryClient registries;
  private final Map<ImageRef, Presence> presences = new HashMap<>();
  private final Map<ImageRef, Optional<ImageContent>> contents = new HashMap<>();
  private final Map<String, Problem> broken = new HashMap<>();
  private final Map<ImageRef, List<Descriptor>> lost = new HashMap<>();
  private final Map<Attempt, Optional<RegistryException>> attempts = new HashMap<>();

  MirrorQuestions(
      ClusterState state, ClusterCredentials credentials, @Nullable RegistryClient registries) {
    this.state = state;
    this.credentials = credentials;
    this.registries = registries;
  }

  Presence presence(ImageRef image) {
    return presences.computeIfAbsent(image, this::ask);
  }

  private Presence ask(ImageRef image) {
    Subject subject = Subject.image(image);
    if (registries == null) {
      return new Presence(false, Optional.empty(), List.of());
    }
    try {
      Optional<Descriptor> found = registries.findManifest(image);
      Fact fact =
          found
              .map(
                  descriptor ->
                      Fact.of(
                          FactCode.REGISTRY_HAS_MANIFEST,
                          subject,
                          Map.of("digest", descriptor.digest().toString())))
              .orElseGet(() -> Fact.of(FactCode.REGISTRY_LACKS_MANIFEST, subject));
      return new Presence(found.isEmpty(), Optional.empty(), List.of(fact));
    } catch (RegistryException e) {
      Fact fact = Fact.of(FactCode.REGISTRY_NOT_READ, subject, Map.of("detail", e.getMessage()));
      return new Presence(false, down(e), List.of(fact));
    }
  }

  /** The problem of a registry that serves nobody, once for each registry. */
  private Optional<Problem> down(RegistryException failure) {
    Optional<ProblemCode> code =
        switch (failure.reason()) {
          case UNREACHABLE -> Optional.of(ProblemCode.REGISTRY_UNREACHABLE);
          case SERVER -> Optional.of(ProblemCode.REGISTRY_FAILED);
          case NOT_A_REGISTRY -> Optional.of(ProblemCode.NOT_A_REGISTRY);
          case RATE_LIMITED -> Optional.of(ProblemCode.REGISTRY_LIMITS_PULLS);
          default -> Optional.empty();
        };
    return code.map(
        each ->
            broken.computeIfAbsent(
                failure.registry(),
                registry ->
                    Problem.of(
                            each,
                            new Subject(Subject.Kind.REGISTRY, registry),
                            Map.of("registry", registry, "detail", failure.getMessage()))
                        .causedBy(failure)));
  }

  /**
   * Tests the credentials that the node has for a pod.
   *
   * @param asked the reference of the pod
   * @param image where mirror rules, if any, send the node for it
   */
  Optional<Problem> credentials(
      KubernetesObject pod, ImageRef asked, ImageRef image, CauseGraph graph) {
    if (registries == null) {
      return Optional.empty();
    }
    // Secrets of pods are for the registry that the pod names, not for where rules redirect to.
    List<Source> sources =
        asked.registry().equals(image.registry())
            ? credentials.sources(pod)
            : credentials.ofCluster();
    List<Source> matching =
        sources.stream()
            .filter(source -> source.credentialsFor(image.repository()).isPresent())
            .toList();
    if (matching.isEmpty()) {
      return missing(pod, image, sources, graph);
    }
    Problem rejected = null;
    for (Source source : matching) {
      Credentials found = source.credentialsFor(image.repository()).orElseThrow();
      Optional<RegistryException> failure =
          attempts.computeIfAbsent(
              new Attempt(source.subject(), image),
              key -> attempt(CredentialProvider.forRegistry(image.registry(), found), image));
      if (failure.isEmpty()) {
        return Optional.empty();
      }
      if (rejected == null) {
        rejected = rejected(source, image, failure.get(), graph);
      }
    }
    return Optional.ofNullable(rejected);
  }

  private static Problem rejected(
      Source source, ImageRef image, RegistryException failure, CauseGraph graph) {
    Problem problem =
        failure.reason() == RegistryException.Reason.FORBIDDEN
            ? Problem.of(
                ProblemCode.PULL_CREDENTIALS_FORBIDDEN,
                source.subject(),
                Map.of("repository", image.repository().toString()))
            : Problem.of(
                ProblemCode.PULL_CREDENTIALS_REJECTED,
                source.subject(),
                Map.of("registry", image.registry()));
    graph.add(
        problem,
        Fact.of(
            FactCode.CREDENTIALS_REJECTED,
            new Subject(Subject.Kind.REGISTRY, image.registry()),
            Map.of("source", source.subject().toString(), "status", status(failure))));
    return problem;
  }

  private Optional<Problem> missing(
      KubernetesObject pod, ImageRef image, List<Source> sources, CauseGraph graph) {
    Subject registry = new Subject(Subject.Kind.REGISTRY, image.registry());
    Subject nobody = new Subject(Subject.Kind.SECRET, "");
    Optional<RegistryException> failure =
        attempts.computeIfAbsent(
            new Attempt(nobody, image), key -> attempt(CredentialProvider.none(), image));
    if (failure.isEmpty()) {
      return Optional.empty();
    }
    Optional<Source> absent = sources.stream().filter(Source::isAbsent).findFirst();
    Subject subject =
        absent
            .or(() -> sources.stream().findFirst())
            .map(Source::subject)
            .orElseGet(() -> new Subject(Subject.Kind.NAMESPACE, pod.namespace().orElse("")));
    Problem problem =
        absent.isPresent()
            ? Problem.of(ProblemCode.PULL_SECRET_NOT_FOUND, subject)
            : Problem.of(
                ProblemCode.PULL_CREDENTIALS_MISSING,
                subject,
                Map.of("registry", image.registry()));
    graph.add(
        problem,
        Fact.of(
            FactCode.CREDENTIALS_NOT_FOUND,
            registry,
            Map.of(
                "sources",
                sources.isEmpty()
                    ? "any pull secret"
                    : sources.stream()
                        .map(source -> source.subject().toString())
                        .collect(Collectors.joining(", ")))),
        Fact.of(
            FactCode.ANONYMOUS_PULL_REJECTED, registry, Map.of("status", status(failure.get()))));
    return Optional.of(problem);
  }

  private static String status(RegistryException failure) {
    return failure.status().isPresent() ? String.valueOf(failure.status().getAsInt()) : "none";
  }

  /** Whether credentials are refused; other failures say nothing about them. */
  private Optional<RegistryException> attempt(CredentialProvider provider, ImageRef image) {
    Optional<RegistryClient> client =
        registries == null ? Optional.empty() : registries.withCredentials(provider);
    if (client.isEmpty()) {
      return Optional.empty();
    }
    try (RegistryClient other = client.get()) {
      other.readManifest(image);
      return Optional.empty();
    } catch (RegistryException e) {
      return Optional.of(e)
          .filter(
              failure ->
                  failure.reason() == RegistryException.Reason.UNAUTHORIZED
                      || failure.reason() == RegistryException.Reason.FORBIDDEN);
    }
  }

  /** Whether parts of an image are missing in the mirror. */
  Optional<Problem> incomplete(ImageRef image, CauseGraph graph) {
    Optional<ImageContent> content = content(image);
    List<Descriptor> missing =
        content.map(found -> missingBlobs(image, found)).orElseGet(() -> missingManifests(image));
    if (missing.isEmpty()) {
      return Optional.empty();
    }
    Problem problem =
        Problem.of(
            ProblemCode.IMAGE_INCOMPLETE_IN_MIRROR,
            Subject.image(image),
            Map.of(
                "count",
                String.valueOf(missing.size()),
                "first",
                missing.get(0).digest().toString()));
    graph.add(problem, presence(image).evidence());
    return Optional.of(problem);
  }

  private List<Descriptor> missingBlobs(ImageRef image, ImageContent content) {
    return lost.computeIfAbsent(
        image,
        key -> {
          List<Descriptor> missing = new ArrayList<>();
          for (Descriptor blob : content.blobs()) {
            if (registries != null
                && registries.findBlob(image.repository(), blob.digest()).isEmpty()) {
              missing.add(blob);
            }
          }
          return missing;
        });
  }

  /** The manifests of platforms that an index names and the mirror does not have. */
  private List<Descriptor> missingManifests(ImageRef image) {
    return lost.computeIfAbsent(
        image,
        key -> {
          if (registries == null) {
            return List.of();
          }
          try {
            List<Descriptor> missing = new ArrayList<>();
            for (Descriptor child : registries.readManifest(image).children()) {
              if (registries.findManifest(image.repository().digest(child.digest())).isEmpty()) {
                missing.add(child);
              }
            }
            return missing;
          } catch (CancelledException e) {
            throw e;
          } catch (AirgapException unreadable) {
            return List.of();
          }
        });
  }

  private Optional<ImageContent> content(ImageRef image) {
    return contents.computeIfAbsent(
        image,
        key -> {
          if (registries == null) {
            return Optional.empty();
          }
          try {
            return Optional.of(ImageContent.read(registries, image, Platforms.all()));
          } catch (CancelledException e) {
            throw e;
          } catch (AirgapException unreadable) {
            return Optional.empty();
          }
        });
  }

  /** Compares the platforms of an image with the platform of the pod's node. */
  Optional<Problem> platform(KubernetesObject pod, ImageRef image, CauseGraph graph) {
    String node = pod.fields().text("spec", "nodeName").orElse("");
    Optional<Platform> wanted = platformOf(node);
    Optional<ImageContent> content = content(image);
    if (wanted.isEmpty() || content.isEmpty()) {
      return Optional.empty();
    }
    Manifest root = content.get().root();
    Set<String> available = new TreeSet<>();
    for (Descriptor child : root.children()) {
      child
          .platform()
          .filter(each -> !each.os().equals("unknown"))
          .ifPresent(each -> available.add(each.toString()));
    }
    if (!root.isIndex()) {
      configured(image, root).ifPresent(each -> available.add(each.toString()));
    }
    boolean fits =
        available.isEmpty()
            || available.stream()
                .map(Platform::parse)
                .anyMatch(
                    each ->
                        each.os().equals(wanted.get().os())
                            && each.architecture().equals(wanted.get().architecture()));
    if (fits) {
      return Optional.empty();
    }
    String platforms = String.join(", ", available);
    Problem problem =
        Problem.of(
            root.isIndex()
                ? ProblemCode.IMAGE_PLATFORM_MISSING
                : ProblemCode.IMAGE_PLATFORM_DIFFERS,
            Subject.image(image),
            Map.of("available", platforms, "platform", wanted.get().toString(), "node", node));
    graph.add(
        problem,
        Fact.of(FactCode.IMAGE_PLATFORMS, Subject.image(image), Map.of("platforms", platforms)),
        Fact.of(
            FactCode.NODE_PLATFORM,
            ClusterState.subject(ResourceType.NODE, null, node),
            Map.of("platform", wanted.get().toString())));
    return Optional.of(problem);
  }

  private Optional<Platform> platformOf(String node) {
    if (node.isEmpty()) {
      return Optional.empty();
    }
    return state
        .find(ResourceType.NODE, null, node)
        .object()
        .map(found -> found.fields().fields("status", "nodeInfo"))
        .flatMap(
            info ->
                info.text("architecture")
                    .map(
                        architecture ->
                            Platform.of(
                                info.text("operatingSystem").orElse("linux"), architecture)));
  }

  /** The platform in the configuration of an image without an index. */
  private Optional<Platform> configured(ImageRef image, Manifest manifest) {
    Optional<Descriptor> config =
        manifest.blobs().stream().findFirst().filter(blob -> blob.size() <= MAX_CONFIG);
    if (config.isEmpty() || registries == null) {
      return Optional.empty();
    }
    try (InputStream in = registries.readBlob(image.repository(), config.get(), 0)) {
      JsonNode json = JSON.readTree(in.readNBytes(MAX_CONFIG));
      String os = json.path("os").asText("");
      String architecture = json.path("architecture").asText("");
      return os.isEmpty() || architecture.isEmpty()
          ? Optional.empty()
          : Optional.of(Platform.of(os, architecture));
    } catch (IOException | RegistryException unreadable) {
      return Optional.empty();
    }
  }
}
