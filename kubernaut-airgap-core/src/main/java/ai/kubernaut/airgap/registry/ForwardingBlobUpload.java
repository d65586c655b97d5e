package ai.kubernaut.airgap.registry;

import java.io.InputStream;
import java.util.Optional;

/**
 * Forwards every call to another upload session, for clients that change some of them. For one
 * thread at a time.
 */
public abstract class ForwardingBlobUpload implements BlobUpload {
  private final BlobUpload upload;

  /**
   * Creates a session.
   *
   * @param upload gets the calls
   */
  protected ForwardingBlobUpload(BlobUpload upload) {
    this.upload = upload;
  }

  @Override
  public Optional<String> session() {
    return upload.session();
  }

  @Override
  public long minimumChunk() {
    return upload.minimumChunk();
  }

  @Override
  public long offset() {
    return upload.offset();
  }

  @Override
  public void append(long offset, long length, InputStream content) {
    upload.append(offset, length, content);
  }

  @Override
  public void finish(Descriptor blob, long offset, InputStream content) {
    upload.finish(blob, offset, content);
  }

  @Override
  public void abandon() {
    upload.abandon();
  }
}
