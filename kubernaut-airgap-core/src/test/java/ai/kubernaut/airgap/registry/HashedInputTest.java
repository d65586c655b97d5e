package ai.kubernaut.airgap.registry;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.image.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.junit.jupiter.api.Test;

final class HashedInputTest {
  private static final byte[] CONTENT = "content of a blob".getBytes(StandardCharsets.UTF_8);

  private static Digest digest(HashedInput read) {
    return Digest.of(Digest.Algorithm.SHA256, read.hash().orElseThrow().digest());
  }

  @Test
  void contentIsHashedAsItIsRead() throws IOException {
    try (HashedInput in =
        HashedInput.of(new ByteArrayInputStream(CONTENT), Digest.Algorithm.SHA256)) {
      assertThat(in.read()).isEqualTo('c');
      assertThat(digest(in)).isEqualTo(Digest.sha256("c".getBytes(StandardCharsets.UTF_8)));
      assertThat(in.readAllBytes()).hasSize(CONTENT.length - 1);
      assertThat(digest(in)).isEqualTo(Digest.sha256(CONTENT));
      assertThat(digest(in)).isEqualTo(Digest.sha256(CONTENT));
    }
  }

  @Test
  void contentThatIsHashedAlreadyIsNotHashedAgain_exceptByAnotherAlgorithm() throws IOException {
    try (HashedInput in =
        HashedInput.of(new ByteArrayInputStream(CONTENT), Digest.Algorithm.SHA256)) {
      assertThat(HashedInput.of(in, Digest.Algorithm.SHA256)).isSameAs(in);
      HashedInput other = HashedInput.of(in, Digest.Algorithm.SHA512);
      assertThat(other.readAllBytes()).isEqualTo(CONTENT);
      assertThat(Digest.of(Digest.Algorithm.SHA512, other.hash().orElseThrow().digest()))
          .isEqualTo(
              Digest.of(
                  Digest.Algorithm.SHA512, Digest.Algorithm.SHA512.newHash().digest(CONTENT)));
    }
  }

  @Test
  void theHashOfTheBeginningIsContinued() throws IOException {
    MessageDigest begun = Digest.Algorithm.SHA256.newHash();
    begun.update(CONTENT, 0, 5);
    InputStream rest = new ByteArrayInputStream(CONTENT, 5, CONTENT.length - 5);
    try (HashedInput in = HashedInput.continuing(rest, begun)) {
      assertThat(in.readAllBytes()).hasSize(CONTENT.length - 5);
      assertThat(digest(in)).isEqualTo(Digest.sha256(CONTENT));
    }
  }
}
