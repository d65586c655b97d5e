package ai.kubernaut.airgap.violations.library;

import com.fasterxml.jackson.databind.ObjectMapper;

/** A field that has the type of a library. */
public final class LibraryInField {
  public final ObjectMapper mapper = new ObjectMapper();
}
