package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.workload.PodFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The Secrets, ConfigMaps and claims that a pod cannot start without. */
final class PodReferences {
  /**
   * An object that a pod needs.
   *
   * @param type its type
   * @param name its name
   * @param key the key that it must have; empty if any content does
   * @param where where in the pod it is named
   */
  record Reference(ResourceType type, String name, Optional<String> key, String where) {}

  private PodReferences() {}

  static List<Reference> of(KubernetesObject pod) {
    List<Reference> references = new ArrayList<>();
    for (Fields volume : pod.fields().list("spec", "volumes")) {
      String where = "the volume " + volume.text("name").orElse("");
      Stream.concat(Stream.of(volume), volume.list("projected", "sources").stream())
          .forEach(source -> volume(source, where, references));
    }
    for (Fields container : PodFields.containers(pod)) {
      environment(container, references);
    }
    return references;
  }

  /**
   * The pods that cannot start without an object.
   *
   * @param path the namespace and the name of the object, with a slash between them
   */
  static List<KubernetesObject> readers(ClusterState state, ResourceType type, String path) {
    return state.all(ResourceType.POD).stream()
        .filter(
            pod ->
                of(pod).stream()
                    .filter(reference -> reference.type().equals(type))
                    .anyMatch(
                        reference ->
                            path.equals(pod.namespace().orElse("") + "/" + reference.name())))
        .toList();
  }

  private static void volume(Fields source, String where, List<Reference> references) {
    for (String field : List.of("secretName", "name")) {
      add(ResourceType.SECRET, source.fields("secret"), field, where, references);
    }
    add(ResourceType.CONFIG_MAP, source.fields("configMap"), "name", where, references);
    add(
        ResourceType.PERSISTENT_VOLUME_CLAIM,
        source.fields("persistentVolumeClaim"),
        "claimName",
        where,
        references);
  }

  private static void add(
      ResourceType type, Fields source, String field, String where, List<Reference> references) {
    if (source.flag("optional")) {
      return;
    }
    source
        .text(field)
        .ifPresent(
            name -> {
              references.add(new Reference(type, name, Optional.empty(), where));
              for (Fields item : source.list("items")) {
                references.add(new Reference(type, name, item.text("key"), where));
              }
            });
  }

  private static void environment(Fields container, List<Reference> references) {
    String name = container.text("name").orElse("");
    for (Fields variable : container.list("env")) {
      String where = "the variable " + variable.text("name").orElse("") + " of container " + name;
      key(ResourceType.SECRET, variable.fields("valueFrom", "secretKeyRef"), where, references);
      key(
          ResourceType.CONFIG_MAP,
          variable.fields("valueFrom", "configMapKeyRef"),
          where,
          references);
    }
    for (Fields source : container.list("envFrom")) {
      String where = "envFrom of container " + name;
      add(ResourceType.SECRET, source.fields("secretRef"), "name", where, references);
      add(ResourceType.CONFIG_MAP, source.fields("configMapRef"), "name", where, references);
    }
  }

  private static void key(
      ResourceType type, Fields source, String where, List<Reference> references) {
    if (!source.flag("optional")) {
      source
          .text("name")
          .ifPresent(name -> references.add(new Reference(type, name, source.text("key"), where)));
    }
  }
}
