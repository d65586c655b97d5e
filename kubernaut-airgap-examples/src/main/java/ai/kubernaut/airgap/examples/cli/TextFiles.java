package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.common.AirgapException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The text files that options name. */
final class TextFiles {
  private TextFiles() {}

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AirgapException("cannot read " + file + ": " + e, e);
    }
  }

  static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new AirgapException("cannot write " + file + ": " + e, e);
    }
  }
}
