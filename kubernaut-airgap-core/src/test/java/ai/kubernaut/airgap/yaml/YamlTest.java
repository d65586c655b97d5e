package ai.kubernaut.airgap.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.yaml.Yaml.DuplicateKeys;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class YamlTest {
  private static Map<?, ?> read(String text) {
    return Yaml.readMapping("values.yaml", text, DuplicateKeys.REFUSED);
  }

  @Test
  void aMappingIsReadInTheDocumentsOrder() {
    Map<?, ?> mapping = read("b: 1\na: [x, 2, true, null]\nc: {d: e}\n");
    assertThat(List.copyOf(mapping.keySet()).toString()).isEqualTo("[b, a, c]");
    assertThat(mapping.get("b")).isEqualTo(1);
    assertThat(mapping.get("a")).isEqualTo(Arrays.asList("x", 2, true, null));
    assertThat(mapping.get("c")).isEqualTo(Map.of("d", "e"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# only a comment\n", "---\n", "\uFEFF"})
  void anEmptyDocumentIsAnEmptyMapping(String text) {
    assertThat(read(text)).isEmpty();
  }

  @Test
  void nullsAndBooleansMayBeWrittenAsHelmsChartsWriteThem() {
    Map<?, ?> mapping = read("a: ~\nb: Null\nc: True\nd: FALSE\ne:\n");
    assertThat(mapping.get("a")).isNull();
    assertThat(mapping.get("b")).isNull();
    assertThat(mapping.get("c")).isEqualTo(true);
    assertThat(mapping.get("d")).isEqualTo(false);
    assertThat(mapping.get("e")).isNull();
  }

  @Test
  void aliasesAndMergeKeysAreResolved() {
    Map<?, ?> mapping = read("base: &base {image: x}\nother: {<<: *base, tag: y}\nsame: *base\n");
    assertThat(mapping.get("other")).isEqualTo(Map.of("image", "x", "tag", "y"));
    assertThat(mapping.get("same")).isEqualTo(Map.of("image", "x"));
  }

  @Test
  void aKeyThatStandsTwiceIsRefusedOrTheLastOneCounts() {
    assertThatThrownBy(() -> read("a: 1\nb: 2\na: 3\n"))
        .isInstanceOf(InvalidYamlException.class)
        .hasMessageContaining("values.yaml")
        .hasMessageContaining("line 3, column 1: found duplicate key a");
    assertThat(Yaml.readMapping("x", "a: 1\nb: 2\na: 3\n", DuplicateKeys.LAST_WINS).get("a"))
        .isEqualTo(3);
  }

  static String[][] unusable() {
    return new String[][] {
      {"- a", "it must be a mapping of keys to values, and is a list"},
      {"text", "it must be a mapping of keys to values, and is a single value"},
      {"a: {b: 1", "line 1, column 9: expected ',' or '}'"},
      {"a:\n\tb: 1\n", "line 2, column 1: found character '\\t(TAB)'"},
      {"a:\n  b: 1\n c: 2\n", "line 3, column 2: expected <block end>"},
      {"a: *b", "line 1, column 4: found undefined alias"},
      {
        "a: 1\nb: !!int x", "line 2, column 4: found a value that is tagged as a number and is none"
      },
      {"a: 1\n---\nb: 2\n", "line 2, column 1: but found another document"},
      {"a: !!java.net.URL http://x", "could not determine a constructor for the tag"},
      {"a: !!binary aGVsbG8=", "a value that JSON does not have"},
      {"a: !!set {x: null}", "a value that JSON does not have"},
      {"? [a, b]\n: c\n", "Non scalar key"},
      {"a: \u0000", "special characters are not allowed"},
      {"a: &a [*a]", "or an alias inside itself"},
      {"&a {b: *a}", "or an alias inside itself"},
      {"a: " + "[".repeat(101) + "]".repeat(101), "it has more than 100 levels"},
      {"a: " + "[".repeat(100_000), "nested too deeply"},
      {bomb(60, 1), "Number of aliases"},
      {bomb(24, 2), "more than 1048576 values, counting aliases"},
    };
  }

  /** Each level stands for the level below several times over. */
  private static String bomb(int levels, int aliases) {
    StringBuilder text = new StringBuilder("a0: &a0 [x]\n");
    for (int level = 1; level <= levels; level++) {
      String below = "*a" + (level - 1);
      text.append("a%d: &a%d [%s]\n".formatted(level, level, (below + ",").repeat(aliases)));
    }
    return text.toString();
  }

  @ParameterizedTest
  @MethodSource
  void unusable(String text, String why) {
    InvalidYamlException refusal =
        catchThrowableOfType(InvalidYamlException.class, () -> read(text));
    assertThat(refusal).isNotNull();
    assertThat(refusal.source()).isEqualTo("values.yaml");
    assertThat(refusal)
        .hasMessageStartingWith("values.yaml is not YAML that can be used: ")
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "user:\n  token: hunter2\n  broken: [\n",
        "user: {token: hunter2\n",
        "token: 'hunter2\n",
        "token: \"hunter2\\q\"\n",
        "token: \"\\xhunter2\"\n",
        "token: \"\\uhunter2\"\n",
        "token: *hunter2\n",
        "token: &hunter2: x\n",
        "token: !hunter2 x\n",
        "token: !hunter2!x y\n",
        "token: !<hunter2\n",
        "token: !!int hunter2\n",
        "token: !!float hunter2\n",
        "token: !!bool hunter2\n",
        "token: !!null hunter2\n",
        "token: !!map hunter2\n",
        "token: !!seq hunter2\n",
        "token: !!timestamp hunter2\n",
        "token: !!binary hunter2!\n",
        "token: !!set {hunter2: x}\n",
        "%hunter2 x\n---\n",
        "%YAML hunter2\n---\n",
        "token: |hunter2\n",
        "token: @hunter2\n",
        "token: `hunter2\n",
        "hunter2",
        "- hunter2",
        "token: hunter2\n---\ntoken: hunter2\n",
        "? {token: hunter2}\n: x\n",
        "<<: hunter2\n",
        "token: hunter2: x\n",
        "token: hunter2\n\tx: 1\n"
      })
  void neitherTheMessageNorACauseQuotesTheDocument(String text) {
    InvalidYamlException refusal =
        catchThrowableOfType(InvalidYamlException.class, () -> read(text));
    if (refusal != null) {
      StringWriter trace = new StringWriter();
      refusal.printStackTrace(new PrintWriter(trace, true));
      assertThat(trace.toString()).doesNotContain("hunter2");
    }
  }

  @Test
  void aTextOfMoreThanTheLimitIsRefused() {
    String text = "a: \"" + "x".repeat(Yaml.MAX_CHARACTERS) + "\"";
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(InvalidYamlException.class)
        .hasMessageContaining("it has more than " + Yaml.MAX_CHARACTERS + " characters");
  }

  @Test
  void aLineOfMoreThanTheLimitIsRefused_andOneWithinItTakesNoLongTime() {
    assertThatThrownBy(() -> read("a: 1\nb: \"" + "x".repeat(Yaml.MAX_LINE)))
        .isInstanceOf(InvalidYamlException.class)
        .hasMessageContaining("line 2 has more than 2097152 characters; break it up");
    assertThat(read("a: \"" + "x".repeat(Yaml.MAX_LINE - 10) + "\"")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"%s", "-%s", "0x%s", "1.%s", "%s.0", "0o%s"})
  void aNumberOfAMillionDigitsIsRefusedAtOnce_andATextOfThemIsRead(String form) {
    String number = form.formatted("1".repeat(1_000_000));
    assertThatThrownBy(() -> read("a: 1\nb: " + number))
        .isInstanceOf(InvalidYamlException.class)
        .hasMessageContaining("line 2, column 4: found a number of more than 1000 characters");
    assertThat(read("a: '" + number + "'")).isEqualTo(Map.of("a", number));
  }

  @ParameterizedTest
  @ValueSource(strings = {"- x\n", "- {}\n", "- [[]]\n", "- {a: b}\n"})
  void moreValuesThanTheLimitAreRefusedBeforeTheyFillTheMemory(String value) {
    String text = "a:\n" + value.repeat((9 << 20) / value.length());
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(InvalidYamlException.class)
        .hasMessageContaining("it has more than 1048576 keys and values");
  }

  @Test
  void aHundredLevelsAreRead() {
    assertThat(read("a: " + "[".repeat(99) + "]".repeat(99))).hasSize(1);
  }

  @Test
  void aFileThatCannotBeReadIsNamed(@TempDir Path directory) throws IOException {
    Path missing = directory.resolve("missing.yaml");
    assertThatThrownBy(() -> Yaml.readMapping(missing, DuplicateKeys.REFUSED))
        .isInstanceOf(InvalidYamlException.class)
        .hasMessageContaining(missing.toString())
        .hasMessageContaining("there is no such file");
    assertThatThrownBy(() -> Yaml.readMapping(directory, DuplicateKeys.REFUSED))
        .isInstanceOf(InvalidYamlException.class)
        .hasMessageContaining("it cannot be read");
    Path latin = directory.resolve("latin.yaml");
    Files.write(latin, "a: é".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> Yaml.readMapping(latin, DuplicateKeys.REFUSED))
        .isInstanceOf(InvalidYamlException.class)
        .hasMessageContaining("it is not written in UTF-8");
    Path good = directory.resolve("good.yaml");
    Files.writeString(good, "a: é");
    assertThat(Yaml.readMapping(good, DuplicateKeys.REFUSED).get("a")).isEqualTo("é");
  }

  @Test
  void whatIsWrittenIsReadBackEqual() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("text", "a: b # c");
    tree.put("lines", "first\n  second\n");
    tree.put("long", "word ".repeat(100));
    tree.put("controls", "\u0000\u0007\u001b\u0085\u2028\t");
    tree.put("empty", "");
    tree.put("beyond the basic plane", "🚢");
    tree.put("numbers", List.of(1, -2, 3.5));
    tree.put("booleans", List.of(true, false));
    tree.put("null", null);
    tree.put("nothing", Map.of("list", List.of(), "map", Map.of()));
    assertThat(read(Yaml.write(tree))).isEqualTo(tree);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "y",
        "No",
        "on",
        "OFF",
        "true",
        "False",
        "null",
        "~",
        "=",
        "<<",
        "0644",
        "0x1f",
        "0o17",
        "1e3",
        "1_000",
        "12:30:45",
        "2001-01-01",
        "+1",
        "-1",
        ".5",
        ".inf",
        "-.INF",
        ".NaN",
        "1.10"
      })
  void aTextThatOtherReadersTakeForSomethingElseIsQuoted(String text) {
    String written = Yaml.write(Map.of(text, text));
    assertThat(written).isEqualTo("'%s': '%s'\n".formatted(text, text));
    assertThat(read(written)).isEqualTo(Map.of(text, text));
  }

  @Test
  void whatIsNoSecretOfYamlStaysPlain() {
    assertThat(Yaml.write(Map.of("registry", "harbor.corp:5000/mirror")))
        .isEqualTo("registry: harbor.corp:5000/mirror\n");
  }

  /** Strings of what readers of YAML treat in a special way. */
  private static String randomString(Random random) {
    String[] parts = {
      "a",
      "b c",
      " ",
      "  ",
      "\n",
      "\n\n",
      "\r",
      "\r\n",
      "\t",
      "\u0085",
      "\u2028",
      "\u2029",
      "\uFEFF",
      "\u00a0",
      "\u0000",
      "\u001b",
      "\u007f",
      "\u009f",
      "\"",
      "'",
      ":",
      ": ",
      "#",
      " #",
      "-",
      "- ",
      "?",
      "|",
      ">",
      "\\",
      "\uD83D\uDEA2",
      "\uFFFD",
      "---",
      "...",
      "{",
      "[",
      ",",
      "&",
      "*",
      "!",
      "%",
      "@",
      "`",
      "~",
      "1",
      "true",
      "no"
    };
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(7); i > 0; i--) {
      text.append(parts[random.nextInt(parts.length)]);
    }
    return text.toString();
  }

  @Test
  void everyStringIsReadBackAsItWasWritten() {
    Random random = new Random(20261124);
    for (int i = 0; i < 20_000; i++) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put(randomString(random), randomString(random));
      document.put("list", List.of(randomString(random), Map.of("key", randomString(random))));
      document.put("longer", randomString(random) + "x ".repeat(100) + randomString(random));

      String written = Yaml.write(document);

      assertThat(read(written)).as(written).isEqualTo(document);
    }
  }
}
