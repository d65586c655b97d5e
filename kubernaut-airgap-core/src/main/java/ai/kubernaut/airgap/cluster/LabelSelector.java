package ai.kubernaut.airgap.cluster;

import ai.kubernaut.airgap.common.PrintableText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A label selector of Kubernetes, with equality-based and set-based requirements, for example
 * {@code app.kubernetes.io/instance=kubernaut,tier in (api,worker),!canary}. An empty selector
 * selects every object. Immutable.
 */
public final class LabelSelector {
  private enum Operator {
    IN,
    NOT_IN,
    EXISTS,
    DOES_NOT_EXIST
  }

  private record Requirement(String key, Operator operator, NavigableSet<String> values) {
    boolean matches(Map<String, String> labels) {
      String value = labels.get(key);
      return switch (operator) {
        case IN -> value != null && values.contains(value);
        case NOT_IN -> value == null || !values.contains(value);
        case EXISTS -> value != null;
        case DOES_NOT_EXIST -> value == null;
      };
    }

    @Override
    public String toString() {
      boolean isSingle = values.size() == 1;
      String list = String.join(",", values);
      return switch (operator) {
        case IN -> isSingle ? key + "=" + list : key + " in (" + list + ")";
        case NOT_IN -> isSingle ? key + "!=" + list : key + " notin (" + list + ")";
        case EXISTS -> key;
        case DOES_NOT_EXIST -> "!" + key;
      };
    }
  }

  private static final Pattern BETWEEN_REQUIREMENTS = Pattern.compile(",(?![^(]*\\))");
  private static final Pattern SET = Pattern.compile("(\\S+)\\s+(in|notin)\\s*\\(([^()]*)\\)");
  private static final Pattern EQUALITY = Pattern.compile("([^!=\\s]+)\\s*(==|=|!=)\\s*(.*)");
  private static final String NAME = "[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";
  private static final Pattern KEY =
      Pattern.compile(
          "(?:(?=.{1,253}/)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*/)?"
              + NAME);
  private static final Pattern VALUE = Pattern.compile("(?:" + NAME + ")?");

  private final List<Requirement> requirements;

  private LabelSelector(List<Requirement> requirements) {
    this.requirements = List.copyOf(requirements);
  }

  /** {@return the selector that selects every object} */
  public static LabelSelector everything() {
    return new LabelSelector(List.of());
  }

  /**
   * Parses a selector, as {@code kubectl --selector} accepts it.
   *
   * @param text requirements separated by commas: {@code key=value}, {@code key==value}, {@code
   *     key!=value}, {@code key in (a,b)}, {@code key notin (a,b)}, {@code key}, {@code !key};
   *     empty to select every object
   * @return the selector
   * @throws IllegalArgumentException when the text is not a selector; the message says why
   */
  public static LabelSelector parse(String text) {
    List<Requirement> requirements = new ArrayList<>();
    if (!text.isBlank()) {
      for (String term : BETWEEN_REQUIREMENTS.split(text, -1)) {
        requirements.add(requirement(text, term.strip()));
      }
    }
    return new LabelSelector(requirements);
  }

  /**
   * Reads the selector of a workload.
   *
   * @param selector a field with {@code matchLabels} and {@code matchExpressions}, such as {@code
   *     spec.selector} of a Deployment
   * @return the selector; one that is empty selects every object
   * @throws IllegalArgumentException when the field has an operator that does not exist
   */
  public static LabelSelector of(Fields selector) {
    List<Requirement> requirements = new ArrayList<>();
    selector
        .strings("matchLabels")
        .forEach(
            (key, value) ->
                requirements.add(new Requirement(key, Operator.IN, new TreeSet<>(List.of(value)))));
    for (Fields expression : selector.list("matchExpressions")) {
      String operator = expression.text("operator").orElse("");
      requirements.add(
          new Requirement(
              expression.text("key").orElse(""),
              switch (operator) {
                case "In" -> Operator.IN;
                case "NotIn" -> Operator.NOT_IN;
                case "Exists" -> Operator.EXISTS;
                case "DoesNotExist" -> Operator.DOES_NOT_EXIST;
                default ->
                    throw new IllegalArgumentException(
                        "invalid operator '" + operator + "' in the selector " + selector);
              },
              new TreeSet<>(expression.texts("values"))));
    }
    return new LabelSelector(requirements);
  }

  private static Requirement requirement(String text, String term) {
    Matcher set = SET.matcher(term);
    if (set.matches()) {
      if (set.group(3).isBlank()) {
        throw invalid(text, "'" + PrintableText.of(term) + "' needs at least one value");
      }
      NavigableSet<String> values = new TreeSet<>();
      for (String value : set.group(3).split(",", -1)) {
        values.add(value(text, value.strip()));
      }
      return new Requirement(
          key(text, set.group(1)),
          set.group(2).equals("in") ? Operator.IN : Operator.NOT_IN,
          values);
    }
    Matcher equality = EQUALITY.matcher(term);
    if (equality.matches()) {
      return new Requirement(
          key(text, equality.group(1)),
          equality.group(2).equals("!=") ? Operator.NOT_IN : Operator.IN,
          new TreeSet<>(List.of(value(text, equality.group(3)))));
    }
    return term.startsWith("!")
        ? new Requirement(
            key(text, term.substring(1).strip()), Operator.DOES_NOT_EXIST, new TreeSet<>())
        : new Requirement(key(text, term), Operator.EXISTS, new TreeSet<>());
  }

  private static String key(String text, String key) {
    if (KEY.matcher(key).matches()) {
      return key;
    }
    throw invalid(
        text,
        "'"
            + PrintableText.of(key)
            + "' is not a label key: up to 63 letters, digits, '-', '_' and '.', which start and end with a letter or digit,"
            + " after an optional DNS name and '/'");
  }

  private static String value(String text, String value) {
    if (VALUE.matcher(value).matches()) {
      return value;
    }
    throw invalid(
        text,
        "'"
            + PrintableText.of(value)
            + "' is not a label value: up to 63 letters, digits, '-', '_' and '.', which start and end with a letter or digit");
  }

  private static IllegalArgumentException invalid(String text, String reason) {
    return new IllegalArgumentException(
        "invalid label selector '"
            + PrintableText.of(text)
            + "': "
            + reason
            + "; write for example app.kubernetes.io/instance=kubernaut");
  }

  /**
   * Returns whether an object with some labels is selected.
   *
   * @param labels the labels of the object
   * @return whether they meet all requirements
   */
  public boolean matches(Map<String, String> labels) {
    return requirements.stream().allMatch(requirement -> requirement.matches(labels));
  }

  /** {@return whether every object is selected} */
  public boolean isEmpty() {
    return requirements.isEmpty();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LabelSelector selector && requirements.equals(selector.requirements);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(requirements);
  }

  /** {@return the selector in the form that the API server and {@link #parse} accept} */
  @Override
  public String toString() {
    return requirements.stream().map(Requirement::toString).collect(Collectors.joining(","));
  }
}
