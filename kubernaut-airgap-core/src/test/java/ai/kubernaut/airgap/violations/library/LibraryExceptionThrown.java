package ai.kubernaut.airgap.violations.library;

import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** A method that throws the exception of a library without declaring it. */
public final class LibraryExceptionThrown {
  public void read(String text) {
    if (text.isBlank()) {
      throw new YamlEngineException("it is empty");
    }
  }
}
