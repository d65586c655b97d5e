package ai.kubernaut.airgap.chart;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.io.ScratchDirectory;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.yaml.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What turns a chart's image references to the mirror: values, which the guide, step 4b, has people
 * write into {@code values-airgap.yaml} by hand, and for what they do not reach, references that
 * are rewritten in the rendered manifests. It is found by {@link
 * ai.kubernaut.airgap.overlay.MirrorProver}. Immutable.
 */
public final class Overlay {
  private final Fields values;
  private final Map<String, String> settings;
  private final List<RewrittenReference> rewrites;
  private final SortedSet<String> accountPullSecrets;

  private Overlay(
      Fields values,
      Map<String, String> settings,
      Collection<RewrittenReference> rewrites,
      Collection<String> accountPullSecrets) {
    this.values = values;
    this.settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    this.rewrites = List.copyOf(rewrites);
    this.accountPullSecrets = Collections.unmodifiableSortedSet(new TreeSet<>(accountPullSecrets));
  }

  /**
   * Creates an overlay.
   *
   * @param values a tree as Helm takes it
   * @param settings the strings that are set for the sake of references, by keys as for {@code helm
   *     --set}
   * @param rewrites the references that are rewritten in the rendered manifests
   * @return the overlay
   */
  public static Overlay of(
      Map<String, ? extends @Nullable Object> values,
      Map<String, String> settings,
      Collection<RewrittenReference> rewrites) {
    return new Overlay(Fields.of(values), settings, rewrites, List.of());
  }

  /**
   * Replaces the references that are rewritten.
   *
   * @param references the references
   * @return the same values with these references
   */
  public Overlay rewriting(Collection<RewrittenReference> references) {
    return new Overlay(values, settings, references, accountPullSecrets);
  }

  /**
   * Adds the names of pull secrets to {@code global.imagePullSecrets}.
   *
   * @param present the elements that the value of the chart has so far, which stay
   * @param names the names of Secrets
   * @return the overlay with the names; the same overlay when there are none
   */
  public Overlay pullSecrets(List<?> present, Set<String> names) {
    if (names.isEmpty()) {
      return this;
    }
    // Some charts list the names themselves.
    boolean plain = !present.isEmpty() && present.stream().allMatch(String.class::isInstance);
    List<Object> list = new ArrayList<>(present);
    for (String name : new TreeSet<>(names)) {
      Object element = plain ? name : Map.of("name", name);
      if (!list.contains(element)) {
        list.add(element);
      }
    }
    return new Overlay(
        values.with(list, "global", "imagePullSecrets"), settings, rewrites, accountPullSecrets);
  }

  /**
   * Adds pull secrets to the ServiceAccounts of the chart, for pods that no value of the chart
   * gives any.
   *
   * @param names the names of Secrets
   * @return the overlay with these names, as {@link Chart#accountPullSecrets()}
   */
  public Overlay accountPullSecrets(Set<String> names) {
    return new Overlay(values, settings, rewrites, names);
  }

  /** {@return the names of the pull secrets that the ServiceAccounts of the chart get, sorted} */
  public SortedSet<String> accountPullSecrets() {
    return accountPullSecrets;
  }

  /** {@return the values as Helm accepts them, unmodifiable} */
  public Map<String, @Nullable Object> values() {
    return values.content();
  }

  /**
   * Returns the strings that are set to redirect references. The other values are pull secrets, and
   * the other elements of the same lists.
   *
   * @return the new string for each key, with keys as for {@code helm --set}
   */
  public Map<String, String> settings() {
    return settings;
  }

  /**
   * {@return the references that are rewritten in the rendered manifests: from each reference, as
   * the chart renders it with the values, to its replacement}
   */
  public Map<String, String> rewriting() {
    Map<String, String> rewriting = new LinkedHashMap<>();
    rewrites.forEach(rewrite -> rewriting.put(rewrite.from(), rewrite.to()));
    return Collections.unmodifiableMap(rewriting);
  }

  /**
   * {@return the references of {@link #rewriting()} in the same order, with the reasons why no
   * value sets them}
   */
  public List<RewrittenReference> rewrites() {
    return rewrites;
  }

  /** {@return the values as a YAML document for {@code helm -f}} */
  public String toYaml() {
    return Yaml.write(values.content());
  }

  /**
   * Uses a chart with this overlay over all of its values. The values are in a temporary file, the
   * owner's alone, which is gone afterwards.
   *
   * @param <T> what the use gives
   * @param chart the chart and its layers
   * @param use given the chart with the overlay, to render or install it
   * @return what the use gave
   */
  public <T> T over(Chart chart, Function<Chart, T> use) {
    try (ScratchDirectory scratch = ScratchDirectory.create()) {
      Path file = Files.writeString(scratch.path().resolve("values-airgap.yaml"), toYaml());
      return use.apply(
          // Helm puts --set over every file.
          chart
              .withoutSettings(setting -> sets(values.content(), setting.path()))
              .values(file)
              .rewriting(rewriting())
              .accountPullSecrets(accountPullSecrets));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the overlay could not be kept in the temporary directory for Helm to read", e);
    }
  }

  /** Lists are replaced as a whole, so a setting of an element is in the new list already. */
  private static boolean sets(@Nullable Object value, List<String> path) {
    if (path.isEmpty()) {
      return !(value instanceof Map);
    }
    String key = path.get(0);
    int bracket = key.indexOf('[');
    if (bracket >= 0) {
      return value instanceof Map<?, ?> map && map.get(key.substring(0, bracket)) instanceof List;
    }
    return value instanceof Map<?, ?> map
        && map.containsKey(key)
        && sets(map.get(key), path.subList(1, path.size()));
  }

  /**
   * {@return a fact for each value that is set, each reference that is rewritten, and each pull
   * secret that is added to ServiceAccounts}
   */
  public List<Fact> facts() {
    List<Fact> facts = new ArrayList<>();
    settings.forEach(
        (value, text) ->
            facts.add(
                Fact.of(
                    FactCode.VALUE_SET,
                    new Subject(Subject.Kind.VALUE, value),
                    Map.of("text", text))));
    for (RewrittenReference rewrite : rewrites) {
      facts.add(
          Fact.of(
              FactCode.REFERENCE_REWRITTEN,
              new Subject(Subject.Kind.IMAGE, rewrite.from()),
              Map.of("to", rewrite.to(), "reason", rewrite.reason().explanation())));
    }
    for (String name : accountPullSecrets) {
      facts.add(
          Fact.of(
              FactCode.PULL_SECRET_IN_ACCOUNTS, new Subject(Subject.Kind.SECRET, name), Map.of()));
    }
    return List.copyOf(facts);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Overlay overlay
        && values.content().equals(overlay.values.content())
        && settings.equals(overlay.settings)
        && rewrites.equals(overlay.rewrites)
        && accountPullSecrets.equals(overlay.accountPullSecrets);
  }

  @Override
  public int hashCode() {
    return Objects.hash(values.content(), settings, rewrites, accountPullSecrets);
  }

  /** The names of the outermost keys alone: lists that are replaced as a whole may hold secrets. */
  @Override
  public String toString() {
    return "Overlay" + values.content().keySet();
  }
}
