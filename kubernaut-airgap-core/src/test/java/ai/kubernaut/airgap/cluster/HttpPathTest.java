package ai.kubernaut.airgap.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HttpPathTest {
  @ParameterizedTest
  @CsvSource({
    "/, /",
    "'', /",
    "/healthz, /healthz",
    "healthz, /healthz",
    "/a/b/, /a/b/",
    "/a b, /a%20b",
    "/a%20b, /a%20b",
    "/%68ealthz, /healthz",
    "/ü, /%C3%BC",
    "/%c3%bc, /%C3%BC",
    "/v1/x:check@2;q=1/~me/a..b/..., /v1/x:check@2;q=1/~me/a..b/...",
    "'/a\"<>^`{|}', /a%22%3C%3E%5E%60%7B%7C%7D",
    "/[::1], /%5B::1%5D",
  })
  void aPathIsEncoded(String path, String encoded) {
    assertThat(HttpPath.parse(path)).hasToString(encoded);
    assertThat(HttpPath.parse(encoded)).as("once is enough").isEqualTo(HttpPath.parse(path));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/..",
        "/../..",
        "..",
        "/a/../b",
        "/.",
        "/a/./b",
        "/%2e%2e/x",
        "/%2E./x",
        "/..%2f..",
        "/a%2fb",
        "/%252e%252e/x",
        "/..;/x",
        "/.;a=b/x",
        "/a\\b",
        "\\..\\..",
        "/a%5cb",
        "//evil.example.com/x",
        "/a//b",
        "http://evil.example.com/",
        "/a?b",
        "/a%3fb",
        "/a#b",
        "/a%23b",
        "/a\nb",
        "/a%0d%0ab",
        "/a\u0000b",
        "/a%00b",
        "/a\u007fb",
        "/a\u0085b",
        "/%",
        "/%2",
        "/%zz",
        "/%ff",
        "/%c0%ae%c0%ae/x"
      })
  void aPathThatIsMoreThanAResourceOfTheServiceIsRefused(String path) {
    assertThatThrownBy(() -> HttpPath.parse(path))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("it");
  }

  @Test
  void aPathOfMoreThanTheLimitIsRefused() {
    assertThat(HttpPath.parse("/" + "a".repeat(HttpPath.MAX_LENGTH - 1)).toString())
        .hasSize(HttpPath.MAX_LENGTH);
    assertThatThrownBy(() -> HttpPath.parse("/" + "a".repeat(HttpPath.MAX_LENGTH)))
        .hasMessageContaining("more than 1024 characters");
  }
}
