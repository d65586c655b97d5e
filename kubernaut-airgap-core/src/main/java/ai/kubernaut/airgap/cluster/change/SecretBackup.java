package ai.kubernaut.airgap.cluster.change;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.yaml.InvalidYamlException;
import ai.kubernaut.airgap.yaml.Yaml;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/**
 * A Secret that holds the content of another Secret before and after a change. Reports in files do
 * not have the data of Secrets, so that a change of a Secret is undone from its backup.
 */
final class SecretBackup {
  private static final String LABEL = "airgap.kubernaut.ai/backup";
  private static final String BACKUP_OF = "airgap.kubernaut.ai/backup-of";
  private static final String BEFORE = "before";
  private static final String AFTER = "after";
  private static final int LONGEST_NAME = 200;

  private SecretBackup() {}

  /** Returns the backup that a change needs; empty if it updates and removes no Secret. */
  static Optional<KubernetesObject> of(ObjectChange change) {
    Optional<KubernetesObject> before = change.before().filter(ObjectContent::isSecret);
    if (before.isEmpty() || change.action() == ObjectChange.Action.NONE) {
      return Optional.empty();
    }
    String version = before.get().fields().text("metadata", "resourceVersion").orElse("0");
    Optional<String> after = change.after().map(SecretBackup::encoded);
    String name =
        change.name().substring(0, Math.min(change.name().length(), LONGEST_NAME))
            + "-backup-"
            + version
            + "-"
            + Integer.toHexString(after.orElse("").hashCode());
    KubernetesObject backup =
        KubernetesObject.named(ResourceType.SECRET, change.namespace().orElse(null), name)
            .with("kubernaut-airgap", "metadata", "labels", "app.kubernetes.io/managed-by")
            .with("true", "metadata", "labels", LABEL)
            .with(change.name(), "metadata", "annotations", BACKUP_OF)
            .with("Opaque", "type")
            .with(encoded(before.get()), "data", BEFORE);
    return Optional.of(after.map(content -> backup.with(content, "data", AFTER)).orElse(backup));
  }

  private static String encoded(KubernetesObject object) {
    String yaml = Yaml.write(ObjectContent.of(object).fields().content());
    return Base64.getEncoder().encodeToString(yaml.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns a change that was read from a file, with the data of its Secret from a backup.
   *
   * @param masked the change, with the data masked
   * @param present the Secret as it is now
   * @return the change of the backup that leads to the present content, or else of the newest
   *     backup; empty if there is none
   */
  static Optional<ObjectChange> complete(
      ObjectChange masked, Optional<KubernetesObject> present, ClusterClient cluster) {
    return cluster
        .list(ResourceType.SECRET, masked.namespace().orElse(null), Map.of(LABEL, "true"))
        .stream()
        .filter(secret -> masked.name().equals(secret.annotations().get(BACKUP_OF)))
        .sorted(
            Comparator.comparing(
                    (KubernetesObject secret) ->
                        secret.fields().text("metadata", "creationTimestamp").orElse(""))
                .reversed())
        .map(
            secret ->
                new ObjectChange(
                    masked.type(),
                    masked.namespace(),
                    masked.name(),
                    decoded(secret, BEFORE),
                    decoded(secret, AFTER)))
        .filter(change -> ObjectContent.isSame(maskedOf(change.before()), masked.before()))
        .filter(change -> ObjectContent.isSame(maskedOf(change.after()), masked.after()))
        .min(
            Comparator.comparing(
                change ->
                    !ObjectContent.isSame(present, change.after())
                        && !ObjectContent.isSame(present, change.before())));
  }

  private static Optional<KubernetesObject> maskedOf(Optional<KubernetesObject> object) {
    return object.map(ObjectContent::masked);
  }

  private static Optional<KubernetesObject> decoded(KubernetesObject backup, String key) {
    return backup
        .fields()
        .text("data", key)
        .flatMap(
            base64 -> {
              try {
                String yaml =
                    new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
                return Optional.of(
                    KubernetesObject.of(
                        Fields.of(
                            Yaml.readMapping(
                                backup.toString(), yaml, Yaml.DuplicateKeys.REFUSED))));
              } catch (IllegalArgumentException | InvalidYamlException e) {
                // A damaged backup is ignored.
                return Optional.empty();
              }
            });
  }
}
