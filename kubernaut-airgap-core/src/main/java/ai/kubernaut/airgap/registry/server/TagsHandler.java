package ai.kubernaut.airgap.registry.server;

import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.RegistryClient;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.hc.core5.http.ClassicHttpResponse;

/** {@code /v2/<name>/tags/list}, in lexical order as the specification defines it. */
final class TagsHandler implements Router.Handler {
  private static final Comparator<String> ORDER =
      String.CASE_INSENSITIVE_ORDER.thenComparing(Comparator.naturalOrder());

  private final RegistryClient content;

  TagsHandler(RegistryClient content) {
    this.content = content;
  }

  @Override
  public void handle(
      Request request, Repository repository, String nothing, ClassicHttpResponse response) {
    if (!request.isRead()) {
      throw ApiError.methodNotAllowed(request, "GET, HEAD");
    }
    int limit = request.query("n").map(TagsHandler::limit).orElse(Integer.MAX_VALUE);
    Optional<String> last = request.query("last").filter(tag -> !tag.isEmpty());
    List<String> tags =
        content.tags(repository).stream()
            .filter(tag -> last.isEmpty() || ORDER.compare(tag, last.get()) > 0)
            .sorted(ORDER)
            .toList();
    List<String> page = tags.subList(0, Math.min(limit, tags.size()));
    if (!page.isEmpty() && page.size() < tags.size()) {
      response.setHeader(
          "Link",
          "</v2/%s/tags/list?n=%d&last=%s>; rel=\"next\""
              .formatted(repository.name(), limit, page.get(page.size() - 1)));
    }
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("name", repository.name());
    ArrayNode listed = body.putArray("tags");
    page.forEach(listed::add);
    response.setEntity(Bodies.json(body));
  }

  private static int limit(String text) {
    if (!text.matches("\\d{1,9}")) {
      throw new ApiError(
          400,
          ErrorCode.UNSUPPORTED,
          "invalid parameter n '" + text + "': it must be a number of tags");
    }
    return Integer.parseInt(text);
  }
}
