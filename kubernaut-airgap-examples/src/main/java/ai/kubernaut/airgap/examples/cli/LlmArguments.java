package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.common.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Options for the credentials of the LLM. They are never on the command line themselves. */
final class LlmArguments {
  @Option(
      names = "--llm-credentials",
      paramLabel = "KEY=FILE",
      description =
          "A key of the Secret with the credentials of the LLM, such as OPENAI_API_KEY, and the file with its value; repeatable. The Secret is created when it does not exist.")
  Map<String, Path> files = new LinkedHashMap<>();

  @Option(
      names = "--llm-credentials-env",
      paramLabel = "KEY=VARIABLE",
      description =
          "A key of this Secret, and the environment variable with its value; repeatable.")
  Map<String, String> variables = new LinkedHashMap<>();

  /** Reads the files and the variables. */
  Map<String, Secret> credentials() {
    Map<String, Secret> secrets = new LinkedHashMap<>();
    files.forEach(
        (key, file) -> {
          try {
            secrets.put(key, Secret.of(Files.readString(file).strip()));
          } catch (IOException e) {
            throw new AirgapException("cannot read the LLM credentials in " + file + ": " + e, e);
          }
        });
    variables.forEach(
        (key, variable) -> {
          String value = System.getenv(variable);
          if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException(
                "the environment variable " + variable + " for --llm-credentials-env is not set");
          }
          secrets.put(key, Secret.of(value));
        });
    return secrets;
  }
}
