package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A source whose connection breaks in the middle of one blob. */
final class BrokenSource extends DelegatingClient {
  private final Digest digest;
  private final int intact;

  BrokenSource(RegistryClient client, Digest digest, int intact) {
    super(client);
    this.digest = digest;
    this.intact = intact;
  }

  @Override
  public InputStream readBlob(Repository repository, Descriptor blob, long offset) {
    InputStream content = super.readBlob(repository, blob, offset);
    if (!blob.digest().equals(digest)) {
      return content;
    }
    return new FilterInputStream(content) {
      private int left = intact;

      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        if (left == 0 && length > 0) {
          throw new RegistryException(
              RegistryException.Reason.UNREACHABLE,
              repository.registry(),
              0,
              "the connection broke",
              null);
        }
        int count = super.read(buffer, offset, Math.min(length, left));
        left -= count;
        return count;
      }
    };
  }
}
