package ai.kubernaut.airgap.examples.lab.cluster;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the kubelet knows of one pod. It belongs to the event loop's thread. */
final class PodWork {
  /** How far the pod has come. */
  enum State {
    NOT_STARTED,
    RUNNING,
    READY,
    CRASHED,
    SUCCEEDED,
    FAILED
  }

  /** Why the current container does not start. */
  record Waiting(String reason, String message) {}

  final String startTime = Store.now();
  final Map<String, PulledImage> pulled = new HashMap<>();
  final Set<String> started = new HashSet<>();

  /** What has been told by an Event and need not be told again. */
  final Set<String> told = new HashSet<>();

  State state = State.NOT_STARTED;
  Optional<String> node = Optional.empty();
  String hostAddress = "";
  String current = "";
  Optional<Waiting> waiting = Optional.empty();
  boolean mounted;
  boolean pulling;
  int failures;

  boolean hasEnded() {
    return state == State.SUCCEEDED || state == State.FAILED;
  }
}
