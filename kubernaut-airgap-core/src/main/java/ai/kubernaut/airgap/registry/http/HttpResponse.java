package ai.kubernaut.airgap.registry.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;

/**
 * An answer whose body has not been read yet. Closing it before the body's end breaks the
 * connection.
 */
final class HttpResponse implements AutoCloseable {
  /** More than any body that is read only for its error messages. */
  private static final int MAX_DISCARDED = 64 << 10;

  private final ClassicHttpResponse response;
  private final Transfer transfer;
  private final URI uri;
  private final InputStream body;
  private boolean ended;

  HttpResponse(ClassicHttpResponse response, Transfer transfer, URI uri) throws IOException {
    this.response = response;
    this.transfer = transfer;
    this.uri = uri;
    HttpEntity entity = response.getEntity();
    InputStream content = entity == null ? null : entity.getContent();
    this.body = content == null ? InputStream.nullInputStream() : content;
  }

  int status() {
    return response.getCode();
  }

  boolean isSuccess() {
    return status() >= 200 && status() < 300;
  }

  boolean isRedirect() {
    return switch (status()) {
      case 301, 302, 303, 307, 308 -> header("Location").isPresent();
      default -> false;
    };
  }

  /** The address that answered. */
  URI uri() {
    return uri;
  }

  Transfer transfer() {
    return transfer;
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(response.getFirstHeader(name))
        .map(Header::getValue)
        .map(String::trim)
        .filter(value -> !value.isEmpty());
  }

  List<String> headers(String name) {
    List<String> values = new ArrayList<>();
    for (Header header : response.getHeaders(name)) {
      values.add(String.valueOf(header.getValue()));
    }
    return values;
  }

  OptionalLong contentLength() {
    try {
      return header("Content-Length").map(Long::parseLong).map(OptionalLong::of).stream()
          .findFirst()
          .filter(length -> length.getAsLong() >= 0)
          .orElse(OptionalLong.empty());
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** The media type without its parameters, in lower case. */
  Optional<String> mediaType() {
    return header("Content-Type")
        .map(value -> value.split(";", 2)[0].trim().toLowerCase(Locale.ROOT))
        .filter(value -> !value.isEmpty());
  }

  boolean isHtml() {
    return mediaType().filter(type -> type.endsWith("html")).isPresent();
  }

  int read(byte[] buffer, int offset, int length) throws IOException {
    transfer.enter();
    transfer.rate().begin(0);
    int count = 0;
    try {
      count = body.read(buffer, offset, length);
      return count;
    } finally {
      transfer.rate().end(Math.max(0, count));
      transfer.leave();
    }
  }

  /** From now on the body is a blob, which may take as long as it moves. */
  void stream() {
    transfer.startStreaming();
  }

  /**
   * Reads the body up to a limit; one byte more than the limit says that there was more.
   *
   * @throws IOException also when the transfer was broken off from here, which can look like the
   *     body's end
   */
  byte[] read(int limit) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    while (bytes.size() <= limit) {
      int count = read(buffer, 0, Math.min(buffer.length, limit + 1 - bytes.size()));
      if (count < 0) {
        ended = true;
        break;
      }
      bytes.write(buffer, 0, count);
    }
    if (transfer.stopped() != null) {
      throw new IOException("broken off");
    }
    return bytes.toByteArray();
  }

  /** Reads what is left when it is little, so that the connection can serve the next request. */
  void discard() {
    try {
      read(MAX_DISCARDED);
    } catch (IOException e) {
      // The connection is broken, and nothing of the body was wanted.
      ended = false;
    } finally {
      close();
    }
  }

  /** The body has been read to its end. */
  void ended() {
    ended = true;
  }

  @Override
  public void close() {
    if (!ended) {
      // Closing the response alone would first read the body to its end, be it gigabytes.
      transfer.abort();
    }
    try {
      response.close();
    } catch (IOException e) {
      // The connection is gone either way.
      transfer.abort();
    } finally {
      transfer.end();
    }
  }
}
