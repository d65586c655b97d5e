package ai.kubernaut.airgap.violations.library;

import com.fasterxml.jackson.core.JsonProcessingException;

/** A method that declares the exception of a library. */
public interface LibraryInThrows {
  void read() throws JsonProcessingException;
}
