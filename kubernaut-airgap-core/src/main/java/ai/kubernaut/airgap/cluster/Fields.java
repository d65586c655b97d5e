package ai.kubernaut.airgap.cluster;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object read by paths of field names, forgiving towards what is missing: Kubernetes objects
 * leave out whatever is empty. Immutable.
 */
public final class Fields {
  private static final Fields EMPTY = new Fields(Map.of());

  private final Map<String, @Nullable Object> content;

  private Fields(Map<String, @Nullable Object> content) {
    this.content = content;
  }

  /**
   * Wraps a tree of maps, lists, texts, numbers, booleans and nulls.
   *
   * @param content the tree, copied
   * @return the same, immutable
   * @throws IllegalArgumentException when the tree holds anything else
   */
  public static Fields of(Map<?, ?> content) {
    return content.isEmpty() ? EMPTY : new Fields(copyMap(content));
  }

  private static Map<String, @Nullable Object> copyMap(Map<?, ?> map) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    map.forEach((key, value) -> copy.put(String.valueOf(key), copyValue(value)));
    return Collections.unmodifiableMap(copy);
  }

  private static @Nullable Object copyValue(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return copyMap(map);
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> copy = new ArrayList<>(list.size());
      list.forEach(element -> copy.add(copyValue(element)));
      return Collections.unmodifiableList(copy);
    }
    if (value == null
        || value instanceof String
        || value instanceof Number
        || value instanceof Boolean) {
      return value;
    }
    throw new IllegalArgumentException(
        "a " + value.getClass().getName() + " has no place in a JSON object");
  }

  /** {@return the whole tree, unmodifiable} */
  public Map<String, @Nullable Object> content() {
    return content;
  }

  /**
   * The value at a path.
   *
   * @param path field names from the outside in
   * @return empty when a part of the path is missing, null, or no object
   */
  public Optional<Object> value(String... path) {
    @Nullable Object at = content;
    for (String name : path) {
      at = at instanceof Map<?, ?> map ? map.get(name) : null;
    }
    return Optional.ofNullable(at);
  }

  /**
   * The text at a path.
   *
   * @param path field names from the outside in
   * @return the text, or a number or boolean as text; empty when there is none of these
   */
  public Optional<String> text(String... path) {
    return value(path)
        .filter(value -> !(value instanceof Map) && !(value instanceof List))
        .map(Object::toString);
  }

  /**
   * The whole number at a path.
   *
   * @param path field names from the outside in
   * @return empty when there is no number
   */
  public OptionalLong number(String... path) {
    Object value = value(path).orElse(null);
    return value instanceof Number number
        ? OptionalLong.of(number.longValue())
        : OptionalLong.empty();
  }

  /**
   * Whether the boolean at a path is true.
   *
   * @param path field names from the outside in
   * @return false also when there is none
   */
  public boolean flag(String... path) {
    return value(path).filter(Boolean.TRUE::equals).isPresent();
  }

  /**
   * The object at a path.
   *
   * @param path field names from the outside in
   * @return without any field when there is none
   */
  public Fields fields(String... path) {
    return value(path).orElse(null) instanceof Map<?, ?> map ? of(map) : EMPTY;
  }

  /**
   * The objects in the list at a path.
   *
   * @param path field names from the outside in
   * @return empty when there is no list; elements that are no objects are left out
   */
  public List<Fields> list(String... path) {
    List<Fields> result = new ArrayList<>();
    if (value(path).orElse(null) instanceof List<?> list) {
      for (Object element : list) {
        if (element instanceof Map<?, ?> map) {
          result.add(of(map));
        }
      }
    }
    return List.copyOf(result);
  }

  /**
   * The elements of the list at a path as texts, as verbs, finalizers and scopes are.
   *
   * @param path field names from the outside in
   * @return empty when there is no list
   */
  public List<String> texts(String... path) {
    return value(path).orElse(null) instanceof List<?> list
        ? list.stream().map(String::valueOf).toList()
        : List.of();
  }

  /**
   * The object at a path as a map of texts, as labels, annotations and Secret data are.
   *
   * @param path field names from the outside in
   * @return empty when there is no object; null values are left out
   */
  public Map<String, String> strings(String... path) {
    Map<String, String> result = new LinkedHashMap<>();
    fields(path)
        .content
        .forEach(
            (key, value) -> {
              if (value != null) {
                result.put(key, value.toString());
              }
            });
    return Collections.unmodifiableMap(result);
  }

  /**
   * A copy with one value replaced or added; objects on the way are made where they are missing.
   *
   * @param value what to put there
   * @param path field names from the outside in, at least one
   * @return the changed copy
   */
  public Fields with(Object value, String... path) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>(content);
    if (path.length == 1) {
      copy.put(path[0], value);
    } else {
      String[] rest = new String[path.length - 1];
      System.arraycopy(path, 1, rest, 0, rest.length);
      copy.put(path[0], fields(path[0]).with(value, rest).content);
    }
    return of(copy);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Fields that && content.equals(that.content);
  }

  @Override
  public int hashCode() {
    return Objects.hash(content);
  }

  /** The names of the fields alone: the values may be secret. */
  @Override
  public String toString() {
    return "Fields" + content.keySet();
  }
}
