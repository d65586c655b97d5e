package ai.kubernaut.airgap.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.mirror.MirrorOptions;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.layout.LayoutRegistryClient;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Malicious bundles: every digest is correct, and the content is not. */
@Timeout(120)
final class HostileBundleTest {
  @TempDir private static Path shared;
  private static final MemoryRegistryClient SOURCE = MemoryRegistryClient.create();

  @TempDir private Path directory;
  private final MemoryRegistryClient target = MemoryRegistryClient.create();

  @BeforeAll
  static void create() throws IOException {
    Site.publish(SOURCE);
    MirrorPlan plan = Site.plan(SOURCE, shared.resolve("home"), "harbor.corp");
    try (LayoutRegistryClient store =
        LayoutRegistryClient.at(shared.resolve("bundle"), Bundle.repository())) {
      new Bundler(SOURCE, store, event -> {})
          .create(plan, BundleOptions.builder().build())
          .orElseThrow();
    }
  }

  private Path copied() throws IOException {
    Path from = shared.resolve("bundle");
    Path to = directory.resolve("work/bundle");
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path copy = to.resolve(from.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    return to;
  }

  private static String root(Path bundle) {
    try (LayoutRegistryClient store = LayoutRegistryClient.open(bundle, Bundle.repository())) {
      return new String(store.readManifest(Bundle.defaultName()).content(), StandardCharsets.UTF_8);
    }
  }

  /** Replaces the root manifest, whatever it has. */
  private static void replaceRoot(Path bundle, String root) {
    String old = root(bundle);
    Digest digest = write(bundle, root);
    try {
      Path index = bundle.resolve("index.json");
      Files.writeString(
          index,
          Files.readString(index)
              .replace(
                  "\"digest\":\"" + write(bundle, old) + "\",\"size\":" + old.length(),
                  "\"digest\":\"" + digest + "\",\"size\":" + root.length()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Digest write(Path bundle, String blob) {
    byte[] bytes = blob.getBytes(StandardCharsets.UTF_8);
    Digest digest = Digest.sha256(bytes);
    try {
      Files.write(bundle.resolve("blobs/sha256/" + digest.hex()), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return digest;
  }

  /** Replaces a file of the bundle, and its descriptor in the root. */
  private static void replaceFile(Path bundle, String title, UnaryOperator<byte[]> change) {
    try (LayoutRegistryClient store = LayoutRegistryClient.open(bundle, Bundle.repository())) {
      Bundle opened = Bundle.open(store);
      Descriptor old =
          opened.titled().stream()
              .filter(file -> Bundle.title(file).equals(title))
              .findFirst()
              .orElseThrow();
      byte[] content = change.apply(opened.read(old, 1 << 20));
      Digest digest = Digest.sha256(content);
      store.writeBlob(
          Bundle.repository(),
          Descriptor.of("application/octet-stream", digest, content.length),
          new ByteArrayInputStream(content));
      replaceRoot(
          bundle,
          root(bundle)
              .replace(
                  "\"digest\":\"" + old.digest() + "\",\"size\":" + old.size(),
                  "\"digest\":\"" + digest + "\",\"size\":" + content.length));
    }
  }

  private static UnaryOperator<byte[]> text(UnaryOperator<String> change) {
    return bytes ->
        change.apply(new String(bytes, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] chart(TarArchiveEntry... entries) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(gzip, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      for (TarArchiveEntry entry : entries) {
        tar.putArchiveEntry(entry);
        if (entry.getSize() > 0) {
          tar.write(new byte[(int) entry.getSize()]);
        }
        tar.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** A file that is written with a name of any kind. */
  private static TarArchiveEntry entry(String name) {
    TarArchiveEntry entry = new TarArchiveEntry("x", true);
    entry.setName(name);
    entry.setSize(3);
    return entry;
  }

  private static TarArchiveEntry entry(String name, byte type, String link) {
    TarArchiveEntry entry = new TarArchiveEntry("x", type);
    entry.setName(name);
    entry.setLinkName(link);
    return entry;
  }

  /** Something done to a bundle. */
  private interface Harm {
    void to(Path bundle) throws IOException;
  }

  private static Arguments harm(ProblemCode code, String name, Harm harm) {
    return Arguments.of(name, code, harm);
  }

  private static Harm inRoot(String from, String to) {
    return bundle -> {
      String root = root(bundle);
      assertThat(root).contains(from);
      replaceRoot(bundle, root.replace(from, to));
    };
  }

  private static Harm inFile(String title, String from, String to) {
    return bundle ->
        replaceFile(
            bundle,
            title,
            text(
                content -> {
                  assertThat(content).contains(from);
                  return content.replace(from, to);
                }));
  }

  static List<Arguments> bundles() {
    List<Arguments> all = new ArrayList<>();
    for (String path :
        List.of(
            "../outside.yaml",
            "files/../../outside.yaml",
            "/outside.yaml",
            "files//outside.yaml",
            "./outside.yaml",
            "files/.",
            "..",
            "files/",
            "C:outside.yaml",
            "..\\\\outside.yaml",
            "files/\\u0000outside",
            "files/\\noutside",
            "x".repeat(256),
            "a/".repeat(600) + "b")) {
      all.add(
          harm(
              ProblemCode.BUNDLE_PATH_UNSAFE,
              "a file with the path " + path,
              inRoot("files/1-values.yaml", path)));
    }
    all.add(
        harm(
            ProblemCode.BUNDLE_INVALID,
            "two files with the same path",
            inRoot("files/2-sdk.yaml", "files/1-values.yaml")));
    all.add(
        harm(
            ProblemCode.BUNDLE_INVALID,
            "two files whose paths differ by case",
            inRoot("files/2-sdk.yaml", "FILES/1-Values.yaml")));
    all.add(
        harm(
            ProblemCode.BUNDLE_FORMAT_UNKNOWN,
            "a newer format",
            inRoot("airgap.bundle.v1+json", "airgap.bundle.v2+json")));
    all.add(
        harm(
            ProblemCode.BUNDLE_NOT_FOUND,
            "another artifact",
            inRoot("airgap.bundle.v1+json", "something.v1+json")));
    all.add(
        harm(
            ProblemCode.BUNDLE_FORMAT_UNKNOWN,
            "a feature that this version does not know",
            inFile("contents.json", "\"requires\":[]", "\"requires\":[\"recipes\"]")));
    for (String json : List.of("", "{", "[]", "{}", "{\"images\":[]}", "\u0000", "null")) {
      all.add(
          harm(
              ProblemCode.BUNDLE_INVALID,
              "contents that are '" + json + "'",
              bundle -> replaceFile(bundle, "contents.json", text(content -> json))));
    }
    all.add(
        harm(
            ProblemCode.BUNDLE_INVALID,
            "contents with very deep JSON",
            bundle -> replaceFile(bundle, "contents.json", text(content -> "[".repeat(100_000)))));
    all.add(
        harm(
            ProblemCode.BUNDLE_INVALID,
            "an image with an illegal name",
            inFile("contents.json", "quay.io/kubernaut-ai/gateway:v1", "../../etc/passwd")));
    all.add(
        harm(
            ProblemCode.BUNDLE_INVALID,
            "an image without a digest",
            inFile("contents.json", "\"digest\":\"sha256:", "\"other\":\"sha256:")));
    all.add(
        harm(
            ProblemCode.BUNDLE_INVALID,
            "an image that the root does not list",
            inFile(
                "contents.json",
                SOURCE.readManifest(Site.GATEWAY).digest().hex(),
                "0".repeat(64))));
    all.add(
        harm(ProblemCode.BUNDLE_INVALID, "no contents", inRoot("contents.json", "contents.yaml")));
    all.add(
        harm(
            ProblemCode.BUNDLE_INVALID,
            "contents with an absurd size",
            bundle ->
                replaceRoot(
                    bundle,
                    root(bundle)
                        .replaceAll(
                            "\"size\":\\d+(,\"annotations\":\\{\"[^\"]*\":\"contents.json)",
                            "\"size\":9000000000000000000$1"))));
    all.add(
        harm(
            ProblemCode.BUNDLE_INVALID,
            "a negative size",
            bundle ->
                replaceRoot(bundle, root(bundle).replaceFirst("\"size\":\\d\\d+", "\"size\":-1"))));
    all.add(
        harm(
            ProblemCode.BUNDLE_INVALID,
            "a digest that is a path",
            bundle ->
                replaceRoot(
                    bundle,
                    root(bundle)
                        .replaceFirst("sha256:[0-9a-f]{64}", "sha256:../../../etc/passwd"))));
    all.add(
        harm(
            ProblemCode.BUNDLE_PATH_UNSAFE,
            "a plan with a chart outside",
            inFile("plan.yaml", "chart/kubernaut", "../../home/charts/kubernaut")));
    all.add(
        harm(
            ProblemCode.BUNDLE_PATH_UNSAFE,
            "a plan with an absolute values file",
            inFile("plan.yaml", "files/1-values.yaml", "/etc/hostname")));
    all.add(
        harm(
            ProblemCode.BUNDLE_UNREADABLE,
            "a directory in the place of content",
            bundle -> {
              Path blob =
                  bundle.resolve(
                      "blobs/sha256/"
                          + SOURCE.readManifest(Site.GATEWAY).children().get(0).digest().hex());
              Files.delete(blob);
              Files.createDirectory(blob);
            }));
    all.add(
        harm(
            ProblemCode.BUNDLE_UNREADABLE,
            "a link that leads out of the bundle",
            bundle -> {
              Path blob =
                  bundle.resolve(
                      "blobs/sha256/"
                          + SOURCE.readManifest(Site.GATEWAY).children().get(0).digest().hex());
              Path outside = bundle.resolveSibling("outside");
              Files.move(blob, outside);
              Files.createSymbolicLink(blob, outside);
            }));
    return all;
  }

  private Set<String> files(Path top) throws IOException {
    try (Stream<Path> files = Files.walk(top)) {
      return files
          .map(file -> top.relativize(file).toString())
          .filter(name -> !name.startsWith("work"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private void load(Path path) {
    try (LayoutRegistryClient store = LayoutRegistryClient.open(path, Bundle.repository())) {
      Bundle bundle = Bundle.open(store);
      MirrorPlan plan = bundle.unpackPlan(directory.resolve("work/plan"));
      new BundleLoader(target, event -> {}).load(bundle, plan, MirrorOptions.builder().build());
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bundles")
  void aHostileBundleIsRefusedWithItsOwnCode(String name, ProblemCode code, Harm harm)
      throws IOException {
    Path bundle = copied();
    harm.to(bundle);
    Set<String> before = files(directory);
    BundleException refused = catchThrowableOfType(BundleException.class, () -> load(bundle));
    assertThat(refused).isNotNull();
    assertThat(refused.problems()).extracting(Problem::code).containsOnly(code);
    assertThat(files(directory)).isEqualTo(before);
    assertThat(target.tags(Site.GATEWAY.mirroredIn(Site.GATEWAY.repository()).repository()))
        .isEmpty();
  }

  static List<Arguments> charts() {
    return List.of(
        Arguments.of("a path that leads out", chart(entry("../outside"))),
        Arguments.of("an absolute path", chart(entry("/tmp/outside"))),
        Arguments.of("a path that leads out later", chart(entry("a/../../outside"))),
        Arguments.of("a backslash", chart(entry("..\\outside"))),
        Arguments.of("a symbolic link", chart(entry("a", TarConstants.LF_SYMLINK, "/etc"))),
        Arguments.of("a hard link", chart(entry("a", TarConstants.LF_LINK, "/etc/passwd"))),
        Arguments.of("a device", chart(entry("a", TarConstants.LF_CHR, ""))),
        Arguments.of("a block device", chart(entry("a", TarConstants.LF_BLK, ""))),
        Arguments.of("a pipe", chart(entry("a", TarConstants.LF_FIFO, ""))),
        Arguments.of("a name twice", chart(entry("Chart.yaml"), entry("Chart.yaml"))),
        Arguments.of("a file as directory", chart(entry("a"), entry("a/b"))),
        Arguments.of("a very long name", chart(entry("x".repeat(20_000)))),
        Arguments.of("no gzip", "no gzip".getBytes(StandardCharsets.UTF_8)),
        Arguments.of("a truncated archive", Arrays.copyOf(chart(entry("a")), 30)),
        Arguments.of("other content than planned", chart(entry("Chart.yaml"))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("charts")
  void aHostileChartIsNotUnpacked(String name, byte[] archive) throws IOException {
    Path bundle = copied();
    replaceFile(bundle, "chart/kubernaut.tar.gz", content -> archive);
    Set<String> before = files(directory);
    assertThat(catchThrowableOfType(RuntimeException.class, () -> load(bundle)))
        .isInstanceOf(AirgapException.class);
    assertThat(files(directory)).isEqualTo(before);
  }

  @Test
  void anUnchangedBundleIsLoaded() throws IOException {
    load(copied());
  }
}
