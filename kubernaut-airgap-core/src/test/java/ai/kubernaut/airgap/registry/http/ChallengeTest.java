package ai.kubernaut.airgap.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.RandomText;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ChallengeTest {
  private static List<Challenge> parse(String... headers) {
    return Challenge.parse(List.of(headers));
  }

  @Test
  void theUsualForm() {
    assertThat(
            parse(
                "Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\",scope=\"repository:a/b:pull,push\",error=\"invalid_token\""))
        .containsExactly(
            new Challenge(
                "bearer",
                Map.of(
                    "realm", "https://auth.docker.io/token",
                    "service", "registry.docker.io",
                    "scope", "repository:a/b:pull,push",
                    "error", "invalid_token")));
  }

  @Test
  void severalInOneHeaderAndInSeveral() {
    assertThat(parse("Negotiate, Basic realm=\"a, b\", Bearer realm=x", "NTLM", "Custom abc=="))
        .containsExactly(
            new Challenge("negotiate", Map.of()),
            new Challenge("basic", Map.of("realm", "a, b")),
            new Challenge("bearer", Map.of("realm", "x")),
            new Challenge("ntlm", Map.of()),
            new Challenge("custom", Map.of()));
  }

  @Test
  void spacesQuotesAndCase() {
    assertThat(parse("BEARER  Realm = \"a\\\"b\\\\c\" ,, SERVICE=s , "))
        .containsExactly(new Challenge("bearer", Map.of("realm", "a\"b\\c", "service", "s")));
    assertThat(parse("Basic")).containsExactly(new Challenge("basic", Map.of()));
    assertThat(parse("", " , ")).isEmpty();
    assertThat(parse("Bearer realm=\"unclosed"))
        .containsExactly(new Challenge("bearer", Map.of("realm", "unclosed")));
  }

  @Test
  void anyHeaderIsReadToItsEnd() {
    RandomText random = new RandomText(1);
    for (int i = 0; i < 1000; i++) {
      assertThat(parse(random.anyText(200))).isNotNull();
      assertThat(parse(random.text("a=\", \\", 0, 200))).isNotNull();
    }
  }
}
