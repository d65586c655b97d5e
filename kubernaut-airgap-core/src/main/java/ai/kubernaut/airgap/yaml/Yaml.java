package ai.kubernaut.airgap.yaml;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.ConstructNode;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.RepresentToNode;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.constructor.StandardConstructor;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.ConstructorException;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.representer.StandardRepresenter;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Reads and writes single YAML documents that hold what JSON can hold. No exception quotes a
 * document: it may hold secrets. Texts of more than {@link #MAX_CHARACTERS} characters, or {@link
 * #MAX_LINE} in one line, more than 50 aliases of collections, more than {@link #MAX_VALUES} values
 * with the aliases written out, more than {@link #MAX_DEPTH} levels, and numbers of more than
 * {@link #MAX_DIGITS} characters are refused: input from elsewhere must exhaust neither memory nor
 * wait policy. Thread-safe.
 */
public final class Yaml {
  /**
   * The most characters a document may have: 64 Mi, since a rendered chart holds whole dashboards
   * and migrations.
   */
  public static final int MAX_CHARACTERS = 64 << 20;

  /**
   * The most characters a line may have: 2 Mi. The parser's time grows with the square of a text
   * without line breaks, and no object of Kubernetes may be so large.
   */
  public static final int MAX_LINE = 2 << 20;

  /**
   * The most keys and values a document may have, and the most values when every alias is counted
   * as what it stands for.
   */
  public static final int MAX_VALUES = 1 << 20;

  /** The most characters a number may have; the time to read one grows with their square. */
  public static final int MAX_DIGITS = 1000;

  /** The most levels a document may have; the schemas of custom resources have some forty. */
  public static final int MAX_DEPTH = 100;

  /**
   * Texts that Helm, which reads YAML 1.1, would take for something else: booleans, nulls, merge
   * keys, and whatever begins as a number or a time does.
   */
  private static final Pattern AMBIGUOUS =
      Pattern.compile(
          "(?i)y|n|yes|no|on|off|true|false|null|~|=|<<|[-+]?\\.(inf|nan)|[-+]?\\.?[0-9].*");

  /** The parser's messages that go on with a text from the document. */
  private static final Pattern QUOTING =
      Pattern.compile(
          "(found undefined alias|a constructor for the tag|found undefined tag handle"
              + "|found unacceptable key|hexadecimal numbers|a valid version|recursive .*structure)"
              + ".*",
          Pattern.DOTALL);

  private static final Pattern DUPLICATE_KEY =
      Pattern.compile("(found duplicate key) (.*)", Pattern.DOTALL);

  /** The names of settings; anything else may be a value in the wrong place. */
  private static final Pattern PLAIN_KEY = Pattern.compile("[\\w./-]{1,63}");

  /**
   * What only an escape in double quotes preserves: control characters, other line breaks than the
   * line feed, byte order marks, and white space next to a line feed or at either end.
   */
  private static final Pattern SPECIAL =
      Pattern.compile(
          "[\\x00-\\x09\\x0b-\\x1f\\x7f-\\xa0\\u2028\\u2029\\ufeff\\ufffe\\uffff]"
              + "|^\\s| \\n| $");

  /** Whether a key may stand twice in one mapping. */
  public enum DuplicateKeys {
    /** They are an error, as YAML says. */
    REFUSED,
    /** The last one counts, as for Helm. */
    LAST_WINS
  }

  private Yaml() {}

  /**
   * Reads a document that is a mapping.
   *
   * @param source where the text comes from, for messages
   * @param text the document; an empty one is an empty mapping
   * @param duplicateKeys what to do with keys that stand twice
   * @return the mapping, in the document's order
   * @throws InvalidYamlException when it is no YAML, no mapping, or more than the limits allow
   */
  public static Map<?, ?> readMapping(String source, String text, DuplicateKeys duplicateKeys) {
    Object document = read(source, text, duplicateKeys);
    if (document == null) {
      return Map.of();
    }
    if (document instanceof Map<?, ?> mapping) {
      return mapping;
    }
    throw new InvalidYamlException(
        source, "it must be a mapping of keys to values, and is a " + kind(document), null);
  }

  /**
   * Reads a file that holds one mapping.
   *
   * @param file the file, in UTF-8
   * @param duplicateKeys what to do with keys that stand twice
   * @return the mapping, in the file's order
   * @throws InvalidYamlException when the file cannot be read, or as {@link #readMapping(String,
   *     String, DuplicateKeys)}
   */
  public static Map<?, ?> readMapping(Path file, DuplicateKeys duplicateKeys) {
    try {
      if (Files.size(file) > 4L * MAX_CHARACTERS) {
        throw tooLarge(file.toString());
      }
      return readMapping(file.toString(), Files.readString(file), duplicateKeys);
    } catch (NoSuchFileException e) {
      throw new InvalidYamlException(file.toString(), "there is no such file", e);
    } catch (CharacterCodingException e) {
      throw new InvalidYamlException(file.toString(), "it is not written in UTF-8", e);
    } catch (AccessDeniedException e) {
      throw new InvalidYamlException(file.toString(), "this user may not read it", e);
    } catch (IOException e) {
      throw new InvalidYamlException(file.toString(), "it cannot be read: " + e.getMessage(), e);
    }
  }

  private static InvalidYamlException tooLarge(String source) {
    return new InvalidYamlException(
        source, "it has more than " + MAX_CHARACTERS + " characters", null);
  }

  private static @Nullable Object read(String source, String text, DuplicateKeys duplicateKeys) {
    if (text.length() > MAX_CHARACTERS) {
      throw tooLarge(source);
    }
    requireShortLines(source, text);
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(source)
            .setSchema(new ShortNumbers())
            .setAllowDuplicateKeys(duplicateKeys == DuplicateKeys.LAST_WINS)
            .setCodePointLimit(MAX_CHARACTERS)
            .build();
    try {
      Parser parser =
          new CountingParser(source, new ParserImpl(settings, new StreamReader(settings, text)));
      Object document =
          new StandardConstructor(settings)
              .constructSingleDocument(new Composer(settings, parser).getSingleNode());
      requireJson(source, document, 0, 0);
      return document;
    } catch (MarkedYamlEngineException e) {
      String where =
          e.getProblemMark()
              .map(
                  mark ->
                      "line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1) + ": ")
              .orElse("");
      // The exception itself would quote the document, which may hold secrets.
      throw new InvalidYamlException(source, where + withoutContent(e.getProblem()), null);
    } catch (YamlEngineException e) {
      String problem =
          e.getCause() == null
              ? withoutContent(String.valueOf(e.getMessage()))
              : "it has a value that does not fit its tag";
      throw new InvalidYamlException(source, problem, null);
    } catch (StackOverflowError e) {
      throw new InvalidYamlException(source, "it is nested too deeply", e);
    }
  }

  /** What the parser says is wrong, without the parts that repeat what stands in the document. */
  private static String withoutContent(String problem) {
    Matcher duplicate = DUPLICATE_KEY.matcher(problem);
    if (duplicate.matches()) {
      return PLAIN_KEY.matcher(duplicate.group(2)).matches() ? problem : duplicate.group(1);
    }
    return QUOTING.matcher(problem).replaceFirst("$1");
  }

  private static void requireShortLines(String source, String text) {
    int line = 1;
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      if ((end < 0 ? text.length() : end) - start > MAX_LINE) {
        throw new InvalidYamlException(
            source,
            "line " + line + " has more than " + MAX_LINE + " characters; break it up",
            null);
      }
      start = end < 0 ? text.length() : end + 1;
      line++;
    }
  }

  /**
   * Counts a tree's values as if every alias were written out, and refuses what JSON does not have.
   */
  private static int requireJson(String source, @Nullable Object value, int depth, int count) {
    if (depth > MAX_DEPTH) {
      throw new InvalidYamlException(
          source, "it has more than " + MAX_DEPTH + " levels, or an alias inside itself", null);
    }
    int counted = count + 1;
    if (counted > MAX_VALUES) {
      throw new InvalidYamlException(
          source,
          "it has more than " + MAX_VALUES + " values, counting aliases as what they stand for",
          null);
    }
    if (value instanceof Map<?, ?> map) {
      for (Object child : map.values()) {
        counted = requireJson(source, child, depth + 1, counted);
      }
    } else if (value instanceof List<?> list) {
      for (Object child : list) {
        counted = requireJson(source, child, depth + 1, counted);
      }
    } else if (value != null
        && !(value instanceof String)
        && !(value instanceof Number)
        && !(value instanceof Boolean)) {
      throw new InvalidYamlException(
          source, "it has a value that JSON does not have, by !!binary or !!set", null);
    }
    return counted;
  }

  private static String kind(Object document) {
    return document instanceof Iterable ? "list" : "single value";
  }

  /**
   * Writes a mapping as a block-style document that means the same to every reader, Helm's of YAML
   * 1.1 included.
   *
   * @param mapping maps, lists, texts, numbers, booleans and nulls
   * @return the document, ended by a line feed
   */
  public static String write(Map<?, ?> mapping) {
    DumpSettings settings =
        DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setWidth(160)
            .setSchema(new CoreSchema())
            .build();
    return new Dump(settings, new Quoting(settings)).dumpToString(mapping);
  }

  /** Stops before a document of many small values has filled the memory. */
  private static final class CountingParser implements Parser {
    private static final Set<Event.ID> NODES =
        EnumSet.of(Event.ID.Scalar, Event.ID.Alias, Event.ID.SequenceStart, Event.ID.MappingStart);

    private final String source;
    private final Parser parser;
    private int nodes;

    CountingParser(String source, Parser parser) {
      this.source = source;
      this.parser = parser;
    }

    @Override
    public boolean checkEvent(Event.ID choice) {
      return parser.checkEvent(choice);
    }

    @Override
    public Event peekEvent() {
      return parser.peekEvent();
    }

    @Override
    public boolean hasNext() {
      return parser.hasNext();
    }

    @Override
    public Event next() {
      Event event = parser.next();
      if (NODES.contains(event.getEventId()) && ++nodes > MAX_VALUES) {
        throw new InvalidYamlException(
            source, "it has more than " + MAX_VALUES + " keys and values", null);
      }
      return event;
    }
  }

  /** YAML's core schema, for numbers that can be read in no time. */
  private static final class ShortNumbers extends CoreSchema {
    @Override
    public Map<Tag, ConstructNode> getSchemaTagConstructors() {
      Map<Tag, ConstructNode> constructors = new HashMap<>(super.getSchemaTagConstructors());
      for (Tag number : List.of(Tag.INT, Tag.FLOAT)) {
        constructors.computeIfPresent(
            number, (tag, any) -> node -> construct(any, requireShort(node)));
      }
      return constructors;
    }

    private static @Nullable Object construct(ConstructNode number, Node node) {
      try {
        return number.construct(node);
      } catch (NumberFormatException e) {
        throw new ConstructorException(
            null,
            Optional.empty(),
            "found a value that is tagged as a number and is none",
            node.getStartMark());
      }
    }

    private static Node requireShort(Node node) {
      if (node instanceof ScalarNode number && number.getValue().length() > MAX_DIGITS) {
        throw new ConstructorException(
            null,
            Optional.empty(),
            "found a number of more than " + MAX_DIGITS + " characters; quote it if it is a text",
            node.getStartMark());
      }
      return node;
    }
  }

  /** Chooses a style in which every reader of YAML reads a string back unchanged. */
  private static final class Quoting extends StandardRepresenter {
    Quoting(DumpSettings settings) {
      super(settings);
      RepresentToNode plain = Objects.requireNonNull(representers.get(String.class));
      representers.put(
          String.class,
          value -> {
            String text = value.toString();
            if (SPECIAL.matcher(text).find()) {
              return representScalar(Tag.STR, text, ScalarStyle.DOUBLE_QUOTED);
            }
            return AMBIGUOUS.matcher(text).matches()
                ? representScalar(Tag.STR, text, ScalarStyle.SINGLE_QUOTED)
                : plain.representData(value);
          });
    }
  }
}
