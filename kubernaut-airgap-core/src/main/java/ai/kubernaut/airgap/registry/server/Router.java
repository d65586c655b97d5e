package ai.kubernaut.airgap.registry.server;

import ai.kubernaut.airgap.image.InvalidReferenceException;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.InvalidManifestException;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.ClassicHttpResponse;

/** Finds the handler for the path of a request. */
final class Router {
  private final Names names;
  private final List<Route> routes;

  Router(RegistryClient content, String registry) {
    this.names = new Names(registry);
    UploadHandler uploads = new UploadHandler(content, names);
    this.routes =
        List.of(
            route(
                "manifests/([^/]*)",
                ErrorCode.MANIFEST_UNKNOWN,
                ErrorCode.MANIFEST_INVALID,
                new ManifestHandler(content)),
            route(
                "blobs/uploads/?()",
                ErrorCode.NAME_UNKNOWN,
                ErrorCode.BLOB_UPLOAD_INVALID,
                uploads::begin),
            route(
                "blobs/uploads/([^/]+)",
                ErrorCode.BLOB_UPLOAD_UNKNOWN,
                ErrorCode.BLOB_UPLOAD_INVALID,
                uploads::proceed),
            route(
                "blobs/([^/]*)",
                ErrorCode.BLOB_UNKNOWN,
                ErrorCode.UNSUPPORTED,
                new BlobHandler(content)),
            route(
                "tags/list()",
                ErrorCode.NAME_UNKNOWN,
                ErrorCode.UNSUPPORTED,
                new TagsHandler(content)),
            route(
                "referrers/([^/]*)",
                ErrorCode.NAME_UNKNOWN,
                ErrorCode.UNSUPPORTED,
                new ReferrersHandler(content)));
  }

  private static Route route(
      String endpoint, ErrorCode unknown, ErrorCode invalid, Handler handler) {
    // The name itself may contain the words of an endpoint, so that the last match counts.
    Pattern path = Pattern.compile("/v2/(.*)/" + endpoint, Pattern.DOTALL);
    return new Route(path, unknown, invalid, handler);
  }

  void handle(Request request, ClassicHttpResponse response) throws IOException {
    if (request.path().equals("/v2/") || request.path().equals("/v2")) {
      if (!request.isRead()) {
        throw ApiError.methodNotAllowed(request, "GET, HEAD");
      }
      response.setEntity(Bodies.json(JsonNodeFactory.instance.objectNode()));
      return;
    }
    for (Route route : routes) {
      Matcher match = route.path().matcher(request.path());
      if (match.matches()) {
        handle(route, request, match, response);
        return;
      }
    }
    throw new ApiError(
        404, ErrorCode.UNSUPPORTED, "the distribution API has no endpoint with this path");
  }

  private void handle(Route route, Request request, Matcher match, ClassicHttpResponse response)
      throws IOException {
    try {
      route.handler().handle(request, names.repository(match.group(1)), match.group(2), response);
    } catch (RegistryException e) {
      throw Failures.of(e, request.isRead(), route.unknown(), route.invalid());
    } catch (InvalidManifestException e) {
      throw request.isRead()
          ? new ApiError(500, ErrorCode.UNKNOWN, String.valueOf(e.getMessage()))
          : new ApiError(400, ErrorCode.MANIFEST_INVALID, String.valueOf(e.getMessage()));
    } catch (InvalidReferenceException e) {
      throw new ApiError(400, ErrorCode.NAME_INVALID, String.valueOf(e.getMessage()));
    }
  }

  /** One endpoint of the API, in one repository. */
  interface Handler {
    /**
     * Handles a request.
     *
     * @param reference what follows the endpoint's name: a tag, a digest, a session, or nothing
     */
    void handle(
        Request request, Repository repository, String reference, ClassicHttpResponse response)
        throws IOException;
  }

  private record Route(Pattern path, ErrorCode unknown, ErrorCode invalid, Handler handler) {}
}
