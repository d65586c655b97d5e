package ai.kubernaut.airgap.registry.retry;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.HashedInput;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A blob whose download resumes at the byte where it broke. A client can verify the digest only of
 * a stream that starts at the first byte and does not break, so this class verifies the whole after
 * a break; the target registry verifies a blob that is read from a later byte on. Nothing is
 * requested before the first byte is read.
 */
final class ResumingInput extends HashedInput {
  private final RegistryClient client;
  private final Retries retries;
  private final Repository repository;
  private final Descriptor blob;
  private @Nullable MessageDigest hash;
  private @Nullable InputStream current;
  private long position;
  private int failures;
  private boolean complete;

  ResumingInput(
      RegistryClient client,
      Retries retries,
      Repository repository,
      Descriptor blob,
      long position) {
    this.client = client;
    this.retries = retries;
    this.repository = repository;
    this.blob = blob;
    this.position = position;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    while (true) {
      try {
        return readOnce(buffer, offset, length);
      } catch (RegistryException e) {
        goOnHashing();
        close();
        failures++;
        if (!e.reason().retryable()) {
          throw e;
        }
        retries.pause(e, failures);
      }
    }
  }

  private void goOnHashing() {
    if (hash == null && current instanceof HashedInput hashed) {
      hash = hashed.hash().orElse(null);
    }
  }

  private int readOnce(byte[] buffer, int offset, int length) {
    InputStream in = current;
    if (in == null) {
      in = client.readBlob(repository, blob, position);
      current = in;
      if (position == 0) {
        // The client's own hash will do, and costs nothing more, until the stream breaks.
        hash = in instanceof HashedInput ? null : blob.digest().algorithm().newHash();
      }
    }
    int count;
    try {
      count = in.read(buffer, offset, length);
    } catch (IOException e) {
      throw failed(RegistryException.Reason.UNREACHABLE, String.valueOf(e.getMessage()), e);
    }
    if (count > 0) {
      if (hash != null) {
        hash.update(buffer, offset, count);
      }
      position += count;
      failures = 0;
    } else if (count < 0) {
      checkEnd();
    }
    return count;
  }

  private void checkEnd() {
    if (position < blob.size()) {
      throw failed(
          RegistryException.Reason.UNREACHABLE,
          "the transfer ended after " + position + " of " + blob.size() + " bytes",
          null);
    }
    if (hash != null && !complete) {
      complete = true;
      // A copy, because the hash may be asked for after the end.
      Digest actual = Digest.of(blob.digest().algorithm(), copy(hash).digest());
      if (!actual.equals(blob.digest())) {
        throw failed(
            RegistryException.Reason.DIGEST_MISMATCH,
            "the registry's bytes have the digest " + actual,
            null);
      }
    }
  }

  private RegistryException failed(
      RegistryException.Reason reason, String why, @Nullable IOException cause) {
    return new RegistryException(
        reason,
        repository.registry(),
        0,
        "reading blob " + blob.digest() + " of " + repository + " failed: " + why,
        cause);
  }

  @Override
  public Optional<MessageDigest> hash() {
    if (hash != null) {
      return Optional.of(copy(hash));
    }
    if (current instanceof HashedInput hashed) {
      return hashed.hash();
    }
    return position == 0 ? Optional.of(blob.digest().algorithm().newHash()) : Optional.empty();
  }

  @Override
  public void close() {
    InputStream in = current;
    current = null;
    if (in != null) {
      try {
        in.close();
      } catch (IOException e) {
        // Nothing more is wanted from it.
        return;
      }
    }
  }
}
