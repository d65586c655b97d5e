package ai.kubernaut.airgap.registry.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One page of a list of tags, and where the next one is. */
final class TagsPage {
  private static final JsonFactory JSON = new JsonFactory();
  private static final Pattern LINK = Pattern.compile("<([^>]*)>([^,<]*)");
  private static final Pattern NEXT =
      Pattern.compile(";\\s*rel\\s*=\\s*\"?next\"?", Pattern.CASE_INSENSITIVE);

  private TagsPage() {}

  /**
   * Reads the tags without building a tree, which would take many times the memory.
   *
   * @return empty when it is no list of tags
   */
  static Optional<List<String>> tags(byte[] body) {
    List<String> tags = new ArrayList<>();
    try (JsonParser in = JSON.createParser(body)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        boolean list = in.currentName().equals("tags");
        // A repository whose tags are all deleted has "tags": null.
        if (in.nextToken() == JsonToken.START_ARRAY && list) {
          readTags(in, tags);
        } else {
          in.skipChildren();
        }
      }
      return in.currentToken() == JsonToken.END_OBJECT ? Optional.of(tags) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static void readTags(JsonParser in, List<String> tags) throws IOException {
    while (in.nextToken() != JsonToken.END_ARRAY) {
      if (in.currentToken() == null) {
        throw new EOFException();
      }
      String tag = in.getValueAsString();
      in.skipChildren();
      if (tag != null) {
        tags.add(tag);
      }
    }
  }

  static Optional<String> next(List<String> links) {
    for (String header : links) {
      Matcher link = LINK.matcher(header);
      while (link.find()) {
        if (NEXT.matcher(link.group(2)).find()) {
          return Optional.of(link.group(1));
        }
      }
    }
    return Optional.empty();
  }
}
