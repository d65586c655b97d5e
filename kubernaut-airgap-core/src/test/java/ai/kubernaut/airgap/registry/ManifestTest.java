package ai.kubernaut.airgap.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ManifestTest {
  private static final byte[] CONTENT = "{\"schemaVersion\":2}".getBytes(StandardCharsets.UTF_8);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json; charset=utf-8",
        "x/y"
      })
  void mediaTypesAreKeptWithoutTheirParameters(String mediaType) {
    assertThat(Manifest.of(mediaType, CONTENT).mediaType())
        .isEqualTo(mediaType.replaceAll(";.*", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"application/x,y", "application", "a b/c", "a/b\r\nHost: x", "/", "a/b/c", ""})
  void whatIsNotAMediaTypeIsRefused(String mediaType) {
    assertThatThrownBy(() -> Manifest.of(mediaType, CONTENT))
        .isInstanceOf(InvalidManifestException.class)
        .hasMessageContaining("media type")
        .hasMessageNotContainingAny("\r", "\n");
  }
}
