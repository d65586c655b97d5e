package ai.kubernaut.airgap.registry.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;
import org.jspecify.annotations.Nullable;

/**
 * A blob, or a piece of one, that is read from its source while it is sent. The last bytes go out
 * only when the source has ended where it should: a registry never gets the whole of what is too
 * long or failed at its end.
 */
final class BlobEntity extends AbstractHttpEntity {
  private static final int BUFFER = 128 << 10;

  private final InputStream source;
  private final long size;
  private final boolean last;
  private volatile boolean started;
  private volatile @Nullable Throwable sourceFailure;
  private volatile @Nullable String wrongLength;

  /**
   * @param last whether the source has to end after these bytes
   */
  BlobEntity(InputStream source, long size, boolean last) {
    super(ContentType.APPLICATION_OCTET_STREAM, null, false);
    this.source = source;
    this.size = size;
    this.last = last;
  }

  /** Whether a part of the source has been read, so that it cannot be sent again. */
  boolean started() {
    return started;
  }

  /** What the source threw. */
  @Nullable Throwable sourceFailure() {
    return sourceFailure;
  }

  /** In which way the source is too short or too long. */
  @Nullable String wrongLength() {
    return wrongLength;
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    started = true;
    byte[] buffer = new byte[(int) Math.min(BUFFER, Math.max(1, size))];
    long left = size;
    if (left == 0) {
      checkEnd(buffer);
    }
    while (left > 0) {
      int count = take(buffer, (int) Math.min(buffer.length, left));
      if (count < 0) {
        throw wrong("the content ends after " + (size - left) + " of " + size + " bytes");
      }
      left -= count;
      if (left == 0) {
        checkEnd(new byte[1]);
      }
      out.write(buffer, 0, count);
    }
  }

  private void checkEnd(byte[] buffer) throws IOException {
    if (last && take(buffer, 1) >= 0) {
      throw wrong("the content has more than the blob's " + size + " bytes");
    }
  }

  private int take(byte[] buffer, int length) throws IOException {
    try {
      return source.read(buffer, 0, length);
    } catch (IOException | RuntimeException | Error e) {
      sourceFailure = e;
      throw new IOException("the content could not be read", e);
    }
  }

  private IOException wrong(String why) {
    wrongLength = why;
    return new IOException(why);
  }

  @Override
  public boolean isRepeatable() {
    return false;
  }

  @Override
  public long getContentLength() {
    return size;
  }

  @Override
  public InputStream getContent() {
    return source;
  }

  @Override
  public boolean isStreaming() {
    return true;
  }

  @Override
  public void close() {
    // The source is its owner's to close.
  }
}
