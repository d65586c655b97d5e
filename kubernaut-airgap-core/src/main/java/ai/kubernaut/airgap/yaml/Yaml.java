package ai.kubernaut.airgap.yaml;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads and writes single YAML documents. Texts of more than {@link #MAX_CHARACTERS} characters,
 * more than 50 aliases of collections, and more than 50 levels are refused: input from elsewhere
 * must not exhaust memory.
 */
public final class Yaml {
  /**
   * The most characters a document may have: 64 Mi, since a rendered chart holds whole dashboards
   * and migrations.
   */
  public static final int MAX_CHARACTERS = 64 << 20;

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
        source, "it has to be a mapping of keys to values, and is a " + kind(document), null);
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
        throw new InvalidYamlException(
            file.toString(), "it is larger than " + MAX_CHARACTERS + " characters", null);
      }
      return readMapping(file.toString(), Files.readString(file), duplicateKeys);
    } catch (NoSuchFileException e) {
      throw new InvalidYamlException(file.toString(), "there is no such file", e);
    } catch (IOException e) {
      throw new InvalidYamlException(file.toString(), "it cannot be read: " + e.getMessage(), e);
    }
  }

  private static @Nullable Object read(String source, String text, DuplicateKeys duplicateKeys) {
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(source)
            .setAllowDuplicateKeys(duplicateKeys == DuplicateKeys.LAST_WINS)
            .setCodePointLimit(MAX_CHARACTERS)
            .build();
    try {
      return new Load(settings).loadFromString(text);
    } catch (MarkedYamlEngineException e) {
      String where =
          e.getProblemMark()
              .map(
                  mark ->
                      "line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1) + ": ")
              .orElse("");
      throw new InvalidYamlException(source, where + e.getProblem(), e);
    } catch (YamlEngineException e) {
      throw new InvalidYamlException(source, String.valueOf(e.getMessage()), e);
    } catch (StackOverflowError e) {
      throw new InvalidYamlException(source, "it is nested too deeply", e);
    }
  }

  private static String kind(Object document) {
    return document instanceof Iterable ? "list" : "single value";
  }

  /**
   * Writes a mapping as a block-style document.
   *
   * @param mapping maps, lists, texts, numbers, booleans and nulls
   * @return the document, ended by a line feed
   */
  public static String write(Map<?, ?> mapping) {
    DumpSettings settings =
        DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).setWidth(160).build();
    return new Dump(settings).dumpToString(mapping);
  }
}
