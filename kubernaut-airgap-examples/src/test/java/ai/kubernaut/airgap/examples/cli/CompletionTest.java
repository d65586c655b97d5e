package ai.kubernaut.airgap.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.registry.Programs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The completion script, in a real shell. */
final class CompletionTest {
  @TempDir Path directory;

  /** Completes the last word as bash does when the tab key is pressed. */
  private List<String> complete(String words) throws IOException, InterruptedException {
    CommandLineRun run = CommandLineRun.of("generate-completion");
    assertThat(run.status()).as(run.toString()).isZero();
    Path script = Files.writeString(directory.resolve("completion.sh"), run.out());
    Path press =
        Files.writeString(
            directory.resolve("press.sh"),
            """
            source "$1"
            shift
            # Exists only while the shell itself completes a word.
            compopt() { :; }
            specification=$(complete -p "$1")
            function=${specification##*-F }
            COMP_WORDS=("$@")
            COMP_CWORD=$(($# - 1))
            COMP_LINE="$*"
            COMP_POINT=${#COMP_LINE}
            "${function%% *}" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
            printf '%s\\n' "${COMPREPLY[@]}"
            """);
    List<String> command =
        new ArrayList<>(
            List.of(Programs.require("bash").toString(), press.toString(), script.toString()));
    command.addAll(List.of(words.split(" ")));
    Process bash = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor()).as(said).isZero();
    return said.lines().map(String::strip).toList();
  }

  @Test
  void bashCompletesCommandsOptionsAndValues() throws IOException, InterruptedException {
    assertThat(complete("kubernaut-airgap mirr")).containsExactly("mirror", "mirror-rules");
    assertThat(complete("kubernaut-airgap bundle cr")).containsExactly("create");
    assertThat(complete("kubernaut-airgap mirror --jour")).containsExactly("--journal");
    assertThat(complete("kubernaut-airgap plan --preset HAR")).containsExactly("HARBOR");
  }
}
