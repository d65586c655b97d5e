package ai.kubernaut.airgap.violations.library;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** A method whose signature has the type of a library. */
public interface LibraryInMethod {
  List<? extends JsonNode[]> nodes();
}
