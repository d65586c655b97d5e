package ai.kubernaut.airgap.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A command line that is shown for another run. */
final class TypedCommandTest {
  private static String typed(String... arguments) {
    return TypedCommand.of("kubernaut-airgap", List.of(arguments));
  }

  @Test
  void aShellReadsTheSameArguments() {
    assertThat(typed("mirror", "--plan", "my plans/it's.yaml", "--ca", "h:5000=$HOME/ca.pem", ""))
        .isEqualTo(
            "kubernaut-airgap mirror --plan 'my plans/it'\\''s.yaml' --ca 'h:5000=$HOME/ca.pem' ''");
  }

  @Test
  void valuesThatMayBeSecretAreMasked() {
    assertThat(
            typed(
                "plan",
                "--set",
                "db.password=a,key=b",
                "--set-string=token=c",
                "--set-json",
                "d",
                "--source",
                "quay.io=https://robot:e@proxy.corp/quay",
                "--target",
                "robot:f@harbor.corp",
                "--extra-image",
                "quay.io/a/b:v1@sha256:" + "0".repeat(64)))
        .isEqualTo(
            "kubernaut-airgap plan --set 'db.password=***' '--set-string=token=***' --set-json '***'"
                + " --source 'quay.io=https://robot:***@proxy.corp/quay' --target 'robot:***@harbor.corp'"
                + " --extra-image quay.io/a/b:v1@sha256:"
                + "0".repeat(64));
  }
}
