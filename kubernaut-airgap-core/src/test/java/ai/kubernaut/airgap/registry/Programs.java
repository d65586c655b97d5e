package ai.kubernaut.airgap.registry;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Finds the programs that integration tests need. */
public final class Programs {
  private Programs() {}

  /**
   * The program's path; without it the test is skipped, or fails where integration tests are
   * required.
   */
  public static Path require(String name) {
    for (String directory : String.valueOf(System.getenv("PATH")).split(File.pathSeparator, -1)) {
      Path program = Path.of(directory, name);
      if (Files.isExecutable(program)) {
        return program;
      }
    }
    String message =
        "the program '" + name + "' is not on the PATH; on Debian: apt-get install " + name;
    if ("true".equals(System.getenv("AIRGAP_IT_REQUIRED"))) {
      throw new AssertionError(message + " (AIRGAP_IT_REQUIRED is true)");
    }
    return Assumptions.abort(message);
  }
}
