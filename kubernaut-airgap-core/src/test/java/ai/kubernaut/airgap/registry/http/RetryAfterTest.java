package ai.kubernaut.airgap.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.RegistryException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RetryAfterTest {
  private static Optional<Duration> parse(String value) {
    return Optional.ofNullable(
        RetryAfter.parse(Optional.of(value), Optional.of("Sun, 22 Nov 2026 15:00:00 GMT")));
  }

  @Test
  void secondsAndDatesAreRead() {
    assertThat(parse("120")).hasValue(Duration.ofMinutes(2));
    assertThat(parse("0")).hasValue(Duration.ZERO);
    assertThat(parse("Sun, 22 Nov 2026 15:02:30 GMT")).hasValue(Duration.ofSeconds(150));
    assertThat(parse("Sun, 22 Nov 2026 14:00:00 GMT")).hasValue(Duration.ZERO);
    assertThat(parse("99999999999999999999")).hasValue(Duration.ofSeconds(999_999_999));
  }

  @Test
  void nonsenseSaysNothing() {
    assertThat(parse("soon")).isEmpty();
    assertThat(parse("-5")).isEmpty();
    assertThat(RetryAfter.parse(Optional.empty(), Optional.empty())).isNull();
  }

  @Test
  void aRefusalCarriesIt() {
    try (ScriptedServer server = ScriptedServer.start();
        HttpRegistryClient client =
            HttpRegistryClient.builder()
                .plainHttp(server.host())
                .credentials(CredentialProvider.none())
                .build()) {
      server.on("HEAD /v2/app/manifests/v1", ScriptedServer.status(429, "Retry-After", "7"));

      RegistryException e =
          catchThrowableOfType(
              RegistryException.class,
              () -> client.findManifest(ImageRef.parse(server.host() + "/app:v1")));

      assertThat(e.retryAfter()).hasValue(Duration.ofSeconds(7));
    }
  }
}
