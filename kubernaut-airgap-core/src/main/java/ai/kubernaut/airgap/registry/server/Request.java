package ai.kubernaut.airgap.registry.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.NameValuePair;
import org.apache.hc.core5.net.PercentCodec;
import org.apache.hc.core5.net.WWWFormCodec;

/** A request with its path and query decoded. */
final class Request {
  private final ClassicHttpRequest request;
  private final String path;
  private final Map<String, String> query;

  private Request(ClassicHttpRequest request, String path, Map<String, String> query) {
    this.request = request;
    this.path = path;
    this.query = query;
  }

  static Request of(ClassicHttpRequest request) {
    String target = Objects.requireNonNullElse(request.getPath(), "");
    int mark = target.indexOf('?');
    String path = mark < 0 ? target : target.substring(0, mark);
    String query = mark < 0 ? "" : target.substring(mark + 1);
    return new Request(
        request,
        PercentCodec.decode(path, StandardCharsets.UTF_8),
        WWWFormCodec.parse(query, StandardCharsets.UTF_8).stream()
            .collect(
                Collectors.toMap(
                    NameValuePair::getName,
                    pair -> Objects.requireNonNullElse(pair.getValue(), ""),
                    (first, second) -> first)));
  }

  String method() {
    return request.getMethod();
  }

  /** Returns whether the request changes nothing. */
  boolean isRead() {
    return method().equals("GET") || method().equals("HEAD");
  }

  String path() {
    return path;
  }

  Optional<String> query(String name) {
    return Optional.ofNullable(query.get(name));
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(request.getFirstHeader(name)).map(Header::getValue);
  }

  /** Returns the size of the body in bytes, 0 if there is none, or -1 if it is not known. */
  long length() {
    HttpEntity entity = request.getEntity();
    return entity == null ? 0 : Math.max(-1, entity.getContentLength());
  }

  InputStream body() throws IOException {
    HttpEntity entity = request.getEntity();
    return entity == null ? InputStream.nullInputStream() : entity.getContent();
  }
}
