package ai.kubernaut.airgap.registry.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.io.HttpRequestHandler;
import org.apache.hc.core5.http.protocol.HttpContext;

/** Checks each request and writes errors as the distribution specification defines them. */
final class RequestHandler implements HttpRequestHandler {
  private final Router router;
  private final Optional<BasicAuth> auth;
  private final boolean readOnly;
  private final Connections connections;

  RequestHandler(
      Router router, Optional<BasicAuth> auth, boolean readOnly, Connections connections) {
    this.router = router;
    this.auth = auth;
    this.readOnly = readOnly;
    this.connections = connections;
  }

  @Override
  public void handle(ClassicHttpRequest in, ClassicHttpResponse response, HttpContext context)
      throws IOException {
    response.setHeader("Docker-Distribution-Api-Version", "registry/2.0");
    if (connections.isFull()) {
      response.setHeader("Connection", "close");
    }
    Request request = Request.of(in);
    try {
      auth.ifPresent(required -> required.check(request));
      if (readOnly && !request.isRead()) {
        throw new ApiError(
            405, ErrorCode.UNSUPPORTED, "this registry is read-only; it supports GET and HEAD");
      }
      router.handle(request, response);
    } catch (ApiError e) {
      write(e, response);
    } catch (UncheckedIOException e) {
      // The client is gone, or its request ended early. Nobody reads a response.
      throw new IOException("the request failed", e);
    } catch (IllegalStateException e) {
      write(
          new ApiError(
              503, ErrorCode.UNAVAILABLE, "the content is not available: " + e.getMessage()),
          response);
    } catch (RuntimeException e) {
      write(
          new ApiError(
              500, ErrorCode.UNKNOWN, "internal error of the registry: " + e.getClass().getName()),
          response);
    }
  }

  private static void write(ApiError error, ClassicHttpResponse response) {
    response.setCode(error.status());
    error.headers().forEach(response::setHeader);
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.putArray("errors")
        .addObject()
        .put("code", error.code().name())
        .put("message", error.getMessage());
    response.setEntity(Bodies.json(body));
  }
}
