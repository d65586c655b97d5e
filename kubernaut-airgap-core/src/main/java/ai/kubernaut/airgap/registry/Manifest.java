package ai.kubernaut.airgap.registry;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.image.Platforms;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A manifest or an index: its bytes exactly as a registry holds them, and its media type. The bytes
 * make the digest, so they are carried and never written anew. Immutable.
 */
public final class Manifest {
  /**
   * The most bytes a manifest may have, 4 MiB: the limit that the distribution specification asks
   * registries to accept.
   */
  public static final int MAX_SIZE = 4 << 20;

  /** An image of one platform, by OCI. */
  public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";

  /** A list of images for several platforms, by OCI. */
  public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";

  /** An image of one platform, by Docker. */
  public static final String DOCKER_MANIFEST =
      "application/vnd.docker.distribution.manifest.v2+json";

  /** A list of images for several platforms, by Docker. */
  public static final String DOCKER_LIST =
      "application/vnd.docker.distribution.manifest.list.v2+json";

  /** BuildKit's word for the manifest that an attestation in the same index is about. */
  private static final String ATTESTED = "vnd.docker.reference.digest";

  /** RFC 6838, section 4.2. */
  private static final Pattern MEDIA_TYPE =
      Pattern.compile("[A-Za-z0-9][\\w!#$&^.+-]{0,126}/[A-Za-z0-9][\\w!#$&^.+-]{0,126}");

  /**
   * The most JSON tokens that a manifest may have. Thousands of layers fit; what is parsed takes
   * many times the memory of its bytes, and a hostile manifest could be nothing but brackets.
   */
  private static final long MAX_TOKENS = 500_000;

  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxTokenCount(MAX_TOKENS).build())
              .build());

  private final String mediaType;
  private final byte[] content;
  private final Digest digest;

  private Manifest(String mediaType, byte[] content, Digest digest) {
    this.mediaType = mediaType;
    this.content = content;
    this.digest = digest;
  }

  /**
   * Takes a manifest as it came.
   *
   * @param mediaType what the registry called it; parameters after a {@code ;} fall away
   * @param content its bytes, copied
   * @return the manifest, with its SHA-256 digest
   * @throws InvalidManifestException when the bytes are more than {@link #MAX_SIZE} or not a JSON
   *     object, when the media type is not one, or when the manifest is of Docker's schema 1, which
   *     cannot be mirrored without changing its digest
   */
  public static Manifest of(String mediaType, byte[] content) {
    if (content.length > MAX_SIZE) {
      throw new InvalidManifestException(
          "the manifest has " + content.length + " bytes, and " + MAX_SIZE + " is the limit");
    }
    JsonNode read;
    try {
      read = JSON.readTree(content);
    } catch (IOException e) {
      throw new InvalidManifestException("the manifest is not valid JSON: " + firstLine(e));
    }
    if (!(read instanceof ObjectNode json)) {
      throw new InvalidManifestException("the manifest is not a JSON object");
    }
    if (json.path("schemaVersion").asInt(2) == 1) {
      throw new InvalidManifestException(
          "the image has a manifest of Docker's schema 1, which registries no longer take and which cannot be converted without changing its"
              + " digest; ask its publisher for an OCI or Docker schema 2 image");
    }
    int semicolon = mediaType.indexOf(';');
    String plain = (semicolon < 0 ? mediaType : mediaType.substring(0, semicolon)).trim();
    if (!MEDIA_TYPE.matcher(plain).matches()) {
      throw new InvalidManifestException(
          "the manifest has the media type '%s', which is not a type and a subtype as RFC 6838 defines them"
              .formatted(abbreviated(plain)));
    }
    return new Manifest(plain, content.clone(), Digest.sha256(content));
  }

  /**
   * Takes a manifest that came without a media type: it is the one that the manifest states. Where
   * it states none it is OCI's, since Docker's manifests always state it.
   *
   * @param content its bytes, copied
   * @return the manifest, with its SHA-256 digest
   * @throws InvalidManifestException as {@link #of(String, byte[])} does
   */
  public static Manifest of(byte[] content) {
    Manifest read = of(OCI_MANIFEST, content);
    String stated = read.json().path("mediaType").asText("");
    if (!stated.isEmpty()) {
      return of(stated, content);
    }
    return read.isIndex() ? of(OCI_INDEX, content) : read;
  }

  /**
   * Creates an OCI index.
   *
   * @param children the manifests that it lists, in this order
   * @return the index
   * @throws InvalidManifestException when it is larger than {@link #MAX_SIZE}
   */
  public static Manifest index(List<Descriptor> children) {
    ObjectNode json = JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", OCI_INDEX);
    json.putArray("manifests");
    return of(OCI_INDEX, bytes(json)).withChildren(child -> true, children);
  }

  /**
   * Creates an OCI index.
   *
   * @param children the manifests that it lists, in this order
   * @return the index
   */
  public static Manifest index(Descriptor... children) {
    return index(List.of(children));
  }

  private static String abbreviated(String text) {
    String printable = text.replaceAll("[^\\x20-\\x7e]", "?");
    return printable.length() <= 100 ? printable : printable.substring(0, 100) + "…";
  }

  /** Parsed anew each time: a run holds many manifests, and a tree is many times as large. */
  private ObjectNode json() {
    try {
      return (ObjectNode) JSON.readTree(content);
    } catch (IOException e) {
      throw new IllegalStateException("what was read as JSON cannot be read again", e);
    }
  }

  private static String firstLine(IOException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  /**
   * The media type that goes into {@code Content-Type}.
   *
   * @return the type without parameters
   */
  public String mediaType() {
    return mediaType;
  }

  /**
   * The bytes.
   *
   * @return a copy
   */
  public byte[] content() {
    return content.clone();
  }

  /**
   * The number of bytes.
   *
   * @return bytes
   */
  public int size() {
    return content.length;
  }

  /**
   * The SHA-256 digest of the bytes.
   *
   * @return the digest
   */
  public Digest digest() {
    return digest;
  }

  /**
   * Whether the bytes have a digest, by the digest's own algorithm.
   *
   * @param expected the digest that the bytes should have
   * @return true when they have it
   */
  public boolean hasDigest(Digest expected) {
    return expected.equals(expected.ofSameAlgorithm(content));
  }

  /**
   * How another manifest would refer to this one.
   *
   * @return media type, digest and size
   */
  public Descriptor descriptor() {
    return Descriptor.of(mediaType, digest, content.length);
  }

  /**
   * Returns how a list of referrers describes this manifest.
   *
   * @return media type, digest, size, artifact type and annotations
   */
  public Descriptor referrerDescriptor() {
    return Descriptor.builder()
        .from(descriptor())
        .artifactType(artifactType())
        .annotations(annotations())
        .build();
  }

  /**
   * Whether this is an index (a Docker manifest list included).
   *
   * @return true when it lists other manifests
   */
  public boolean isIndex() {
    return json().path("manifests").isArray();
  }

  /**
   * The manifests that an index lists, in its order.
   *
   * @return empty for an image of one platform
   * @throws InvalidManifestException when one of them is not a legal descriptor
   */
  public List<Descriptor> children() {
    return descriptors(json().path("manifests"));
  }

  /**
   * What is left of an index when only some platforms are wanted. Attestations of the platforms
   * that stay, as BuildKit adds them, stay as well.
   *
   * @param platforms the platforms that are wanted
   * @param children reads a manifest that the index lists
   * @return this one when nothing is left out, or it is no index; else an index with fewer
   *     manifests, or the manifest of the one platform
   * @throws InvalidManifestException when the index has none of the platforms; the message names
   *     those that it has
   */
  public Manifest reducedTo(Platforms platforms, Function<Digest, Manifest> children) {
    if (platforms.isAll() || !isIndex()) {
      return this;
    }
    List<Descriptor> wanted =
        children().stream()
            .filter(child -> child.platform().filter(platforms::include).isPresent())
            .toList();
    if (wanted.isEmpty()) {
      throw new InvalidManifestException(
          "the image is not for "
              + platforms
              + ", but for "
              + children().stream()
                  .flatMap(child -> child.platform().stream())
                  .map(Platform::toString)
                  .filter(platform -> !platform.startsWith("unknown/"))
                  .collect(Collectors.joining(", "))
              + "; choose among these");
    }
    if (platforms.isWithoutIndex()) {
      return children.apply(wanted.get(0).digest());
    }
    Set<String> kept =
        wanted.stream().map(child -> child.digest().toString()).collect(Collectors.toSet());
    return withChildren(
        child ->
            kept.contains(child.digest().toString())
                || kept.contains(child.annotations().getOrDefault(ATTESTED, "")),
        List.of());
  }

  /**
   * Returns this index with other children. Everything else in it stays as it is.
   *
   * @param kept which of its children stay
   * @param added the children that follow them
   * @return this index when nothing changes
   * @throws InvalidManifestException when one of its children is not a legal descriptor, or the
   *     result is larger than {@link #MAX_SIZE}
   */
  public Manifest withChildren(Predicate<Descriptor> kept, List<Descriptor> added) {
    ObjectNode changed = json();
    JsonNode old = changed.path("manifests");
    ArrayNode listed = changed.putArray("manifests");
    List<Descriptor> children = descriptors(old);
    for (int i = 0; i < children.size(); i++) {
      if (kept.test(children.get(i))) {
        listed.add(old.path(i));
      }
    }
    boolean same = listed.size() == children.size() && added.isEmpty();
    added.forEach(child -> write(child, listed.addObject()));
    return same ? this : of(mediaType, bytes(changed));
  }

  private static void write(Descriptor descriptor, ObjectNode json) {
    json.put("mediaType", descriptor.mediaType());
    json.put("digest", descriptor.digest().toString());
    json.put("size", descriptor.size());
    descriptor
        .platform()
        .ifPresent(
            platform -> {
              ObjectNode written = json.putObject("platform");
              written.put("architecture", platform.architecture()).put("os", platform.os());
              platform.variant().ifPresent(variant -> written.put("variant", variant));
            });
    if (!descriptor.urls().isEmpty()) {
      descriptor.urls().forEach(json.putArray("urls")::add);
    }
    descriptor.artifactType().ifPresent(type -> json.put("artifactType", type));
    if (!descriptor.annotations().isEmpty()) {
      descriptor.annotations().forEach(json.putObject("annotations")::put);
    }
  }

  private static byte[] bytes(ObjectNode json) {
    try {
      return JSON.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("what was read as JSON cannot be written", e);
    }
  }

  /**
   * The blobs that an image of one platform needs: its configuration, then its layers in order.
   *
   * @return empty for an index
   * @throws InvalidManifestException when one of them is not a legal descriptor
   */
  public List<Descriptor> blobs() {
    List<Descriptor> blobs = new ArrayList<>();
    config().ifPresent(blobs::add);
    blobs.addAll(layers());
    return List.copyOf(blobs);
  }

  /**
   * Returns the configuration of an image.
   *
   * @return empty for an index
   * @throws InvalidManifestException when it is not a legal descriptor
   */
  public Optional<Descriptor> config() {
    JsonNode config = json().path("config");
    return config.isObject() ? Optional.of(descriptor(config)) : Optional.empty();
  }

  List<Descriptor> layers() {
    return descriptors(json().path("layers"));
  }

  /**
   * The manifest that this one is attached to (a signature, an SBOM, …).
   *
   * @return empty when it is attached to none
   */
  public Optional<Descriptor> subject() {
    return json().path("subject").isObject()
        ? Optional.of(descriptor(json().path("subject")))
        : Optional.empty();
  }

  /**
   * What kind of artifact it is.
   *
   * @return its artifact type, or else its configuration's media type, as referrers are described
   */
  public Optional<String> artifactType() {
    String own = json().path("artifactType").asText("");
    String type = own.isEmpty() ? json().path("config").path("mediaType").asText("") : own;
    return type.isEmpty() ? Optional.empty() : Optional.of(type);
  }

  /**
   * Its annotations.
   *
   * @return in the order of the manifest
   */
  public Map<String, String> annotations() {
    return annotations(json());
  }

  private static Map<String, String> annotations(JsonNode json) {
    Map<String, String> annotations = new LinkedHashMap<>();
    json.path("annotations")
        .properties()
        .forEach(entry -> annotations.put(entry.getKey(), entry.getValue().asText("")));
    return annotations;
  }

  private static List<Descriptor> descriptors(JsonNode array) {
    List<Descriptor> result = new ArrayList<>();
    for (JsonNode node : array) {
      result.add(descriptor(node));
    }
    return List.copyOf(result);
  }

  private static Descriptor descriptor(JsonNode node) {
    try {
      Descriptor.Builder builder =
          Descriptor.builder()
              .mediaType(node.path("mediaType").asText("application/octet-stream"))
              .digest(Digest.parse(node.path("digest").asText("")))
              .size(node.path("size").asLong(-1));
      JsonNode platform = node.path("platform");
      if (platform.hasNonNull("os") && platform.hasNonNull("architecture")) {
        String variant = platform.path("variant").asText("");
        builder.platform(
            Platform.parse(
                platform.path("os").asText()
                    + "/"
                    + platform.path("architecture").asText()
                    + (variant.isEmpty() ? "" : "/" + variant)));
      }
      node.path("urls").forEach(url -> builder.addUrls(url.asText()));
      String artifactType = node.path("artifactType").asText("");
      if (!artifactType.isEmpty()) {
        builder.artifactType(artifactType);
      }
      builder.annotations(annotations(node));
      return builder.build();
    } catch (IllegalArgumentException | ai.kubernaut.airgap.image.InvalidReferenceException e) {
      throw new InvalidManifestException(
          "the manifest has a descriptor that is not legal: " + e.getMessage());
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Manifest that
        && mediaType.equals(that.mediaType)
        && digest.equals(that.digest);
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }

  @Override
  public String toString() {
    return mediaType + " " + digest + " (" + content.length + " bytes)";
  }
}
