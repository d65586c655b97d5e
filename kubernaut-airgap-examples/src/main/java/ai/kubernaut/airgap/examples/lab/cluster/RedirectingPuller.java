package ai.kubernaut.airgap.examples.lab.cluster;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import ai.kubernaut.airgap.mirrorrules.MirrorRule;
import ai.kubernaut.airgap.mirrorrules.MirrorRules;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Pulls through the mirror rules of the cluster, as CRI-O does: location by location, until one has
 * the image. The image keeps its source name. A change of the rules reaches the nodes after the
 * time of a rollout.
 */
final class RedirectingPuller implements ImagePuller {
  private final ClusterObjects store;
  private final ImagePuller puller;
  private final AtomicInteger changes = new AtomicInteger();
  private volatile List<MirrorRule> inForce = List.of();
  private volatile List<MirrorRule> placed = List.of();

  private RedirectingPuller(ClusterObjects store, ImagePuller puller) {
    this.store = store;
    this.puller = puller;
  }

  static RedirectingPuller start(
      ClusterObjects store, EventLoop loop, Duration rollout, ImagePuller puller) {
    RedirectingPuller redirecting = new RedirectingPuller(store, puller);
    store.addListener(
        change -> {
          if (ResourceKinds.MIRROR_RULES.contains(change.kind())) {
            redirecting.changes.incrementAndGet();
            loop.schedule(
                rollout,
                () -> {
                  redirecting.reload();
                  redirecting.changes.decrementAndGet();
                });
          }
        });
    redirecting.reload();
    return redirecting;
  }

  /** Whether the nodes have all changes of the rules. */
  boolean isUpdated(ClusterObjects current) {
    return changes.get() == 0 && inForce.equals(read(current));
  }

  /** Places a registries.conf on the nodes. */
  void place(String registriesConf) {
    placed = RegistriesConf.read(registriesConf);
  }

  private void reload() {
    inForce = read(store);
  }

  private static List<MirrorRule> read(ClusterObjects objects) {
    List<MirrorRule> all = new ArrayList<>();
    for (ResourceKind kind : ResourceKinds.MIRROR_RULES) {
      for (JsonNode object :
          objects.list(kind, "").stream().sorted(Comparator.comparing(Json::name)).toList()) {
        for (JsonNode list : object.path("spec")) {
          list.forEach(rule -> all.add(rule(kind, object, rule)));
        }
      }
    }
    return List.copyOf(all);
  }

  private static MirrorRule rule(ResourceKind kind, JsonNode object, JsonNode rule) {
    return MirrorRule.builder()
        .object(kind.kind() + " " + Json.name(object))
        .pulls(
            kind.equals(ResourceKinds.TAG_MIRRORS) ? MirrorRule.Pulls.TAG : MirrorRule.Pulls.DIGEST)
        .source(Json.text(rule, "/source"))
        .addAllMirrors(Json.texts(rule.path("mirrors")))
        .sourcePolicy(
            Json.text(rule, "/mirrorSourcePolicy").equals("NeverContactSource")
                ? MirrorRule.SourcePolicy.NEVER_CONTACT_SOURCE
                : MirrorRule.SourcePolicy.ALLOW_CONTACTING_SOURCE)
        .build();
  }

  @Override
  public PulledImage pull(String imageReference, List<String> dockerConfigJsons)
      throws PullFailure {
    return pull(imageReference, dockerConfigJsons, "amd64");
  }

  @Override
  public PulledImage pull(
      String imageReference, List<String> dockerConfigJsons, String architecture)
      throws PullFailure {
    ImageRef image;
    try {
      image = ImageRef.parse(imageReference);
    } catch (InvalidReferenceException e) {
      return puller.pull(imageReference, dockerConfigJsons, architecture);
    }
    List<ImageRef> locations =
        MirrorRules.of(Stream.concat(inForce.stream(), placed.stream()).toList()).locations(image);
    if (locations.equals(List.of(image))) {
      return puller.pull(imageReference, dockerConfigJsons, architecture);
    }
    List<String> failures = new ArrayList<>();
    for (ImageRef location : locations) {
      try {
        String id = puller.pull(location.toString(), dockerConfigJsons, architecture).imageId();
        int at = id.indexOf('@');
        return new PulledImage(at < 0 ? id : image.repository() + id.substring(at));
      } catch (PullFailure e) {
        failures.add(location + ": " + e.getMessage());
      }
    }
    throw new PullFailure(
        failures.isEmpty()
            ? "registry " + image.registry() + " is blocked in registries.conf"
            : String.join("; ", failures));
  }
}
