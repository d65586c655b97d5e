package ai.kubernaut.airgap.mirrorrules;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.mirrorrules.MirrorRule.Pulls;
import ai.kubernaut.airgap.mirrorrules.MirrorRule.SourcePolicy;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * All mirror rules that are in force together, and what they mean. Immutable.
 *
 * <p>The meaning is that of the nodes of OpenShift, where the rules become one registries.conf:
 *
 * <ul>
 *   <li>Only the most specific source that matches an image counts, whichever kind of object has
 *       it: a source with mirrors for tags hides a less specific one with mirrors for digests.
 *   <li>A mirror replaces the source in the name; what follows stays.
 *   <li>The mirrors of several objects for one source are merged in their order.
 *   <li>The source itself is last, unless a rule for it has NeverContactSource. Then nothing is
 *       pulled from there, also not where it is the mirror of another source.
 * </ul>
 */
public final class MirrorRules {
  /** What the rules for one source say together. */
  record Entry(
      String source, List<String> digestMirrors, List<String> tagMirrors, boolean blocked) {
    List<String> mirrors(Pulls pulls) {
      return pulls == Pulls.DIGEST ? digestMirrors : tagMirrors;
    }
  }

  private final List<MirrorRule> rules;
  private final List<Entry> entries;

  private MirrorRules(List<MirrorRule> rules) {
    this.rules = List.copyOf(rules);
    Map<String, List<MirrorRule>> bySource = new TreeMap<>();
    rules.stream()
        .filter(rule -> rule.mirrors().stream().anyMatch(mirror -> !mirror.equals(rule.source())))
        .forEach(
            rule -> bySource.computeIfAbsent(rule.source(), source -> new ArrayList<>()).add(rule));
    List<Entry> merged = new ArrayList<>();
    bySource.forEach(
        (source, same) ->
            merged.add(
                new Entry(
                    source,
                    merge(source, same, Pulls.DIGEST),
                    merge(source, same, Pulls.TAG),
                    same.stream()
                        .anyMatch(
                            rule -> rule.sourcePolicy() == SourcePolicy.NEVER_CONTACT_SOURCE))));
    this.entries = List.copyOf(merged);
  }

  private static List<String> merge(String source, List<MirrorRule> rules, Pulls pulls) {
    return MirrorOrder.merge(
        rules.stream().filter(rule -> rule.pulls() == pulls).map(MirrorRule::mirrors).toList(),
        source);
  }

  /**
   * Returns the rules that are in force together.
   *
   * @param rules rules of any number of objects
   * @return the same together
   */
  public static MirrorRules of(List<MirrorRule> rules) {
    return new MirrorRules(rules);
  }

  /**
   * Reads the rules of a cluster: its ImageDigestMirrorSets, ImageTagMirrorSets and
   * ImageContentSourcePolicies.
   *
   * @param cluster the cluster
   * @return the rules; empty on plain Kubernetes
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   */
  public static MirrorRules inCluster(ClusterClient cluster) {
    return of(RuleObjects.read(cluster));
  }

  /** {@return the rules, in the order in which they were given} */
  public List<MirrorRule> rules() {
    return rules;
  }

  /** The rules of each source, sorted by source. */
  List<Entry> entries() {
    return entries;
  }

  /**
   * Returns where a node pulls an image from.
   *
   * @param image the reference as a pod has it
   * @return the locations in the order in which they are tried; the first one that has the image is
   *     used. Empty when no location may be contacted
   */
  public List<ImageRef> locations(ImageRef image) {
    String name = image.repository().toString();
    Set<ImageRef> locations = new LinkedHashSet<>();
    entry(name)
        .ifPresent(
            entry ->
                entry
                    .mirrors(image.digest().isPresent() ? Pulls.DIGEST : Pulls.TAG)
                    .forEach(
                        mirror ->
                            rewrite(image, entry.source(), mirror).ifPresent(locations::add)));
    locations.add(image);
    locations.removeIf(location -> isBlocked(location.repository().toString()));
    return List.copyOf(locations);
  }

  /**
   * Checks that nodes pull the images of a plan from the mirror when pods name them by their source
   * and their digest in the mirror.
   *
   * @param plan the images and their names in the mirror
   * @param pulled the references of pods; those that are no image of the plan by its source and
   *     digest are not checked
   * @return a problem for each image that the rules do not redirect to the mirror
   */
  public List<Problem> problems(MirrorPlan plan, Collection<ImageRef> pulled) {
    return plan.entries().stream()
        .flatMap(
            entry ->
                plan
                    .redirectedReference(entry)
                    .filter(pulled::contains)
                    .flatMap(reference -> problem(reference, entry.target().repository()))
                    .stream())
        .toList();
  }

  /** Whether nodes look in the mirror for a digest of the repository of an image. */
  boolean redirectsDigestOf(MirrorEntry entry) {
    ImageRef any = entry.source().repository().digest(Digest.sha256(new byte[0]));
    return problem(any, entry.target().repository()).isEmpty();
  }

  /**
   * Returns what keeps nodes from pulling an image from a repository of the mirror.
   *
   * @param image the reference as a pod has it
   * @param repository where the mirror has the image
   * @return empty if the rules lead there
   */
  public Optional<Problem> problem(ImageRef image, Repository repository) {
    if (locations(image).stream().anyMatch(one -> one.repository().equals(repository))) {
      return Optional.empty();
    }
    Optional<Problem> blocking = blocking(repository);
    if (blocking.isPresent()) {
      return blocking;
    }
    String mirror = repository.toString();
    return Optional.of(
        entry(image.repository().toString())
            .map(
                entry ->
                    Problem.of(
                        ProblemCode.MIRROR_RULE_SHADOWED,
                        Subject.image(image),
                        Map.of(
                            "mirror",
                            mirror,
                            "source",
                            entry.source(),
                            "objects",
                            objects(rule -> rule.source().equals(entry.source())))))
            .orElseGet(
                () ->
                    Problem.of(
                        ProblemCode.MIRROR_RULE_MISSING,
                        Subject.image(image),
                        Map.of("mirror", mirror))));
  }

  /**
   * Returns what keeps nodes from contacting a repository of the mirror.
   *
   * @param repository the repository
   * @return the problem of the rules with {@code NeverContactSource} for it; empty if there are
   *     none
   */
  public Optional<Problem> blocking(Repository repository) {
    String mirror = repository.toString();
    return entry(mirror)
        .filter(Entry::blocked)
        .map(Entry::source)
        .map(
            source ->
                Problem.of(
                    ProblemCode.MIRROR_BLOCKED,
                    new Subject(
                        Subject.Kind.OBJECT,
                        objects(
                            rule ->
                                rule.source().equals(source)
                                    && rule.sourcePolicy() == SourcePolicy.NEVER_CONTACT_SOURCE)),
                    Map.of("source", source, "mirror", mirror)));
  }

  private String objects(Predicate<MirrorRule> condition) {
    return rules.stream()
        .filter(condition)
        .map(MirrorRule::object)
        .distinct()
        .collect(Collectors.joining(", "));
  }

  /** The most specific source that matches a repository. */
  Optional<Entry> entry(String repository) {
    return entries.stream()
        .filter(entry -> matchedLength(repository, entry.source()) >= 0)
        .max(Comparator.comparingInt(entry -> entry.source().length()));
  }

  private boolean isBlocked(String repository) {
    return entry(repository).filter(Entry::blocked).isPresent();
  }

  private static Optional<ImageRef> rewrite(ImageRef image, String source, String mirror) {
    String name = image.repository().toString();
    String location = mirror + image.toString().substring(matchedLength(name, source));
    try {
      // A short name would be completed to one of docker.io, where no node looks for it.
      return Optional.of(ImageRef.parse(location))
          .filter(parsed -> parsed.toString().equals(location));
    } catch (InvalidReferenceException e) {
      // A mirror that makes no legal reference cannot be pulled from.
      return Optional.empty();
    }
  }

  /** How much of a repository's name a source stands for; -1 when it does not match. */
  static int matchedLength(String repository, String source) {
    if (source.startsWith("*.")) {
      int slash = repository.indexOf('/');
      String host = slash < 0 ? repository : repository.substring(0, slash);
      int colon = host.lastIndexOf(':');
      String domain = colon < 0 || host.endsWith("]") ? host : host.substring(0, colon);
      return domain.endsWith(source.substring(1)) ? domain.length() : -1;
    }
    return repository.equals(source) || repository.startsWith(source + "/") ? source.length() : -1;
  }
}
