package ai.kubernaut.airgap.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A document of this repository, with the examples in it.
 *
 * @param name its path in the repository
 * @param text its content
 */
public record MarkdownDocument(String name, String text) {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern BLOCK =
      Pattern.compile("^( *)```(\\w+)\\n(.*?)^\\1```$", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern SPAN = Pattern.compile("`([^`\\n]+(?:\\n[^`\\n]+)?)`");

  /** Reads a document, for example {@code docs/steps.md}. */
  public static MarkdownDocument read(String name) throws IOException {
    return new MarkdownDocument(name, Files.readString(ROOT.resolve(name)));
  }

  /** Reads the documents for users: the README and everything in {@code docs}. */
  public static List<MarkdownDocument> forUsers() throws IOException {
    List<String> names;
    try (Stream<Path> files = Files.list(ROOT.resolve("docs"))) {
      names = files.map(file -> "docs/" + file.getFileName()).sorted().toList();
    }
    List<MarkdownDocument> documents = new ArrayList<>();
    documents.add(read("README.md"));
    documents.add(read("kubernaut-airgap-examples/LAB.md"));
    for (String name : names) {
      if (name.endsWith(".md")) {
        documents.add(read(name));
      }
    }
    return documents;
  }

  /** Returns the blocks in a language, without their fences and the indent of a list. */
  public List<String> blocks(String language) {
    return BLOCK
        .matcher(text)
        .results()
        .filter(block -> block.group(2).equals(language))
        .map(block -> block.group(3).replaceAll("(?m)^" + block.group(1), ""))
        .toList();
  }

  /** Returns the code within sentences, each on one line. */
  public List<String> spans() {
    return SPAN.matcher(BLOCK.matcher(text).replaceAll(""))
        .results()
        .map(MatchResult::group)
        .map(span -> span.substring(1, span.length() - 1).replaceAll("\\s+", " "))
        .toList();
  }

  /** Returns what is below a heading of the second level. */
  MarkdownDocument section(String title) {
    int begin = text.indexOf("\n## " + title + "\n");
    if (begin < 0) {
      throw new IllegalArgumentException(name + " has no section " + title);
    }
    int end = text.indexOf("\n## ", begin + 1);
    return new MarkdownDocument(name, text.substring(begin + 1, end < 0 ? text.length() : end + 1));
  }

  @Override
  public String toString() {
    return name;
  }
}
