package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import ai.kubernaut.airgap.yaml.Yaml;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The origins of containers in the JSON of a report. */
final class OriginFile {
  private static final String FIELD = "origins";

  private OriginFile() {}

  static Map<String, Object> tree(ContainerOrigin origin) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("namespace", origin.namespace());
    tree.put("pod", origin.pod());
    origin.podUid().ifPresent(uid -> tree.put("podUid", uid));
    origin.owner().ifPresent(owner -> tree.put("owner", owner));
    origin.node().ifPresent(node -> tree.put("node", node));
    tree.put("container", origin.container());
    tree.put("type", lower(origin.type()));
    tree.put("restarts", origin.restarts());
    tree.put("requested", origin.requested());
    origin.running().ifPresent(digest -> tree.put("running", digest.toString()));
    tree.put("evidence", lower(origin.evidence()));
    origin.mirror().ifPresent(image -> tree.put("mirror", image.toString()));
    origin.mirrored().ifPresent(digest -> tree.put("mirrored", digest.toString()));
    origin.source().ifPresent(image -> tree.put("source", image.toString()));
    origin.planned().ifPresent(digest -> tree.put("planned", digest.toString()));
    tree.put("redirected", origin.isRedirected());
    tree.put("agreement", lower(origin.agreement()));
    return tree;
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** Reads the origins of a report of {@code verify} or {@code lab}. */
  static List<ContainerOrigin> read(Path file) {
    Fields document = Fields.of(Yaml.readMapping(file, Yaml.DuplicateKeys.REFUSED));
    return of(
        document.value(FIELD).isPresent() ? document : document.fields("verification"),
        file.toString());
  }

  /** The origins in a report or an attestation. */
  static List<ContainerOrigin> of(Fields report, String file) {
    if (!(report.value(FIELD).orElse(null) instanceof List<?> all)) {
      throw new IllegalArgumentException(
          "invalid report in "
              + file
              + ": it has no list 'origins'; give the JSON of an earlier verification");
    }
    List<ContainerOrigin> origins = new ArrayList<>();
    for (Fields origin : report.list(FIELD)) {
      try {
        origins.add(origin(origin));
      } catch (IllegalArgumentException | InvalidReferenceException e) {
        throw new IllegalArgumentException(
            "invalid report in "
                + file
                + ": element "
                + origins.size()
                + " of 'origins': "
                + e.getMessage(),
            e);
      }
    }
    if (origins.size() != all.size()) {
      throw new IllegalArgumentException(
          "invalid report in " + file + ": an element of 'origins' is not an object");
    }
    return List.copyOf(origins);
  }

  private static ContainerOrigin origin(Fields fields) {
    return ContainerOrigin.builder()
        .namespace(required(fields, "namespace"))
        .pod(required(fields, "pod"))
        .podUid(fields.text("podUid"))
        .owner(fields.text("owner"))
        .node(fields.text("node"))
        .container(required(fields, "container"))
        .type(constant(ContainerOrigin.Type.class, fields, "type"))
        .restarts(Math.toIntExact(fields.number("restarts").orElse(0) & Integer.MAX_VALUE))
        .requested(required(fields, "requested"))
        .running(digest(fields, "running"))
        .evidence(constant(ContainerOrigin.Evidence.class, fields, "evidence"))
        .mirror(fields.text("mirror").map(ImageRef::parse))
        .mirrored(digest(fields, "mirrored"))
        .source(fields.text("source").map(ImageRef::parse))
        .planned(digest(fields, "planned"))
        .isRedirected(fields.flag("redirected"))
        .agreement(constant(ContainerOrigin.Agreement.class, fields, "agreement"))
        .build();
  }

  private static Optional<Digest> digest(Fields fields, String field) {
    return fields.text(field).map(Digest::parse);
  }

  private static String required(Fields fields, String field) {
    return fields
        .text(field)
        .orElseThrow(() -> new IllegalArgumentException("it has no '" + field + "'"));
  }

  private static <E extends Enum<E>> E constant(Class<E> type, Fields fields, String field) {
    String text = required(fields, field);
    for (E constant : type.getEnumConstants()) {
      if (lower(constant).equals(text)) {
        return constant;
      }
    }
    throw new IllegalArgumentException("invalid '" + field + "': " + text);
  }
}
