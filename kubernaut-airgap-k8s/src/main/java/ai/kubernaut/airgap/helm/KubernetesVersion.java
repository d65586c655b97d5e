package ai.kubernaut.airgap.helm;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A released version of Kubernetes, 1.x.y.
 *
 * @param minor the minor version
 * @param patch the patch version
 */
record KubernetesVersion(int minor, int patch) implements Comparable<KubernetesVersion> {
  private static final Pattern VERSION =
      Pattern.compile("(?<![\\w.])v?1\\.(\\d{1,3})(?:\\.(\\d{1,3}))?(?![\\w.]*/)");

  private static final Pattern COMPARES = Pattern.compile("semver|KubeVersion");
  private static final Pattern COMPARES_MINOR = Pattern.compile("KubeVersion\\.Minor");
  private static final Pattern NUMBER = Pattern.compile("(?<![\\w.\"-])(\\d{1,3})(?![\\w.\"])");

  /** Parses a version such as {@code 1.31.0}. */
  static KubernetesVersion parse(String text) {
    Matcher matcher = VERSION.matcher(text);
    if (!matcher.lookingAt()) {
      throw new IllegalArgumentException("invalid Kubernetes version '" + text + "'");
    }
    return of(matcher);
  }

  private static KubernetesVersion of(Matcher matcher) {
    return new KubernetesVersion(
        Integer.parseInt(matcher.group(1)),
        matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2)));
  }

  /** The versions that an action of a template compares the cluster's with. */
  static Set<KubernetesVersion> comparedIn(String action) {
    Set<KubernetesVersion> versions = new LinkedHashSet<>();
    if (COMPARES.matcher(action).find()) {
      for (String constant : TemplateText.constants(action)) {
        Matcher matcher = VERSION.matcher(constant);
        while (matcher.find()) {
          versions.add(of(matcher));
        }
      }
    }
    if (COMPARES_MINOR.matcher(action).find()) {
      Matcher matcher = NUMBER.matcher(action);
      while (matcher.find()) {
        versions.add(new KubernetesVersion(Integer.parseInt(matcher.group(1)), 0));
      }
    }
    return versions;
  }

  /**
   * Chooses versions so that, together with a default one, there is one below, at and above every
   * threshold.
   *
   * @param thresholds the versions that templates compare with
   * @param defaultVersion the version that is there anyway
   * @return the other versions, sorted
   */
  static List<KubernetesVersion> onAllSidesOf(
      Set<KubernetesVersion> thresholds, KubernetesVersion defaultVersion) {
    Set<KubernetesVersion> candidates = new TreeSet<>();
    for (KubernetesVersion threshold : thresholds) {
      candidates.add(new KubernetesVersion(Math.max(0, threshold.minor() - 1), 0));
      candidates.add(threshold);
      candidates.add(new KubernetesVersion(threshold.minor() + 1, 0));
      candidates.add(new KubernetesVersion(threshold.minor(), threshold.patch() + 1));
    }
    Set<List<Integer>> sides = new HashSet<>();
    sides.add(sides(defaultVersion, thresholds));
    List<KubernetesVersion> chosen = new ArrayList<>();
    for (KubernetesVersion candidate : candidates) {
      if (sides.add(sides(candidate, thresholds))) {
        chosen.add(candidate);
      }
    }
    return chosen;
  }

  /** On which side of each threshold a version is. */
  private static List<Integer> sides(KubernetesVersion version, Set<KubernetesVersion> thresholds) {
    return thresholds.stream()
        .sorted()
        .map(threshold -> Integer.signum(version.compareTo(threshold)))
        .toList();
  }

  @Override
  public int compareTo(KubernetesVersion other) {
    return minor == other.minor
        ? Integer.compare(patch, other.patch)
        : Integer.compare(minor, other.minor);
  }

  /** The version as Helm takes it. */
  @Override
  public String toString() {
    return "1." + minor + "." + patch;
  }
}
