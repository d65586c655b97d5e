package ai.kubernaut.airgap.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.outcome.ProblemCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/troubleshooting.md is made from the catalogue of causes. */
final class TroubleshootingDocumentTest {
  private static final Path DOCUMENT = Path.of("../docs/troubleshooting.md");
  private static final Path GENERATED = Path.of("target/troubleshooting.md");

  /** The parts of a sentence that are left out when they are empty. */
  private static final Pattern OPTIONAL = Pattern.compile("\\[([^\\[\\]]*)]");

  private static final String INTRODUCTION =
      """
      # Troubleshooting

      `kubernaut-airgap diagnose --plan plan.yaml` (in a program `Airgap.diagnose`) finds out why a release does not run. It reads the cluster and the
      mirror, changes nothing, and reports each root cause once, with what was seen, what it causes, and what to do. A test generates this file from
      the catalogue that the diagnosis uses.

      ## The entries of the installation guide

      | entry | what the diagnosis reports |
      |---|---|
      | TLS certificate hook fails | `IMAGE_NOT_IN_MIRROR` for the image of the hook is the root. `JOB_NOT_COMPLETE` of the Job, `SECRET_NOT_FOUND` of the certificate, and the pods that wait for it are its consequences. |
      | Migration Job fails connecting to PostgreSQL | The problem of the PostgreSQL pod, for example `IMAGE_NOT_IN_MIRROR`, is the root. The Job, which names the service of PostgreSQL, and the services that use the database are its consequences. |
      | Pods are in ImagePullBackOff | One of the causes about images, registries, credentials or mirror rules below: the mirror is asked for the image, with the credentials of the cluster. |
      | Verifying mirror registry contents | `kubernaut-airgap mirror ls --plan plan.yaml` lists repositories and tags, and `mirror inspect IMAGE` shows an image. |

      ## Causes

      Words in braces stand for names of the cluster.
      """;

  private static String document() {
    StringBuilder document = new StringBuilder(INTRODUCTION);
    for (ProblemCode code : Repairs.codes()) {
      Repair repair = Repairs.template(code);
      document
          .append("\n### ")
          .append(code)
          .append("\n\nMessage: *subject*: ")
          .append(OPTIONAL.matcher(code.messageTemplate()).replaceAll("$1"))
          .append(".\n\nWhat to do: ")
          .append(code.remedyTemplate())
          .append(".\n\n```sh\n")
          .append(repair.command())
          .append("\n```\n");
      if (!repair.call().isEmpty()) {
        document.append("\n```java\n").append(repair.call()).append(";\n```\n");
      }
    }
    return document.toString();
  }

  @Test
  void theDocumentHasTheCausesOfTheCatalogue() throws IOException {
    Files.createDirectories(GENERATED.getParent());
    Files.writeString(GENERATED, document());
    assertThat(DOCUMENT)
        .as("copy %s to docs if the change is intended", GENERATED)
        .hasContent(document());
  }
}
