package ai.kubernaut.airgap.shard;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.yaml.Yaml;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes the manifest of a {@link MirrorJob}. */
final class JobManifest {
  /** Kubernetes replaces it in arguments. The command line takes its shard from the variable. */
  private static final String INDEX = "$(JOB_COMPLETION_INDEX)";

  private static final String CONFIGURATION = "/etc/kubernaut-airgap";
  private static final String CREDENTIALS = "/etc/kubernaut-airgap-credentials";
  private static final String PARTITION = "partition.yaml.gz";

  private final MirrorJob job;
  private final PlanPartition partition;

  JobManifest(MirrorJob job, PlanPartition partition) {
    this.job = job;
    this.partition = partition;
  }

  String toYaml() {
    List<Map<String, Object>> objects = new ArrayList<>();
    if (hasConfigMap()) {
      objects.add(configMap());
    }
    if (job.existingClaim().isEmpty()) {
      objects.add(claim());
    }
    objects.add(job());
    return String.join("---\n", objects.stream().map(Yaml::write).toList());
  }

  private boolean hasConfigMap() {
    return job.partitionFile().isEmpty() || !job.authorities().isEmpty();
  }

  private static Map<String, Object> map(Object... keysAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }

  private Map<String, Object> object(String apiVersion, String kind) {
    Map<String, Object> metadata = map("name", job.name());
    job.namespace().ifPresent(namespace -> metadata.put("namespace", namespace));
    metadata.put("labels", labels());
    return map("apiVersion", apiVersion, "kind", kind, "metadata", metadata);
  }

  private Map<String, Object> labels() {
    return map(
        "app.kubernetes.io/name", "kubernaut-airgap", "app.kubernetes.io/instance", job.name());
  }

  private Map<String, Object> configMap() {
    Map<String, Object> configMap = object("v1", "ConfigMap");
    long bytes = 0;
    Map<String, Object> data = new LinkedHashMap<>();
    for (Map.Entry<String, String> authority : authorities().entrySet()) {
      data.put(authority.getKey(), authority.getValue());
      bytes += authority.getValue().getBytes(StandardCharsets.UTF_8).length;
    }
    if (!data.isEmpty()) {
      configMap.put("data", data);
    }
    if (job.partitionFile().isEmpty()) {
      byte[] compressed = PartitionFile.compress(partition);
      bytes += compressed.length;
      configMap.put("binaryData", map(PARTITION, Base64.getEncoder().encodeToString(compressed)));
    }
    if (bytes > MirrorJob.MAX_CONFIG_MAP) {
      throw new AirgapException(
          "the partition of "
              + partition.plan().entries().size()
              + " images has, with the CA certificates, "
              + bytes
              + " bytes, and a ConfigMap can have "
              + MirrorJob.MAX_CONFIG_MAP
              + "; save the partition on the volume of a claim that exists, and give that claim and the path of the file (existingClaim and partitionFile, or --job-claim and --job-partition)");
    }
    return configMap;
  }

  /** Returns the CA certificates by the names of their files, in the order of their hosts. */
  private Map<String, String> authorities() {
    Map<String, String> files = new LinkedHashMap<>();
    new TreeMap<>(job.authorities())
        .values()
        .forEach(pem -> files.put("ca-" + files.size() + ".pem", pem));
    return files;
  }

  private Map<String, Object> claim() {
    Map<String, Object> claim = object("v1", "PersistentVolumeClaim");
    Map<String, Object> spec = map("accessModes", List.of("ReadWriteMany"));
    job.storageClass().ifPresent(name -> spec.put("storageClassName", name));
    spec.put("resources", map("requests", map("storage", job.storage())));
    claim.put("spec", spec);
    return claim;
  }

  private Map<String, Object> job() {
    int shards = partition.shards().size();
    Map<String, Object> spec =
        map(
            "completionMode",
            "Indexed",
            "completions",
            shards,
            "parallelism",
            Math.min(shards, job.parallelism().orElse(shards)));
    if (job.retriesPerIndex()) {
      spec.put("backoffLimitPerIndex", job.retries());
    } else {
      spec.put("backoffLimit", (int) Math.min(Integer.MAX_VALUE, (long) job.retries() * shards));
    }
    spec.put("template", map("metadata", map("labels", labels()), "spec", pod()));
    Map<String, Object> object = object("batch/v1", "Job");
    object.put("spec", spec);
    return object;
  }

  private Map<String, Object> pod() {
    Map<String, Object> security = map("runAsNonRoot", true);
    job.runAsUser()
        .ifPresent(
            user -> {
              security.put("runAsUser", user);
              security.put("runAsGroup", user);
              security.put("fsGroup", user);
            });
    security.put("seccompProfile", map("type", "RuntimeDefault"));
    Map<String, Object> pod =
        map(
            "restartPolicy",
            "Never",
            "automountServiceAccountToken",
            false,
            "enableServiceLinks",
            false,
            "securityContext",
            security);
    job.imagePullSecret()
        .ifPresent(secret -> pod.put("imagePullSecrets", List.of(map("name", secret))));
    pod.put("containers", List.of(container()));
    pod.put("volumes", volumes());
    return pod;
  }

  private Map<String, Object> container() {
    Map<String, Object> container = map("name", "mirror", "image", job.image());
    if (!job.command().isEmpty()) {
      container.put("command", job.command());
    }
    container.put("args", arguments());
    if (!job.environment().isEmpty()) {
      List<Object> environment = new ArrayList<>();
      new TreeMap<>(job.environment())
          .forEach((name, value) -> environment.add(map("name", name, "value", value)));
      container.put("env", environment);
    }
    container.put(
        "resources",
        map("requests", new TreeMap<>(job.requests()), "limits", new TreeMap<>(job.limits())));
    container.put(
        "securityContext",
        map(
            "allowPrivilegeEscalation",
            false,
            "readOnlyRootFilesystem",
            true,
            "capabilities",
            map("drop", List.of("ALL"))));
    List<Object> mounts = new ArrayList<>();
    if (hasConfigMap()) {
      mounts.add(map("name", "configuration", "mountPath", CONFIGURATION, "readOnly", true));
    }
    if (job.credentialsSecret().isPresent()) {
      mounts.add(map("name", "credentials", "mountPath", CREDENTIALS, "readOnly", true));
    }
    mounts.add(map("name", "state", "mountPath", MirrorJob.STATE_DIRECTORY));
    mounts.add(map("name", "tmp", "mountPath", "/tmp"));
    container.put("volumeMounts", mounts);
    return container;
  }

  private List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    arguments.add("mirror");
    arguments.add("--partition");
    arguments.add(job.partitionFile().orElse(CONFIGURATION + "/" + PARTITION));
    arguments.add("--journal");
    arguments.add(MirrorJob.STATE_DIRECTORY + "/" + INDEX + ".journal");
    arguments.add("--report");
    arguments.add(MirrorJob.STATE_DIRECTORY + "/" + INDEX + ".json");
    if (job.credentialsSecret().isPresent()) {
      arguments.add("--authfile");
      arguments.add(CREDENTIALS + "/config.json");
    }
    int number = 0;
    for (String host : new TreeMap<>(job.authorities()).keySet()) {
      arguments.add("--ca");
      arguments.add(host + "=" + CONFIGURATION + "/ca-" + number++ + ".pem");
    }
    arguments.addAll(job.arguments());
    return arguments;
  }

  private List<Object> volumes() {
    List<Object> volumes = new ArrayList<>();
    if (hasConfigMap()) {
      volumes.add(map("name", "configuration", "configMap", map("name", job.name())));
    }
    job.credentialsSecret()
        .ifPresent(
            secret ->
                volumes.add(
                    map(
                        "name",
                        "credentials",
                        "secret",
                        map(
                            "secretName",
                            secret,
                            "items",
                            List.of(map("key", ".dockerconfigjson", "path", "config.json"))))));
    volumes.add(
        map(
            "name",
            "state",
            "persistentVolumeClaim",
            map("claimName", job.existingClaim().orElse(job.name()))));
    volumes.add(map("name", "tmp", "emptyDir", map()));
    return volumes;
  }
}
