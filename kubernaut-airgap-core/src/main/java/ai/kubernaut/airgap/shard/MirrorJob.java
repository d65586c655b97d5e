package ai.kubernaut.airgap.shard;

import ai.kubernaut.airgap.common.AirgapException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.immutables.value.Value;

/**
 * An Indexed Job that mirrors the shards of a partition on a connected Kubernetes cluster (1.24 or
 * later). Its manifest has a ConfigMap with the partition, a PersistentVolumeClaim for journals and
 * reports, and the Job, whose pods meet the Pod Security Standard <em>restricted</em>. Each pod
 * runs the command line {@code mirror --partition FILE --journal FILE --report FILE} of the image,
 * for the shard {@code JOB_COMPLETION_INDEX}. A pod that is created again after a failure continues
 * the uploads in the journal. The volume then has the report of shard 0 as {@code 0.json}, and so
 * on.
 *
 * <p>Nothing is applied: {@link #manifest} returns text. Use {@code kubectl create} or {@code
 * kubectl apply --server-side}; client-side apply stores the manifest in an annotation, which is
 * too small for large partitions. Immutable.
 */
@Value.Immutable
public interface MirrorJob {
  /** The directory of a container in which the volume with journals and reports is mounted. */
  String STATE_DIRECTORY = "/state";

  /** The most bytes of a ConfigMap. */
  int MAX_CONFIG_MAP = 1 << 20;

  /**
   * Returns the image of the pods.
   *
   * @return a reference of an image whose entry point is the command line {@code kubernaut-airgap},
   *     or another program with its options
   */
  String image();

  /**
   * Returns the command of the container.
   *
   * @return by default empty: the entry point of the image
   */
  List<String> command();

  /**
   * Returns more options for {@code mirror}, such as {@code --plain-http} and {@code --source}.
   *
   * @return by default empty; {@code $(NAME)} is replaced by Kubernetes
   */
  List<String> arguments();

  /**
   * Returns the name of the Job, the ConfigMap and the claim.
   *
   * @return a DNS label of at most 52 characters, because pods get an index after it; by default
   *     {@code kubernaut-airgap-mirror}
   */
  @Value.Default
  default String name() {
    return "kubernaut-airgap-mirror";
  }

  /**
   * Returns the namespace of all objects.
   *
   * @return by default empty: that of the kubeconfig of {@code kubectl}
   */
  Optional<String> namespace();

  /**
   * Returns the Secret of the type {@code kubernetes.io/dockerconfigjson} with the credentials of
   * the sources and the mirror.
   *
   * @return by default empty: registries are used without credentials
   */
  Optional<String> credentialsSecret();

  /**
   * Returns the Secret with which the nodes pull the image of the pods.
   *
   * @return by default empty
   */
  Optional<String> imagePullSecret();

  /**
   * Returns the CA certificates of registries. They become a part of the ConfigMap.
   *
   * @return certificates in PEM form by {@code HOST[:PORT]}; by default empty
   */
  Map<String, String> authorities();

  /**
   * Returns environment variables of the pods, such as {@code HTTPS_PROXY}.
   *
   * @return values by name, which everyone who reads the manifest sees; by default empty
   */
  Map<String, String> environment();

  /**
   * Returns how many shards are mirrored at the same time.
   *
   * @return 1 or more; by default empty: all
   */
  OptionalInt parallelism();

  /**
   * Returns how often a pod that failed is created again.
   *
   * @return 0 or more, by default 3, for each shard on average, or for each shard with {@link
   *     #retriesPerIndex()}
   */
  @Value.Default
  default int retries() {
    return 3;
  }

  /**
   * Returns whether retries are counted for each shard, so that one that fails does not end the
   * others ({@code backoffLimitPerIndex}).
   *
   * @return by default false, because clusters before Kubernetes 1.29 do not have it by default
   */
  @Value.Default
  default boolean retriesPerIndex() {
    return false;
  }

  /**
   * Returns an existing PersistentVolumeClaim for journals and reports, which pods on several nodes
   * can write to.
   *
   * @return by default empty: the manifest has a claim with the access mode ReadWriteMany
   */
  Optional<String> existingClaim();

  /**
   * Returns the storage class of the claim.
   *
   * @return by default empty: the default of the cluster
   */
  Optional<String> storageClass();

  /**
   * Returns the size of the claim.
   *
   * @return a quantity of Kubernetes, by default {@code 1Gi}
   */
  @Value.Default
  default String storage() {
    return "1Gi";
  }

  /**
   * Returns the user and group of the pods.
   *
   * @return 1 or more; by default empty: the user of the image, which must not be root, or the one
   *     that OpenShift assigns
   */
  OptionalLong runAsUser();

  /**
   * Returns the resources that a pod requests.
   *
   * @return quantities by resource, by default 500m cpu and 512Mi memory
   */
  @Value.Default
  default Map<String, String> requests() {
    return Map.of("cpu", "500m", "memory", "512Mi");
  }

  /**
   * Returns the resources that a pod is limited to.
   *
   * @return quantities by resource, by default 1Gi memory
   */
  @Value.Default
  default Map<String, String> limits() {
    return Map.of("memory", "1Gi");
  }

  /**
   * Returns where pods find the partition if it is too large for a ConfigMap.
   *
   * @return a file below {@value #STATE_DIRECTORY}, in the volume of the claim; by default empty:
   *     the partition is in the ConfigMap
   */
  Optional<String> partitionFile();

  /**
   * Returns the manifest.
   *
   * @param partition what to mirror
   * @return YAML documents: ConfigMap, PersistentVolumeClaim unless there is one already, and Job
   * @throws AirgapException when the partition is too large for a ConfigMap and {@link
   *     #partitionFile()} is empty
   */
  default String manifest(PlanPartition partition) {
    return new JobManifest(this, partition).toYaml();
  }

  /** {@return an empty builder} */
  static Builder builder() {
    return new Builder();
  }

  /** Checks names and numbers. */
  @Value.Check
  default void check() {
    if (!Pattern.matches("[a-z]([-a-z0-9]{0,50}[a-z0-9])?", name())) {
      throw new IllegalArgumentException(
          "name is '"
              + name()
              + "'; it must be a DNS label of at most 52 characters: lower-case letters, digits and dashes, beginning with a letter");
    }
    if (image().isBlank()) {
      throw new IllegalArgumentException("image is empty; give the image of the pods");
    }
    if (retries() < 0) {
      throw new IllegalArgumentException("retries is " + retries() + "; it must be 0 or more");
    }
    if (parallelism().orElse(1) < 1) {
      throw new IllegalArgumentException(
          "parallelism is " + parallelism().getAsInt() + "; it must be 1 or more");
    }
    if (runAsUser().orElse(1) < 1) {
      throw new IllegalArgumentException(
          "runAsUser is "
              + runAsUser().getAsLong()
              + "; it must be 1 or more, pods do not run as root");
    }
    partitionFile()
        .filter(file -> !file.startsWith(STATE_DIRECTORY + "/"))
        .ifPresent(
            file -> {
              throw new IllegalArgumentException(
                  "partitionFile is " + file + "; it must be below " + STATE_DIRECTORY);
            });
  }

  /** Builds a {@link MirrorJob}. Not thread-safe. */
  final class Builder extends ImmutableMirrorJob.Builder {
    Builder() {}
  }
}
