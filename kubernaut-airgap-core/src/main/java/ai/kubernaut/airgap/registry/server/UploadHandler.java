package ai.kubernaut.airgap.registry.server;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.BlobUpload;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.ClassicHttpResponse;

/**
 * {@code /v2/<name>/blobs/uploads/}. The state of an upload is the session of the content's client,
 * which is part of the path.
 */
final class UploadHandler {
  private static final Pattern CONTENT_RANGE = Pattern.compile("(\\d{1,18})-(\\d{1,18})");
  private static final int BUFFER = 1 << 20;

  private final RegistryClient content;
  private final Names names;
  private final SessionLocks locks = new SessionLocks();

  UploadHandler(RegistryClient content, Names names) {
    this.content = content;
    this.names = names;
  }

  /** Begins an upload, unless the blob can be mounted or is in the request. */
  void begin(Request request, Repository repository, String nothing, ClassicHttpResponse response)
      throws IOException {
    if (!request.method().equals("POST")) {
      throw ApiError.methodNotAllowed(request, "POST");
    }
    Optional<Digest> whole = request.query("digest").map(Names::digest);
    Optional<Digest> mount = request.query("mount").map(Names::digest);
    Optional<Repository> from = request.query("from").map(names::repository);
    if (mount.isPresent()
        && from.isPresent()
        && content.mountBlob(repository, mount.get(), from.get())) {
      created(repository, mount.get(), response);
      return;
    }
    BlobUpload upload =
        content.beginUpload(repository).orElseThrow(UploadHandler::sessionsUnsupported);
    if (whole.isPresent()) {
      boolean stored = false;
      try {
        finish(request, upload, 0, whole.get());
        stored = true;
      } finally {
        if (!stored) {
          upload.abandon();
        }
      }
      created(repository, whole.get(), response);
      return;
    }
    response.setCode(202);
    progress(repository, upload, 0, response);
    if (upload.minimumChunk() > 0) {
      response.setHeader("OCI-Chunk-Min-Length", upload.minimumChunk());
    }
  }

  private static ApiError sessionsUnsupported() {
    return new ApiError(
        405,
        ErrorCode.UNSUPPORTED,
        "the content of this registry supports no upload sessions; it can only be read");
  }

  /** Continues, finishes, describes or cancels an upload. */
  void proceed(
      Request request, Repository repository, String reference, ClassicHttpResponse response)
      throws IOException {
    String session = session(reference);
    locks.acquire(session);
    try {
      BlobUpload upload =
          content.resumeUpload(repository, session).orElseThrow(UploadHandler::unknown);
      long offset = upload.offset();
      switch (request.method()) {
        case "GET" -> {
          response.setCode(204);
          progress(repository, upload, offset, response);
        }
        case "PATCH" -> {
          checkRange(request, repository, upload, offset);
          long end = append(request, upload, offset);
          response.setCode(202);
          progress(repository, upload, end, response);
        }
        case "PUT" -> {
          Digest digest = Names.digest(request.query("digest").orElse(""));
          checkRange(request, repository, upload, offset);
          finish(request, upload, offset, digest);
          created(repository, digest, response);
        }
        case "DELETE" -> {
          upload.abandon();
          response.setCode(204);
        }
        default -> throw ApiError.methodNotAllowed(request, "GET, PATCH, PUT, DELETE");
      }
    } finally {
      locks.release(session);
    }
  }

  /** A session may contain any characters, an address for example. */
  private static String session(String reference) {
    try {
      return new String(Base64.getUrlDecoder().decode(reference), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw unknown();
    }
  }

  private static ApiError unknown() {
    return new ApiError(
        404, ErrorCode.BLOB_UPLOAD_UNKNOWN, "there is no such upload; begin the blob again");
  }

  private static String path(Repository repository, BlobUpload upload) {
    String session = upload.session().orElseThrow(UploadHandler::sessionsUnsupported);
    return "/v2/"
        + repository.name()
        + "/blobs/uploads/"
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(session.getBytes(StandardCharsets.UTF_8));
  }

  private static void progress(
      Repository repository, BlobUpload upload, long size, ClassicHttpResponse response) {
    response.setHeader("Location", path(repository, upload));
    response.setHeader("Range", range(size));
  }

  /** Like other registries, says {@code 0-0} for no bytes, too. */
  private static String range(long size) {
    return "0-" + Math.max(0, size - 1);
  }

  private static void created(Repository repository, Digest digest, ClassicHttpResponse response) {
    response.setCode(201);
    response.setHeader("Location", Names.blobPath(repository, digest));
    response.setHeader("Docker-Content-Digest", digest);
  }

  private static void checkRange(
      Request request, Repository repository, BlobUpload upload, long offset) {
    String header = request.header("Content-Range").orElse(null);
    if (header == null) {
      return;
    }
    Matcher range = CONTENT_RANGE.matcher(header);
    if (!range.matches()) {
      throw new ApiError(
          400,
          ErrorCode.BLOB_UPLOAD_INVALID,
          "invalid Content-Range '" + header + "': the format is <first byte>-<last byte>");
    }
    long first = Long.parseLong(range.group(1));
    if (first != offset) {
      throw new ApiError(
          416,
          ErrorCode.BLOB_UPLOAD_INVALID,
          "the chunk begins at byte " + first + ", but the upload has " + offset + " bytes",
          Map.of("Location", path(repository, upload), "Range", range(offset)));
    }
    long length = Long.parseLong(range.group(2)) - first + 1;
    if (length < 1 || (request.length() >= 0 && request.length() != length)) {
      throw new ApiError(
          400,
          ErrorCode.SIZE_INVALID,
          "the Content-Range '" + header + "' does not match the Content-Length");
    }
  }

  /** Appends the body and returns the new size of the upload. */
  private static long append(Request request, BlobUpload upload, long offset) throws IOException {
    long length = request.length();
    if (length > 0) {
      upload.append(offset, length, request.body());
    }
    return length >= 0 ? offset + length : appendPieces(request.body(), upload, offset);
  }

  /** The client does not say how large the body is; the content has to be told for each piece. */
  private static long appendPieces(InputStream body, BlobUpload upload, long offset)
      throws IOException {
    byte[] buffer = new byte[(int) Math.max(BUFFER, Math.min(upload.minimumChunk(), 1 << 30))];
    long end = offset;
    int count = body.readNBytes(buffer, 0, buffer.length);
    while (count > 0) {
      upload.append(end, count, new ByteArrayInputStream(buffer, 0, count));
      end += count;
      count = body.readNBytes(buffer, 0, buffer.length);
    }
    return end;
  }

  private static void finish(Request request, BlobUpload upload, long offset, Digest digest)
      throws IOException {
    if (request.length() >= 0) {
      upload.finish(blob(digest, offset + request.length()), offset, request.body());
    } else {
      long end = append(request, upload, offset);
      upload.finish(blob(digest, end), end, InputStream.nullInputStream());
    }
  }

  private static Descriptor blob(Digest digest, long size) {
    return Descriptor.of(Bodies.OCTETS, digest, size);
  }
}
