package ai.kubernaut.airgap.permissions;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.permissions.StepContext.Cluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** docs/permissions.md is made from the table that the checks use. */
final class PermissionsDocumentTest {
  private static final Path DOCUMENT = Path.of("../docs/permissions.md");
  private static final Path GENERATED = Path.of("target/permissions.md");

  private static final String INTRODUCTION =
      """
      # What each step needs in the cluster

      The least permissions of each step, for the release `kubernaut` in `kubernaut-system` with pods in `kubernaut-workflows`, on a cluster where
      both namespaces exist. A test generates this file from the table in `StepPermissions`; other tests run each step as a user who has exactly
      these permissions, and compare them with the requests that it sends.

      `permissions --step STEP --plan FILE` asks a cluster whether the user is allowed to do all of it, for the plan and this cluster, and lists what
      is missing; `--yaml` prints these roles with what the objects of the chart need. `Airgap.checkPermissions` does the same in a program, also
      for one planned `ClusterChange`.

      - A namespace that does not exist yet needs `create` on `namespaces`.
      - Where no value of the chart gives pods the pull secret, `pull-secret` needs `get` and `update` for the ServiceAccounts of these pods that the chart
        does not create, such as `default`, and `create` in a namespace that does not exist yet; `install` and `upgrade` need `get` for them.
      - `--undo` needs `get`, and `delete` for objects that were created or `update` for objects that were changed. For Secrets it
        also needs `list`, to find their backups, and `delete` to remove them.
      - What Helm does with each type of object in the chart depends on the step: `install` needs `get` and `create`, `upgrade` and `rollback` also
        `patch` and `delete`, `uninstall` needs `delete`. Hooks need `get`, `create` and `delete`, and those that run need `watch`.
      - A chart with Roles or bindings needs everything that they grant, or `escalate` for the roles and `bind` for the bindings.
      - For a chart with Roles or bindings, `verify` and `diagnose` need `list` for their types, to find those that were deleted or changed.
      - `verify --selector` needs `verify-by-labels`, for its `--selector-namespace` instead of the namespaces of the release. It does not need Secrets; if
        the user may list them, the certificates of webhooks and the keys of the LLM are checked too.
      - To know the state of a release that Argo CD or Flux manages, `verify`, `verify-by-labels` and `diagnose` `get` and `list` its HelmReleases
        and Kustomizations, and `list` Applications in all namespaces or `get` them in `argocd` and `openshift-gitops`. Without these permissions, what
        manages the release is named without its state.
      """;

  private static String document() {
    StringBuilder document = new StringBuilder(INTRODUCTION);
    for (ClusterStep step : ClusterStep.values()) {
      document.append("\n## ").append(step).append('\n');
      for (Cluster cluster : clusters(step)) {
        StepContext context =
            StepContext.builder()
                .release(ReleaseName.defaultRelease())
                .cluster(cluster)
                .namespaces(Set.of("kubernaut-system", "kubernaut-workflows"))
                .build();
        if (clusters(step).size() > 1) {
          document.append('\n').append(title(cluster)).append('\n');
        }
        document
            .append("\n```yaml\n")
            .append(PermissionChecker.needed(step, context).toYaml())
            .append("```\n");
      }
    }
    return document.toString();
  }

  private static List<Cluster> clusters(ClusterStep step) {
    return switch (step) {
      case PULL_SECRET -> List.of(Cluster.values());
      case TRUST, MIRROR_RULES, IMAGE_POLICY -> List.of(Cluster.OPENSHIFT);
      default -> List.of(Cluster.KUBERNETES);
    };
  }

  private static String title(Cluster cluster) {
    return switch (cluster) {
      case KUBERNETES -> "Kubernetes:";
      case OPENSHIFT -> "OpenShift:";
      case HOSTED -> "A hosted cluster of OpenShift:";
    };
  }

  @Test
  void theDocumentHasTheRolesOfTheTable() throws IOException {
    Files.createDirectories(GENERATED.getParent());
    Files.writeString(GENERATED, document());
    assertThat(Files.readString(DOCUMENT))
        .as("copy kubernaut-airgap-core/%s to docs/permissions.md", GENERATED)
        .isEqualTo(document());
  }
}
