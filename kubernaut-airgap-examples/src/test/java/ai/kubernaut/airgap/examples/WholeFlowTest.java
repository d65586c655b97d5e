package ai.kubernaut.airgap.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class WholeFlowTest {

  @Test
  void theExampleEndsWithAReleaseThatRunsFromTheMirror() {
    ByteArrayOutputStream said = new ByteArrayOutputStream();

    assertThat(WholeFlow.run(new PrintStream(said, true, StandardCharsets.UTF_8)).isOk()).isTrue();

    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains(
            "15 copied, 0 already there",
            "0 copied, 15 already there",
            "Secret kubernaut-system/postgresql-secret was created");
  }
}
