package ai.kubernaut.airgap.registry.layout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.ChildJvm;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.BlobUpload;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.DockerRegistry;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import ai.kubernaut.airgap.registry.Skopeo;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What stands in the directory, and what becomes of a directory that others have had in their
 * hands.
 */
@Timeout(120)
final class LayoutFilesTest {
  private static final ImageRef GATEWAY = ImageRef.parse("harbor.corp:5000/kubernaut/gateway:v1");
  private static final Repository REPOSITORY = GATEWAY.repository();
  private static final String LAYER = "application/vnd.oci.image.layer.v1.tar";

  @TempDir private Path temporary;
  private Path directory;

  @BeforeEach
  void chooseDirectory() {
    directory = temporary.resolve("layout");
  }

  private static Descriptor put(LayoutRegistryClient client, String type, String content) {
    byte[] bytes = content.getBytes(UTF_8);
    Descriptor blob = Descriptor.of(type, Digest.sha256(bytes), bytes.length);
    client.writeBlob(REPOSITORY, blob, new ByteArrayInputStream(bytes));
    return blob;
  }

  private static String json(Descriptor descriptor) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(descriptor.mediaType(), descriptor.digest(), descriptor.size());
  }

  private static Manifest image(LayoutRegistryClient client, String architecture) {
    Descriptor config =
        put(
            client,
            "application/vnd.oci.image.config.v1+json",
            "{\"architecture\":\"%s\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}"
                .formatted(architecture));
    Descriptor layer = put(client, LAYER, "the layer of " + architecture);
    return Manifest.of(
        Manifest.OCI_MANIFEST,
        "{ \"schemaVersion\":2, \"mediaType\":\"%s\",\n \"config\":%s,\"layers\":[%s]}\n"
            .formatted(Manifest.OCI_MANIFEST, json(config), json(layer))
            .getBytes(UTF_8));
  }

  private static Manifest index(List<Manifest> children) {
    return Manifest.of(
        Manifest.OCI_INDEX,
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",  \"manifests\":[%s]}"
            .formatted(
                Manifest.OCI_INDEX,
                String.join(",", children.stream().map(child -> json(child.descriptor())).toList()))
            .getBytes(UTF_8));
  }

  /** An index of two platforms, stored as the mirror engine does it. */
  private static Manifest publish(LayoutRegistryClient client, ImageRef image) {
    List<Manifest> children = List.of(image(client, "amd64"), image(client, "arm64"));
    for (Manifest child : children) {
      client.writeManifest(image.repository().digest(child.digest()), child);
    }
    Manifest index = index(children);
    client.writeManifest(image, index);
    return index;
  }

  private static RegistryException failure(ThrowingCallable call) {
    RegistryException e = catchThrowableOfType(RegistryException.class, call);
    assertThat(e).isNotNull();
    return e;
  }

  private Path blob(Digest digest) {
    return directory.resolve("blobs/sha256").resolve(digest.hex());
  }

  @Test
  void skopeoReadsWhatWasWritten() {
    try (DockerRegistry registry = DockerRegistry.start();
        LayoutRegistryClient client = LayoutRegistryClient.at(directory)) {
      Manifest index = publish(client, GATEWAY);

      assertThat(Skopeo.manifest("oci:" + directory + ":" + GATEWAY)).isEqualTo(index.content());
      String copy = "docker://" + registry.host() + "/copy:v1";
      Skopeo.copy("oci:" + directory + ":" + GATEWAY, copy);
      assertThat(Skopeo.manifest(copy)).isEqualTo(index.content());
    }
  }

  @Test
  void whatSkopeoWroteIsReadUnderItsWholeName() {
    Path other = temporary.resolve("skopeo's");
    try (LayoutRegistryClient client = LayoutRegistryClient.at(directory)) {
      Manifest index = publish(client, GATEWAY);
      Skopeo.copy("oci:" + directory + ":" + GATEWAY, "oci:" + other + ":" + GATEWAY);
      try (LayoutRegistryClient theirs = LayoutRegistryClient.open(other)) {
        assertWhole(theirs, index);
      }
    }
  }

  @Test
  void whatSkopeoNamedByATagAloneIsReadInTheRepositoryThatIsNamedForIt() {
    Path other = temporary.resolve("skopeo's");
    try (LayoutRegistryClient client = LayoutRegistryClient.at(directory)) {
      Manifest index = publish(client, GATEWAY);
      Skopeo.copy("oci:" + directory + ":" + GATEWAY, "oci:" + other + ":v1");
      try (LayoutRegistryClient theirs = LayoutRegistryClient.open(other)) {
        assertThat(theirs.findManifest(GATEWAY)).isEmpty();
      }
      try (LayoutRegistryClient theirs = LayoutRegistryClient.open(other, REPOSITORY)) {
        assertWhole(theirs, index);
        theirs.writeManifest(GATEWAY, index);
        assertThat(theirs.tags(REPOSITORY)).containsExactly("v1");
      }
    }
  }

  private static void assertWhole(LayoutRegistryClient client, Manifest index) {
    assertThat(client.tags(REPOSITORY)).containsExactly("v1");
    assertThat(client.findManifest(GATEWAY)).hasValue(index.descriptor());
    assertThat(client.readManifest(GATEWAY).content()).isEqualTo(index.content());
    for (Descriptor child : index.children()) {
      Manifest read = client.readManifest(REPOSITORY.digest(child.digest()));
      assertThat(read.descriptor()).isEqualTo(child);
      for (Descriptor blob : read.blobs()) {
        assertThat(client.findBlob(REPOSITORY, blob.digest())).hasValue(blob.size());
      }
    }
  }

  @Test
  void namesOfContainerdsToolsAreRead() throws IOException {
    try (LayoutRegistryClient client = LayoutRegistryClient.at(directory)) {
      Manifest manifest = image(client, "amd64");
      client.writeManifest(REPOSITORY.digest(manifest.digest()), manifest);
      Files.writeString(
          directory.resolve("index.json"),
          "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d,\"annotations\":{\"io.containerd.image.name\":\"%s\",\"org.opencontainers.image.ref.name\":\"v1\"}}]}"
              .formatted(Manifest.OCI_MANIFEST, manifest.digest(), manifest.size(), GATEWAY));

      assertThat(client.findManifest(GATEWAY)).hasValue(manifest.descriptor());
    }
  }

  @Test
  void anIndexTakesItsManifestsOutOfTheListAndWhatOthersListedStays() throws IOException {
    try (LayoutRegistryClient client = LayoutRegistryClient.at(directory)) {
      Manifest foreign = image(client, "s390x");
      client.writeManifest(ImageRef.parse("quay.io/x/y:1"), foreign);
      Path file = directory.resolve("index.json");
      Files.writeString(
          file,
          Files.readString(file)
              .replace("\"manifests\"", "\"annotations\":{\"of\":\"another tool\"},\"manifests\"")
              .replace("quay.io/x/y:1", "a name of its own"));
      Manifest index = publish(client, GATEWAY);

      String written = Files.readString(file);
      assertThat(written).contains("another tool").contains("a name of its own");
      assertThat(Manifest.of(written.getBytes(UTF_8)).children())
          .extracting(Descriptor::digest)
          .containsExactly(foreign.digest(), index.digest());
      assertWhole(client, index);
    }
  }

  @Test
  void whatIsAttachedStaysListedBesideTheIndexOfTheFallbackTag() {
    try (LayoutRegistryClient client = LayoutRegistryClient.at(directory)) {
      Manifest image = image(client, "amd64");
      client.writeManifest(GATEWAY, image);
      Descriptor empty = put(client, "application/vnd.oci.empty.v1+json", "{}");
      Manifest signature =
          Manifest.of(
              Manifest.OCI_MANIFEST,
              "{\"schemaVersion\":2,\"config\":%s,\"layers\":[],\"subject\":%s}"
                  .formatted(json(empty), json(image.descriptor()))
                  .getBytes(UTF_8));
      client.writeManifest(REPOSITORY.digest(signature.digest()), signature);
      client.writeManifest(
          REPOSITORY.tag("sha256-" + image.digest().hex()), index(List.of(signature)));

      assertThat(client.referrers(REPOSITORY, image.digest()).orElseThrow())
          .containsExactly(signature.descriptor());
    }
  }

  @Test
  void changedFilesAreNoticedAndAreWrittenAnew() throws IOException {
    try (LayoutRegistryClient client = LayoutRegistryClient.at(directory)) {
      Manifest manifest = image(client, "amd64");
      client.writeManifest(GATEWAY, manifest);
      Descriptor layer = manifest.blobs().get(1);
      Files.writeString(blob(layer.digest()), "THE layer of amd64");
      Files.writeString(blob(manifest.digest()), " ".repeat(manifest.size()));

      RegistryException e = failure(() -> client.readManifest(GATEWAY));
      assertThat(e.reason()).isEqualTo(Reason.DIGEST_MISMATCH);
      assertThat(e).hasMessageContaining(blob(manifest.digest()).getFileName().toString());
      assertThat(
              failure(
                      () -> {
                        try (InputStream in = client.readBlob(REPOSITORY, layer, 0)) {
                          in.readAllBytes();
                        }
                      })
                  .reason())
          .isEqualTo(Reason.DIGEST_MISMATCH);

      put(client, LAYER, "the layer of amd64");
      client.writeManifest(GATEWAY, manifest);
      assertThat(client.readManifest(GATEWAY)).isEqualTo(manifest);
      try (InputStream in = client.readBlob(REPOSITORY, layer, 0)) {
        assertThat(in.readAllBytes()).asString().isEqualTo("the layer of amd64");
      }
    }
  }

  @Test
  void whatIsListedAndNotThereIsAbsent() throws IOException {
    try (LayoutRegistryClient client = LayoutRegistryClient.at(directory)) {
      Manifest manifest = image(client, "amd64");
      client.writeManifest(GATEWAY, manifest);
      Files.delete(blob(manifest.digest()));

      assertThat(client.findManifest(GATEWAY)).isEmpty();
      assertThat(failure(() -> client.readManifest(GATEWAY)).reason()).isEqualTo(Reason.NOT_FOUND);
    }
  }

  @Test
  void linksThatLeadOutOfTheLayoutAreNotFollowed() throws IOException {
    try (LayoutRegistryClient client = LayoutRegistryClient.at(directory)) {
      Descriptor layer = put(client, LAYER, "secret");
      Path outside = Files.move(blob(layer.digest()), temporary.resolve("outside"));
      Files.createSymbolicLink(blob(layer.digest()), outside);

      RegistryException e = failure(() -> client.readBlob(REPOSITORY, layer, 0));
      assertThat(e.reason()).isEqualTo(Reason.REFUSED);
      assertThat(e).hasMessageContaining("leads out of the layout");
      assertThat(failure(() -> client.findBlob(REPOSITORY, layer.digest())).reason())
          .isEqualTo(Reason.REFUSED);

      put(client, LAYER, "secret");
      assertThat(blob(layer.digest())).isRegularFile().hasContent("secret");
      Files.delete(blob(layer.digest()));
      Files.delete(directory.resolve("blobs/sha256"));
      Files.createSymbolicLink(
          directory.resolve("blobs/sha256"), Files.createDirectory(temporary.resolve("elsewhere")));
      assertThat(failure(() -> put(client, LAYER, "more")).reason()).isEqualTo(Reason.REFUSED);
      assertThat(temporary.resolve("elsewhere")).isEmptyDirectory();
    }
  }

  @Test
  void anUploadSurvivesItsClientAndASessionIsNoPath() throws IOException {
    byte[] content = "first half second half".getBytes(UTF_8);
    Descriptor blob = Descriptor.of(LAYER, Digest.sha256(content), content.length);
    String session;
    try (LayoutRegistryClient client = LayoutRegistryClient.at(directory)) {
      BlobUpload upload = client.beginUpload(REPOSITORY).orElseThrow();
      upload.append(0, 11, new ByteArrayInputStream(content));
      session = upload.session().orElseThrow();
    }
    try (LayoutRegistryClient client = LayoutRegistryClient.open(directory)) {
      BlobUpload upload = client.resumeUpload(REPOSITORY, session).orElseThrow();
      assertThat(upload.offset()).isEqualTo(11);
      upload.finish(blob, 11, new ByteArrayInputStream(content, 11, content.length - 11));
      assertThat(blob(blob.digest())).hasBinaryContent(content);
      assertThat(client.resumeUpload(REPOSITORY, "../../" + session)).isEmpty();
    }
    assertThat(directory.resolve(".airgap")).isDirectoryNotContaining("glob:**.part");
  }

  private static final int CLIENTS = 4;
  private static final int TAGS = 60;

  @Test
  void severalClientsInSeveralProcessesLoseNoneOfEachOthersTags() throws Exception {
    List<String> processes = List.of("first", "second");
    List<Process> started = new ArrayList<>();
    try {
      for (String process : processes) {
        started.add(ChildJvm.start(TaggingProcess.class, directory.toString(), process));
      }
      for (Process process : started) {
        assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
      }
    } finally {
      started.forEach(Process::destroyForcibly);
    }
    try (LayoutRegistryClient client = LayoutRegistryClient.open(directory)) {
      assertThat(client.tags(REPOSITORY))
          .containsExactlyInAnyOrderElementsOf(
              processes.stream()
                  .flatMap(process -> IntStream.range(0, CLIENTS).mapToObj(i -> process + i))
                  .flatMap(name -> IntStream.range(0, TAGS).mapToObj(i -> name + "." + i))
                  .toList());
    }
  }

  /** Writes tags from several threads, each with a client of its own. */
  static final class TaggingProcess {
    private TaggingProcess() {}

    public static void main(String[] arguments) throws Exception {
      ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
      List<Future<?>> jobs = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        String prefix = arguments[1] + i + ".";
        jobs.add(threads.submit(() -> writeTags(Path.of(arguments[0]), prefix)));
      }
      threads.shutdown();
      for (Future<?> job : jobs) {
        job.get();
      }
    }

    private static void writeTags(Path directory, String prefix) {
      try (LayoutRegistryClient client = LayoutRegistryClient.at(directory)) {
        Manifest manifest = image(client, "amd64");
        for (int i = 0; i < TAGS; i++) {
          client.writeManifest(REPOSITORY.tag(prefix + i), manifest);
        }
      }
    }
  }

  @Test
  void aLayoutThatIsOnlyReadStaysAsItIs() throws IOException {
    try (LayoutRegistryClient client = LayoutRegistryClient.at(directory)) {
      client.writeManifest(GATEWAY, image(client, "amd64"));
    }
    Path copy = temporary.resolve("copy");
    for (Path file : files(directory)) {
      Path to = copy.resolve(directory.relativize(file).toString());
      Files.createDirectories(to.getParent());
      Files.copy(file, to);
    }
    List<Path> before = files(copy);
    try (LayoutRegistryClient client = LayoutRegistryClient.open(copy)) {
      client.ping("harbor.corp:5000");
      client.readManifest(GATEWAY);
      client.referrers(REPOSITORY, client.readManifest(GATEWAY).digest());
    }
    assertThat(files(copy)).isEqualTo(before);
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.toString().contains(".airgap"))
          .sorted()
          .toList();
    }
  }

  @Test
  void aDirectoryThatIsNoLayoutIsLeftAlone() throws IOException {
    assertThat(failure(() -> LayoutRegistryClient.open(directory)))
        .hasMessageContaining("there is no such directory")
        .extracting(RegistryException::reason)
        .isEqualTo(Reason.NOT_A_REGISTRY);
    assertThat(directory).doesNotExist();

    Files.createDirectory(directory);
    Files.writeString(directory.resolve("letter.txt"), "dear reader");
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            () -> LayoutRegistryClient.open(directory), () -> LayoutRegistryClient.at(directory))) {
      assertThat(failure(call))
          .hasMessageContaining("it has no file oci-layout; check the path")
          .extracting(RegistryException::reason)
          .isEqualTo(Reason.NOT_A_REGISTRY);
    }
    assertThat(directory).isDirectoryNotContaining("glob:**oci-layout");

    Files.writeString(directory.resolve("oci-layout"), "{\"imageLayoutVersion\":\"2.0.0\"}");
    assertThatThrownBy(() -> LayoutRegistryClient.open(directory))
        .hasMessageContaining("not an image layout of version 1");
    Files.writeString(directory.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    assertThatThrownBy(() -> LayoutRegistryClient.open(directory))
        .hasMessageContaining("it has no file index.json");
  }

  @Test
  void aBrokenOrHugeIndexIsRefused() throws IOException {
    LayoutRegistryClient.at(directory).close();
    Files.writeString(
        directory.resolve("index.json"), "{\"manifests\":[{\"digest\":\"../../x\"}]}");
    assertThatThrownBy(() -> LayoutRegistryClient.open(directory))
        .hasMessageContaining("index.json cannot be used")
        .hasMessageContaining("descriptor that is not legal");
    Files.write(directory.resolve("index.json"), new byte[Manifest.MAX_SIZE + 1]);
    assertThatThrownBy(() -> LayoutRegistryClient.open(directory))
        .hasMessageContaining("it has more than 4194304 bytes");
  }
}
