package ai.kubernaut.airgap.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The published schema of what the commands print with {@code --json}. */
final class ReportSchema {
  static final Path FILE = Path.of("../docs/schema/report-v1.schema.json");

  private ReportSchema() {}

  /** Asserts that a document follows the schema. */
  static void check(String document) {
    JsonSchema schema =
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(read());
    assertThat(schema.validate(document, InputFormat.JSON)).as(document).isEmpty();
  }

  private static String read() {
    try {
      return Files.readString(FILE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
