package ai.kubernaut.airgap.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class DigestTest {
  private static final String OF_HELLO =
      "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

  @Test
  void isComputedFromBytes() {
    Digest digest = Digest.sha256("hello".getBytes(UTF_8));
    assertThat(digest)
        .hasToString("sha256:" + OF_HELLO)
        .isEqualTo(Digest.parse("sha256:" + OF_HELLO));
    assertThat(digest.hex()).isEqualTo(OF_HELLO);
    assertThat(digest.algorithm()).isEqualTo(Digest.Algorithm.SHA256);
    assertThat(digest.abbreviated()).isEqualTo("sha256:2cf24dba5fb0");
    assertThat(digest.ofSameAlgorithm("hello".getBytes(UTF_8))).isEqualTo(digest);
  }

  @Test
  void ofSha512IsComparedByItsOwnAlgorithm() {
    byte[] content = "hello".getBytes(UTF_8);
    Digest digest =
        Digest.of(Digest.Algorithm.SHA512, Digest.Algorithm.SHA512.newHash().digest(content));
    assertThat(digest.toString()).startsWith("sha512:").hasSize(7 + 128);
    assertThat(digest.ofSameAlgorithm(content)).isEqualTo(digest);
    assertThat(Digest.sha256(content)).isNotEqualTo(digest).isLessThan(digest);
  }

  @Test
  void aPlatformHasTwoOrThreeParts() {
    assertThat(Platform.parse("linux/amd64")).isEqualTo(Platform.of("linux", "amd64"));
    Platform arm = Platform.parse("linux/arm/v7");
    assertThat(arm).hasToString("linux/arm/v7").isGreaterThan(Platform.of("linux", "amd64"));
    assertThat(arm.os()).isEqualTo("linux");
    assertThat(arm.architecture()).isEqualTo("arm");
    assertThat(arm.variant()).contains("v7");
    assertThat(Platform.of("linux", "amd64").variant()).isEmpty();
    for (String text : new String[] {"", "linux", "linux/", "/amd64", "linux/ /v7", "a/b/c/d"}) {
      assertThatThrownBy(() -> Platform.parse(text))
          .isInstanceOf(InvalidReferenceException.class)
          .hasMessageContaining("os/architecture");
    }
  }
}
