package ai.kubernaut.airgap.chart;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.yaml.InvalidYamlException;
import ai.kubernaut.airgap.yaml.Yaml;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Texts to put in the place of image references in rendered manifests, for references that no value
 * of the chart reaches, and pull secrets for ServiceAccounts. Immutable.
 *
 * <p>A reference is replaced only where it stands as a whole: between quotes, blanks, commas, after
 * {@code --image=} or {@code oci://}, but not as a part of a longer reference or path. A reference
 * of one word, such as {@code postgres}, could be anything; it is replaced only behind a key, an
 * option or an environment variable that speaks of an image. All are replaced at the same time, so
 * that what was put somewhere is not replaced again.
 */
public final class Rewriting {
  private static final String NO_PART = "[^A-Za-z0-9._/:@-]";
  private static final String BEGIN = "(\\A|oci://|docker://|" + NO_PART + ")";

  /** The full stop of a sentence, or a colon behind a reference, is no part of it. */
  private static final String END = "([.:]?(?:" + NO_PART + "|\\z))";

  private static final String BEHIND_IMAGE_KEY =
      "((?i:image)(?:_\\w+)?[\"']?(?:\\s*[:=]|,?\\s*[\"']?value[\"']?\\s*:)\\s*[\"']?)";
  private static final String END_OF_WORD = "([\"']?(?:[\\s,;}\\]]|\\z))";

  private static final String SEPARATOR = "\n---";
  private static final String ACCOUNT = "ServiceAccount";

  private final Map<String, String> texts;
  private final SortedSet<String> pullSecrets;

  private Rewriting(Map<String, String> texts, Collection<String> pullSecrets) {
    this.texts = Collections.unmodifiableMap(new LinkedHashMap<>(texts));
    this.pullSecrets = Collections.unmodifiableSortedSet(new TreeSet<>(pullSecrets));
  }

  /**
   * The rewriting of a chart.
   *
   * @param chart the chart
   * @return its {@link Chart#rewriting()} and its {@link Chart#accountPullSecrets()}
   */
  public static Rewriting of(Chart chart) {
    return new Rewriting(chart.rewriting(), chart.accountPullSecrets());
  }

  /**
   * A rewriting.
   *
   * @param texts from each reference, exactly as the chart renders it, to the text to put there
   * @return the rewriting
   */
  public static Rewriting of(Map<String, String> texts) {
    return new Rewriting(texts, List.of());
  }

  /** {@return whether nothing is rewritten} */
  public boolean isEmpty() {
    return texts.isEmpty() && pullSecrets.isEmpty();
  }

  /** {@return the names of the pull secrets that every ServiceAccount gets, sorted} */
  public SortedSet<String> pullSecrets() {
    return pullSecrets;
  }

  /** {@return the replacement for each reference} */
  public Map<String, String> texts() {
    return texts;
  }

  /**
   * What a reference looks like where it stands as a whole, as a regular expression that means the
   * same to Java and to RE2, the one of Helm's templates. It takes in what stands before and after
   * the reference, its groups 1 and 2, so it has to be applied twice to find two references with
   * one character between them.
   *
   * @param reference the reference as the chart renders it
   * @return the expression
   */
  public static String pattern(String reference) {
    boolean word = reference.chars().noneMatch(c -> c == '/' || c == ':' || c == '@');
    String quoted = Pattern.quote(reference);
    return word ? BEHIND_IMAGE_KEY + quoted + END_OF_WORD : BEGIN + quoted + END;
  }

  /**
   * Rewrites manifests: for a {@link HelmClient} whose Helm hands over what it renders before it
   * goes to the cluster.
   *
   * @param manifests any text
   * @return the text with the references replaced, and with the pull secrets in its
   *     ServiceAccounts, those in a {@code List} included
   */
  public String apply(String manifests) {
    String text = manifests;
    int number = 0;
    for (String reference : texts.keySet()) {
      if (text.contains(reference)) {
        Pattern pattern = Pattern.compile(pattern(reference));
        String token = "$1" + Matcher.quoteReplacement(token(number)) + "$2";
        text = pattern.matcher(text).replaceAll(token);
        text = pattern.matcher(text).replaceAll(token);
      }
      number++;
    }
    number = 0;
    for (String replacement : texts.values()) {
      text = text.replace(token(number++), replacement);
    }
    return pullSecrets.isEmpty() ? text : withPullSecrets(text);
  }

  private String withPullSecrets(String manifests) {
    return Arrays.stream(("\n" + manifests).split(SEPARATOR, -1))
        .map(document -> document.contains(ACCOUNT) ? withPullSecretsInOne(document) : document)
        .collect(Collectors.joining(SEPARATOR))
        .substring(1);
  }

  private String withPullSecretsInOne(String document) {
    Fields fields;
    try {
      fields = Fields.of(Yaml.readMapping("a manifest", document, Yaml.DuplicateKeys.LAST_WINS));
    } catch (InvalidYamlException notOneObject) {
      return document;
    }
    return lacksPullSecrets(fields)
        ? "\n" + Yaml.write(withPullSecrets(fields).content())
        : document;
  }

  /** Whether the object is a ServiceAccount without all of the pull secrets, or lists one. */
  private boolean lacksPullSecrets(Fields object) {
    return ObjectList.of(object)
        .map(list -> list.items().stream().anyMatch(this::lacksPullSecrets))
        .orElseGet(
            () ->
                object.text("kind").orElse("").equals(ACCOUNT)
                    && !PodPullSecrets.names(object).containsAll(pullSecrets));
  }

  private Fields withPullSecrets(Fields object) {
    if (!lacksPullSecrets(object)) {
      return object;
    }
    Optional<ObjectList> list = ObjectList.of(object);
    if (list.isPresent()) {
      return list.get().with(this::withPullSecrets);
    }
    Set<String> present = PodPullSecrets.names(object);
    List<Object> secrets = new ArrayList<>();
    object.list("imagePullSecrets").forEach(secret -> secrets.add(secret.content()));
    pullSecrets.stream()
        .filter(name -> !present.contains(name))
        .forEach(name -> secrets.add(Map.of("name", name)));
    return object.with(secrets, "imagePullSecrets");
  }

  /** What stands for a reference until all are found; no YAML contains it. */
  private static String token(int number) {
    return "\0" + number + "\0";
  }

  /** How many references are replaced. */
  @Override
  public String toString() {
    return "Rewriting of " + texts.size() + " references";
  }
}
