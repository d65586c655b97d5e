package ai.kubernaut.airgap.support;

import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.ClusterVersions;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.ServiceResponse;
import ai.kubernaut.airgap.yaml.Yaml;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The answers of a cluster as files: each object as YAML, each log as text, and an index of the
 * questions.
 */
final class ClusterFiles {
  private static final String INDEX = "cluster/answers.json";
  private static final int MAX_LOG = 512 << 10;

  private ClusterFiles() {}

  /** Returns the names of all objects and namespaces: they are not secret. */
  static Set<String> names(RecordedCluster cluster) {
    Set<String> names = new TreeSet<>();
    objects(cluster)
        .forEach(
            object -> {
              names.add(object.name());
              object.namespace().ifPresent(names::add);
            });
    return names;
  }

  static List<KubernetesObject> objects(RecordedCluster cluster) {
    List<KubernetesObject> all = new ArrayList<>();
    cluster.lists.values().stream()
        .filter(answer -> answer.failure() == null)
        .forEach(answer -> all.addAll(answer.get()));
    cluster.objects.values().stream()
        .filter(answer -> answer.failure() == null)
        .forEach(answer -> answer.get().ifPresent(all::add));
    return all;
  }

  /** Writes the answers; objects first that the diagnosis has asked for, logs last. */
  static void write(RecordedCluster cluster, SecretMask mask, BundleFiles files) {
    ObjectNode index = BundleFiles.JSON.createObjectNode().put("address", cluster.address());
    Answer<ClusterVersions> versions = cluster.knownVersions();
    if (versions != null) {
      ObjectNode written = index.putObject("versions");
      if (!failed(versions, written, mask)) {
        written.put("kubernetes", versions.get().kubernetes());
        versions.get().apis().forEach(written.putArray("apis")::add);
      }
    }
    ArrayNode served = index.putArray("served");
    cluster.served.forEach(
        (type, answer) -> {
          ObjectNode written = type(served.addObject(), type);
          if (!failed(answer, written, mask)) {
            written.put("isServed", answer.get());
          }
        });
    ArrayNode objects = index.putArray("objects");
    cluster.objects.forEach(
        (name, answer) -> {
          ObjectNode written = type(objects.addObject(), name.type());
          written.put("namespace", name.namespace()).put("name", name.name());
          if (!failed(answer, written, mask)) {
            written.put(
                "file",
                answer.get().map(object -> object(name.type(), object, mask, files)).orElse(null));
          }
        });
    ArrayNode lists = index.putArray("lists");
    cluster.lists.forEach(
        (listing, answer) -> {
          ObjectNode written = type(lists.addObject(), listing.type());
          written.put("namespace", listing.namespace());
          ObjectNode labels = written.putObject("labels");
          listing.labels().forEach(labels::put);
          if (!failed(answer, written, mask)) {
            ArrayNode names = written.putArray("files");
            answer.get().forEach(object -> names.add(object(listing.type(), object, mask, files)));
          }
        });
    ArrayNode services = index.putArray("services");
    cluster.services.forEach(
        (path, answer) -> {
          ObjectNode written =
              services
                  .addObject()
                  .put("namespace", path.namespace())
                  .put("service", path.service())
                  .put("port", path.port())
                  .put("path", path.path());
          if (!failed(answer, written, mask)) {
            written.put("status", answer.get().status());
            written.put("body", mask.text(answer.get().body()));
          }
        });
    ArrayNode logs = index.putArray("logs");
    cluster.logs.forEach(
        (name, answer) -> {
          ObjectNode written =
              logs.addObject()
                  .put("namespace", name.namespace())
                  .put("pod", name.pod())
                  .put("container", name.container());
          if (!failed(answer, written, mask)) {
            String file =
                "cluster/logs/"
                    + segment(name.namespace())
                    + "/"
                    + segment(name.pod())
                    + "/"
                    + segment(name.container())
                    + ".log";
            files.add(file, mask.text(end(answer.get())));
            written.put("file", file);
          }
        });
    files.require(INDEX, index);
  }

  /** The end of a log, from the beginning of a line. */
  private static String end(String log) {
    if (log.length() <= MAX_LOG) {
      return log;
    }
    String end = log.substring(log.length() - MAX_LOG);
    return end.substring(end.indexOf('\n') + 1);
  }

  private static String object(
      ResourceType type, KubernetesObject object, SecretMask mask, BundleFiles files) {
    String group = type.group().isEmpty() ? "" : "." + type.group();
    String file =
        "cluster/objects/"
            + object.namespace().map(namespace -> segment(namespace) + "/").orElse("")
            + type.plural()
            + group
            + "/"
            + segment(object.name())
            + ".yaml";
    if (files.bytes(file).isEmpty()) {
      files.add(file, Yaml.write(mask.object(object).fields().content()));
    }
    return file;
  }

  /** Names of a few types may have other characters than file names should have. */
  private static String segment(String name) {
    String safe = name.replaceAll("[^A-Za-z0-9._-]", "_");
    return safe.equals(name) && !name.startsWith(".")
        ? name
        : "_" + safe + "-" + Integer.toHexString(name.hashCode());
  }

  private static ObjectNode type(ObjectNode written, ResourceType type) {
    return written
        .put("apiVersion", type.apiVersion())
        .put("kind", type.kind())
        .put("plural", type.plural())
        .put("namespaced", type.isNamespaced());
  }

  private static boolean failed(Answer<?> answer, ObjectNode written, SecretMask mask) {
    if (answer.failure() instanceof ClusterException failure) {
      written
          .putObject("failure")
          .put("reason", failure.reason().name())
          .put("message", mask.text(String.valueOf(failure.getMessage())));
      return true;
    }
    return false;
  }

  /**
   * Reads what {@link #write} has written.
   *
   * @throws IOException when a file is missing or has another content
   */
  static RecordedCluster read(BundleFiles files) throws IOException {
    JsonNode index = files.json(INDEX);
    RecordedCluster cluster = RecordedCluster.at(index.path("address").asText());
    if (index.has("versions")) {
      JsonNode versions = index.path("versions");
      List<String> apis = new ArrayList<>();
      versions.path("apis").forEach(api -> apis.add(api.asText()));
      cluster.versions(
          answer(versions, ClusterVersions.of(versions.path("kubernetes").asText(), apis)));
    }
    for (JsonNode served : index.path("served")) {
      cluster.served.put(type(served), answer(served, served.path("isServed").asBoolean()));
    }
    for (JsonNode read : index.path("objects")) {
      String file = read.path("file").asText(null);
      Optional<KubernetesObject> object = file == null ? Optional.empty() : object(file, files);
      if (file == null || object.isPresent()) {
        cluster.objects.put(
            new RecordedCluster.Name(type(read), namespace(read), read.path("name").asText()),
            answer(read, object));
      }
    }
    for (JsonNode list : index.path("lists")) {
      readList(list, files, cluster);
    }
    for (JsonNode service : index.path("services")) {
      cluster.services.put(
          new RecordedCluster.ServicePath(
              service.path("namespace").asText(),
              service.path("service").asText(),
              service.path("port").asText(),
              service.path("path").asText()),
          answer(
              service,
              ServiceResponse.of(service.path("status").asInt(), service.path("body").asText())));
    }
    for (JsonNode log : index.path("logs")) {
      Optional<String> text = files.text(log.path("file").asText());
      if (log.has("failure") || text.isPresent()) {
        cluster.logs.put(
            new RecordedCluster.LogName(
                log.path("namespace").asText(),
                log.path("pod").asText(),
                log.path("container").asText()),
            answer(log, text.orElse("")));
      }
    }
    return cluster;
  }

  /** Of a list without one of its objects, nothing is known. */
  private static void readList(JsonNode list, BundleFiles files, RecordedCluster cluster)
      throws IOException {
    List<KubernetesObject> objects = new ArrayList<>();
    for (JsonNode file : list.path("files")) {
      Optional<KubernetesObject> object = object(file.asText(), files);
      if (object.isEmpty()) {
        return;
      }
      objects.add(object.get());
    }
    Map<String, String> labels = new LinkedHashMap<>();
    list.path("labels")
        .properties()
        .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
    cluster.lists.put(
        new RecordedCluster.Listing(type(list), namespace(list), Map.copyOf(labels)),
        answer(list, List.copyOf(objects)));
  }

  private static @Nullable String namespace(JsonNode read) {
    return read.path("namespace").asText(null);
  }

  private static Optional<KubernetesObject> object(String file, BundleFiles files) {
    return files
        .text(file)
        .map(
            text ->
                KubernetesObject.of(
                    Fields.of(Yaml.readMapping(file, text, Yaml.DuplicateKeys.REFUSED))));
  }

  private static ResourceType type(JsonNode read) {
    String apiVersion = read.path("apiVersion").asText();
    String kind = read.path("kind").asText();
    String plural = read.path("plural").asText();
    return read.path("namespaced").asBoolean()
        ? ResourceType.namespaced(apiVersion, kind, plural)
        : ResourceType.cluster(apiVersion, kind, plural);
  }

  private static <T> Answer<T> answer(JsonNode read, T value) throws IOException {
    JsonNode failure = read.path("failure");
    if (failure.isMissingNode()) {
      return Answer.of(value);
    }
    try {
      return Answer.failed(
          new ClusterException(
              ClusterException.Reason.valueOf(failure.path("reason").asText()),
              failure.path("message").asText(),
              null));
    } catch (IllegalArgumentException e) {
      throw new IOException("a failure has the unknown reason " + failure.path("reason"), e);
    }
  }
}
