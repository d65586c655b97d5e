package ai.kubernaut.airgap.registry.server;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.EntityTemplate;

/** {@code /v2/<name>/blobs/<digest>}. */
final class BlobHandler implements Router.Handler {
  private static final int BUFFER = 64 << 10;

  private final RegistryClient content;

  BlobHandler(RegistryClient content) {
    this.content = content;
  }

  @Override
  public void handle(
      Request request, Repository repository, String reference, ClassicHttpResponse response) {
    if (!request.isRead()) {
      throw ApiError.methodNotAllowed(request, "GET, HEAD");
    }
    Digest digest = Names.digest(reference);
    long size =
        content
            .findBlob(repository, digest)
            .orElseThrow(
                () ->
                    new ApiError(
                        404,
                        ErrorCode.BLOB_UNKNOWN,
                        "there is no blob " + digest + " in " + repository.name()));
    response.setHeader("Docker-Content-Digest", digest);
    response.setHeader("Accept-Ranges", "bytes");
    if (request.method().equals("HEAD")) {
      response.setEntity(Bodies.described(Bodies.OCTETS, size));
      return;
    }
    Optional<ByteRange> range =
        request.header("Range").flatMap(header -> ByteRange.parse(header, size));
    range.ifPresent(
        part -> {
          response.setCode(206);
          response.setHeader(
              "Content-Range", "bytes " + part.first() + "-" + part.last() + "/" + size);
        });
    ByteRange sent = range.orElse(new ByteRange(0, size - 1));
    Descriptor blob = Descriptor.of(Bodies.OCTETS, digest, size);
    response.setEntity(
        new EntityTemplate(
            sent.length(),
            ContentType.APPLICATION_OCTET_STREAM,
            out -> send(repository, blob, sent, out)));
  }

  private void send(Repository repository, Descriptor blob, ByteRange range, OutputStream out)
      throws IOException {
    try (InputStream in = content.readBlob(repository, blob, range.first())) {
      byte[] buffer = new byte[BUFFER];
      long left = range.length();
      while (left > 0) {
        int count = in.readNBytes(buffer, 0, (int) Math.min(buffer.length, left));
        left -= count;
        // The content's stream reports a wrong digest at its end, before the client has all of it.
        boolean atEnd = left == 0 && range.last() == blob.size() - 1;
        if (count == 0 || (atEnd && in.read() >= 0)) {
          throw new IOException("the blob " + blob.digest() + " has not " + blob.size() + " bytes");
        }
        out.write(buffer, 0, count);
      }
    } catch (RegistryException | IllegalStateException e) {
      // The status has been sent. A broken connection tells the client that the blob is incomplete.
      throw new IOException("the blob " + blob.digest() + " could not be read", e);
    }
  }
}
