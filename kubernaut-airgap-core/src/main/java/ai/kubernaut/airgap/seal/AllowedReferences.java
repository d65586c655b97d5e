package ai.kubernaut.airgap.seal;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** The references that pods may have. They are compared as text, as pods contain them. */
final class AllowedReferences {
  private static final String DOCKER_HUB = "docker.io/";
  private static final String DOCKER_HUB_LIBRARY = DOCKER_HUB + "library/";

  private AllowedReferences() {}

  /** The references for a plan and for other plans, sorted. */
  static SortedSet<String> of(MirrorPlan plan, SealOptions options) {
    List<MirrorPlan> plans = new ArrayList<>(options.otherPlans());
    plans.add(plan);
    SortedSet<String> allowed = new TreeSet<>();
    for (MirrorPlan each : plans) {
      for (MirrorEntry entry : each.entries()) {
        addTarget(each, entry, allowed);
        if (options.sourceDigests()) {
          addSource(each, entry, allowed);
        }
      }
    }
    return allowed;
  }

  private static void addTarget(MirrorPlan plan, MirrorEntry entry, SortedSet<String> allowed) {
    ImageRef target = entry.target();
    allowed.add(target.toString());
    allowed.add(entry.pullReference().toString());
    plan.expectedDigest(entry)
        .ifPresent(
            digest -> {
              allowed.add(target.withDigest(digest).toString());
              allowed.add(target.repository().digest(digest).toString());
            });
  }

  /** Where platforms are left out, the mirror has another digest than the source. */
  private static void addSource(MirrorPlan plan, MirrorEntry entry, SortedSet<String> allowed) {
    Set<Digest> digests = new TreeSet<>();
    entry.digest().ifPresent(digests::add);
    plan.expectedDigest(entry).ifPresent(digests::add);
    for (Digest digest : digests) {
      for (String name : names(entry.source().repository())) {
        allowed.add(name + "@" + digest);
        entry.source().tagOrLatest().ifPresent(tag -> allowed.add(name + ":" + tag + "@" + digest));
      }
    }
  }

  /** The names of a repository, for Docker Hub also the short ones. */
  private static List<String> names(Repository repository) {
    String full = repository.toString();
    List<String> names = new ArrayList<>(List.of(full));
    for (String prefix : List.of(DOCKER_HUB, DOCKER_HUB_LIBRARY)) {
      if (full.startsWith(prefix)) {
        names.add(full.substring(prefix.length()));
      }
    }
    return names;
  }
}
