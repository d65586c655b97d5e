package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Compares the containers of two verifications. */
final class OriginComparison {
  private final List<ContainerOrigin> before;
  private final List<ContainerOrigin> after;
  private final List<Fact> changes = new ArrayList<>();

  OriginComparison(List<ContainerOrigin> before, List<ContainerOrigin> after) {
    this.before = before.stream().filter(OriginComparison::counts).toList();
    this.after = after.stream().filter(OriginComparison::counts).toList();
  }

  private static boolean counts(ContainerOrigin origin) {
    return origin.owner().filter(owner -> owner.startsWith("Job/")).isEmpty();
  }

  List<Fact> changes() {
    comparePods();
    compareContainers();
    compareImages();
    return List.copyOf(changes);
  }

  private void comparePods() {
    SortedMap<String, Optional<String>> old = pods(before);
    SortedMap<String, Optional<String>> now = pods(after);
    TreeSet<String> all = new TreeSet<>(old.keySet());
    all.addAll(now.keySet());
    for (String pod : all) {
      Subject subject = new Subject(Subject.Kind.POD, pod);
      if (!old.containsKey(pod)) {
        changes.add(Fact.of(FactCode.POD_ADDED, subject));
      } else if (!now.containsKey(pod)) {
        changes.add(Fact.of(FactCode.POD_GONE, subject));
      } else if (isOther(old.get(pod), now.get(pod))) {
        changes.add(Fact.of(FactCode.POD_REPLACED, subject));
      }
    }
  }

  private static boolean isOther(Optional<String> before, Optional<String> after) {
    return before.isPresent() && after.isPresent() && !before.equals(after);
  }

  private static SortedMap<String, Optional<String>> pods(List<ContainerOrigin> origins) {
    SortedMap<String, Optional<String>> pods = new TreeMap<>();
    origins.forEach(origin -> pods.put(origin.namespace() + "/" + origin.pod(), origin.podUid()));
    return pods;
  }

  private void compareContainers() {
    Map<String, ContainerOrigin> old = new TreeMap<>();
    before.forEach(origin -> old.put(origin.path(), origin));
    SortedMap<String, ContainerOrigin> now = new TreeMap<>();
    after.forEach(origin -> now.put(origin.path(), origin));
    now.forEach(
        (path, current) -> {
          ContainerOrigin earlier = old.get(path);
          if (earlier != null) {
            compare(new Subject(Subject.Kind.CONTAINER, path), earlier, current);
          }
        });
  }

  private void compare(Subject subject, ContainerOrigin earlier, ContainerOrigin current) {
    if (!earlier.requested().equals(current.requested())) {
      changes.add(
          Fact.of(
              FactCode.CONTAINER_IMAGE_CHANGED,
              subject,
              Map.of("before", earlier.requested(), "after", current.requested())));
    }
    if (!earlier.running().equals(current.running())) {
      changes.add(
          Fact.of(
              FactCode.CONTAINER_DIGEST_CHANGED,
              subject,
              Map.of("before", text(earlier.running()), "after", text(current.running()))));
    }
    int restarts =
        isOther(earlier.podUid(), current.podUid())
            ? current.restarts()
            : current.restarts() - earlier.restarts();
    if (restarts > 0) {
      changes.add(
          Fact.of(
              FactCode.CONTAINER_RESTARTED, subject, Map.of("times", String.valueOf(restarts))));
    }
  }

  private static String text(Optional<Digest> digest) {
    return digest.map(Digest::toString).orElse("no known digest");
  }

  /** The pods of a Deployment get other names, so their images are compared without them. */
  private void compareImages() {
    SortedMap<ImageRef, Set<Digest>> old = digests(before);
    digests(after)
        .forEach(
            (image, now) -> {
              Set<Digest> earlier = old.get(image);
              if (earlier != null && !earlier.equals(now)) {
                changes.add(
                    Fact.of(
                        FactCode.RUNNING_DIGESTS_CHANGED,
                        Subject.image(image),
                        Map.of("before", text(earlier), "after", text(now))));
              }
            });
  }

  private static String text(Set<Digest> digests) {
    return digests.stream().map(Digest::toString).collect(Collectors.joining(", "));
  }

  private static SortedMap<ImageRef, Set<Digest>> digests(List<ContainerOrigin> origins) {
    SortedMap<ImageRef, Set<Digest>> digests = new TreeMap<>();
    for (ContainerOrigin origin : origins) {
      if (origin.mirror().isPresent() && origin.running().isPresent()) {
        digests
            .computeIfAbsent(origin.mirror().get(), image -> new TreeSet<>())
            .add(origin.running().get());
      }
    }
    return digests;
  }
}
