package ai.kubernaut.airgap.registry.http;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.registry.BlobUpload;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An upload session, known by the newest {@code Location} that the registry gave it. */
final class HttpBlobUpload implements BlobUpload {
  private static final Pattern RANGE = Pattern.compile("(?:bytes=)?0-(\\d{1,18})");

  private final Call call;
  private final Session session;
  private final Failures failures;
  private final long minimumChunk;
  private URI location;

  private HttpBlobUpload(
      Call call, Session session, Failures failures, URI location, long minimumChunk) {
    this.call = call;
    this.session = session;
    this.failures = failures;
    this.location = location;
    this.minimumChunk = minimumChunk;
  }

  static HttpBlobUpload begin(Call call, Session session, Failures failures, URI uploads) {
    // This request has no body, so it is the one that finds out which credentials are needed.
    try (HttpResponse answer = session.send(call, "POST", uploads, Map.of())) {
      if (answer.status() != 202) {
        throw answer.isSuccess() || answer.isRedirect()
            ? failures.of(
                call,
                Reason.PROTOCOL,
                answer.status(),
                call.endpoint().describe()
                    + " answered "
                    + answer.status()
                    + " where 202 begins an upload",
                null)
            : failures.refused(call, answer);
      }
      String location =
          answer
              .header("Location")
              .orElseThrow(
                  () ->
                      failures.of(
                          call,
                          Reason.PROTOCOL,
                          answer.status(),
                          call.endpoint().describe() + " began an upload and did not say where",
                          null));
      URI upload = session.resolve(call, answer.uri(), location);
      answer.discard();
      return new HttpBlobUpload(call, session, failures, upload, minimumChunk(answer));
    }
  }

  private static long minimumChunk(HttpResponse answer) {
    return answer
        .header("OCI-Chunk-Min-Length")
        .filter(text -> text.matches("\\d{1,18}"))
        .map(Long::parseLong)
        .orElse(0L);
  }

  /** The address may come from a file: it is only used where it leads to the registry itself. */
  static Optional<BlobUpload> resume(
      Call call, Session session, Failures failures, String address) {
    URI location;
    try {
      location = URI.create(address);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    return location.getHost() != null && call.endpoint().isOrigin(location)
        ? Optional.of(new HttpBlobUpload(call, session, failures, location, 0))
        : Optional.empty();
  }

  @Override
  public Optional<String> session() {
    return call.endpoint().isOrigin(location) && location.getRawUserInfo() == null
        ? Optional.of(location.toString())
        : Optional.empty();
  }

  @Override
  public long minimumChunk() {
    return minimumChunk;
  }

  @Override
  public long offset() {
    try (HttpResponse answer = session.send(call, "GET", location, Map.of())) {
      if (!answer.isSuccess()) {
        throw failures.refused(call, answer);
      }
      long end = end(answer, 0);
      move(answer);
      // Registries say 0-0 for one byte, and also for none. Nobody sends a single byte.
      return end == 0 ? 0 : end + 1;
    }
  }

  private static long end(HttpResponse answer, long otherwise) {
    return answer
        .header("Range")
        .map(RANGE::matcher)
        .filter(Matcher::matches)
        .map(range -> Long.parseLong(range.group(1)))
        .orElse(otherwise);
  }

  private void move(HttpResponse answer) {
    answer
        .header("Location")
        .ifPresent(newer -> location = session.resolve(call, answer.uri(), newer));
    answer.discard();
  }

  @Override
  public void append(long offset, long length, InputStream content) {
    long end = offset + length - 1;
    BlobEntity body = new BlobEntity(content, length, false);
    try (HttpResponse answer =
        session.send(call, "PATCH", location, Map.of("Content-Range", offset + "-" + end), body)) {
      if (!answer.isSuccess()) {
        throw failures.refused(call, answer);
      }
      long taken = end(answer, end);
      move(answer);
      if (taken != end) {
        throw failures.of(
            call,
            Reason.SERVER,
            answer.status(),
            call.endpoint().describe()
                + " was sent the bytes up to "
                + end
                + ", and has them up to "
                + taken,
            null);
      }
    } catch (RegistryException e) {
      throw explain(body, e);
    }
  }

  @Override
  public void finish(Descriptor blob, long offset, InputStream content) {
    long rest = blob.size() - offset;
    BlobEntity body = new BlobEntity(content, rest, true);
    Map<String, String> range =
        offset > 0 && rest > 0
            ? Map.of("Content-Range", offset + "-" + (blob.size() - 1))
            : Map.of();
    try (HttpResponse answer =
        session.send(call, "PUT", withDigest(location, blob.digest()), range, body)) {
      if (!answer.isSuccess()) {
        throw failures.refused(call, answer);
      }
      answer.discard();
    } catch (RegistryException e) {
      throw explain(body, e);
    }
  }

  private static URI withDigest(URI upload, Digest digest) {
    String text = upload.toString();
    return URI.create(
        text
            + (upload.getRawQuery() == null ? "?" : "&")
            + "digest="
            + digest.algorithm()
            + "%3A"
            + digest.hex());
  }

  private RegistryException explain(BlobEntity body, RegistryException e) {
    Throwable source = body.sourceFailure();
    if (source instanceof IOException io) {
      throw new UncheckedIOException(io);
    } else if (source instanceof RuntimeException runtime) {
      throw runtime;
    } else if (source instanceof Error error) {
      throw error;
    }
    String wrongLength = body.wrongLength();
    return wrongLength == null ? e : failures.of(call, Reason.DIGEST_MISMATCH, 0, wrongLength, e);
  }

  @Override
  public void abandon() {
    session.abandon(call, location);
  }
}
