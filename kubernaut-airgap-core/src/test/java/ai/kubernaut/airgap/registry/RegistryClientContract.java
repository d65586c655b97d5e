package ai.kubernaut.airgap.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import ai.kubernaut.airgap.registry.retry.RetryPolicy;
import ai.kubernaut.airgap.registry.retry.RetryingClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link RegistryClient} does: each sentence of its Javadoc. A subclass gives the client
 * and a registry that lets it read and write; every test uses repositories of its own, so the
 * registry may be shared. What the client or its registry cannot do, the subclass says by {@link
 * #abilities()}, and the tests of it are skipped with a message that names the ability.
 */
@Timeout(120)
public abstract class RegistryClientContract {
  /** What is optional for a client. */
  public enum Ability {
    /** It continues uploads: {@link RegistryClient#beginUpload}. */
    UPLOADS,
    /** Its registry mounts blobs: {@link RegistryClient#mountBlob}. */
    MOUNTS,
    /** Its registry lists referrers: {@link RegistryClient#referrers}. */
    REFERRERS,
    /** It deletes manifests: {@link RegistryClient#deleteManifest}. */
    DELETION
  }

  private static final String LAYER = "application/vnd.oci.image.layer.v1.tar";
  private static final String CONFIG = "application/vnd.oci.image.config.v1+json";

  /**
   * A client under test, and where it may write.
   *
   * @param client closed by the contract
   * @param registry host and port
   */
  public record Subject(RegistryClient client, String registry) {}

  private RegistryClient client;
  private String registry;
  private Repository repository;

  /** Makes a new client. */
  protected abstract Subject open() throws Exception;

  /**
   * Whether a blob that was written to one repository is in all of them, as some registries keep
   * theirs. By default each repository has its own.
   */
  protected boolean repositoriesShareBlobs() {
    return false;
  }

  /** What the client can do; everything, unless a subclass says less. */
  protected Set<Ability> abilities() {
    return EnumSet.allOf(Ability.class);
  }

  private void require(Ability ability) {
    Assumptions.assumeTrue(
        abilities().contains(ability),
        () -> "skipped: the client of this test has no ability " + ability);
  }

  @BeforeEach
  final void openSubject() throws Exception {
    Subject subject = open();
    client = subject.client();
    registry = subject.registry();
    repository = newRepository();
  }

  @AfterEach
  final void closeClient() {
    Thread.interrupted();
    if (client != null) {
      client.close();
    }
  }

  private Repository newRepository() {
    return Repository.parse(registry + "/contract/" + UUID.randomUUID());
  }

  private static byte[] bytes(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static Descriptor descriptor(String mediaType, byte[] content) {
    return Descriptor.of(mediaType, Digest.sha256(content), content.length);
  }

  private Descriptor put(Repository where, byte[] content) {
    Descriptor blob = descriptor(LAYER, content);
    client.writeBlob(where, blob, new ByteArrayInputStream(content));
    return blob;
  }

  private static String json(Descriptor descriptor) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(descriptor.mediaType(), descriptor.digest(), descriptor.size());
  }

  /** A manifest with spaces and line ends that a rewriting would lose. */
  private static Manifest manifest(Descriptor config, Descriptor... layers) {
    List<String> all = Arrays.stream(layers).map(RegistryClientContract::json).toList();
    return Manifest.of(
        Manifest.OCI_MANIFEST,
        "{ \"schemaVersion\": 2,\n\t\"mediaType\": \"%s\", \"config\": %s,\r\n \"layers\":[%s]  }\n\n"
            .formatted(Manifest.OCI_MANIFEST, json(config), String.join(" , ", all))
            .getBytes(StandardCharsets.UTF_8));
  }

  private static Manifest index(Manifest... children) {
    List<String> all = Arrays.stream(children).map(child -> json(child.descriptor())).toList();
    return Manifest.of(
        Manifest.OCI_INDEX,
        "{\"schemaVersion\":2,  \"mediaType\":\"%s\",\"manifests\":[%s]}"
            .formatted(Manifest.OCI_INDEX, String.join(",", all))
            .getBytes(StandardCharsets.UTF_8));
  }

  private Manifest image(long seed) {
    byte[] config = ("{\"seed\":" + seed + "}").getBytes(StandardCharsets.UTF_8);
    Descriptor configBlob = descriptor(CONFIG, config);
    client.writeBlob(repository, configBlob, new ByteArrayInputStream(config));
    return manifest(configBlob, put(repository, bytes(2000, seed)));
  }

  private static RegistryException failure(ThrowingCallable call) {
    return catchThrowableOfType(RegistryException.class, call);
  }

  private void assertFails(Reason reason, ThrowingCallable call) {
    RegistryException e = failure(call);
    assertThat(e).isNotNull();
    assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason);
    assertThat(e.registry()).isEqualTo(registry);
    assertThat(e).hasMessageContaining(registry);
  }

  @Test
  void aRegistryThatAnswersPings() {
    client.ping(registry);
  }

  @Test
  void manifestsComeBackByteForByteUnderTagAndDigest() {
    Manifest manifest = image(1);
    ImageRef tagged = repository.tag("v1");
    client.writeManifest(tagged, manifest);

    for (ImageRef image :
        List.of(
            tagged, repository.digest(manifest.digest()), tagged.withDigest(manifest.digest()))) {
      Manifest read = client.readManifest(image);
      assertThat(read.content()).isEqualTo(manifest.content());
      assertThat(read.mediaType()).isEqualTo(Manifest.OCI_MANIFEST);
      assertThat(client.findManifest(image)).hasValue(manifest.descriptor());
    }
  }

  @Test
  void aReferenceWithoutTagAndDigestMeansLatestWhenReading() {
    Manifest manifest = image(2);
    client.writeManifest(repository.tag("latest"), manifest);

    ImageRef image = ImageRef.parse(repository.toString());
    assertThat(client.readManifest(image)).isEqualTo(manifest);
    assertThat(client.findManifest(image)).hasValue(manifest.descriptor());
  }

  @Test
  void aReferenceWithBothIsReadByItsDigest() {
    Manifest first = image(3);
    Manifest second = image(4);
    client.writeManifest(repository.tag("v1"), first);
    client.writeManifest(repository.tag("v1"), second);

    assertThat(client.readManifest(repository.tag("v1"))).isEqualTo(second);
    assertThat(client.readManifest(repository.tag("v1").withDigest(first.digest())))
        .isEqualTo(first);
  }

  @Test
  void aReferenceWithoutATagStoresUnderTheDigestAlone() {
    Manifest byDigest = image(5);
    Manifest byNothing = image(6);
    client.writeManifest(repository.digest(byDigest.digest()), byDigest);
    client.writeManifest(ImageRef.parse(repository.toString()), byNothing);

    assertThat(client.readManifest(repository.digest(byDigest.digest()))).isEqualTo(byDigest);
    assertThat(client.readManifest(repository.digest(byNothing.digest()))).isEqualTo(byNothing);
    assertThat(client.tags(repository)).isEmpty();
    assertThat(client.findManifest(repository.tag("latest"))).isEmpty();
  }

  @Test
  void aReferenceWithTagAndDigestStoresUnderTheTag() {
    Manifest manifest = image(7);
    client.writeManifest(repository.tag("v1").withDigest(manifest.digest()), manifest);

    assertThat(client.readManifest(repository.tag("v1"))).isEqualTo(manifest);
    assertThat(client.readManifest(repository.digest(manifest.digest()))).isEqualTo(manifest);
  }

  @Test
  void aManifestIsNotStoredUnderTheDigestOfAnother() {
    Manifest manifest = image(8);
    Digest other = Digest.sha256(new byte[] {1});

    assertFails(
        Reason.DIGEST_MISMATCH, () -> client.writeManifest(repository.digest(other), manifest));
    assertFails(
        Reason.DIGEST_MISMATCH,
        () -> client.writeManifest(repository.tag("v1").withDigest(other), manifest));
    assertThat(client.findManifest(repository.tag("v1"))).isEmpty();
    assertThat(client.findManifest(repository.digest(other))).isEmpty();
  }

  @Test
  void aManifestThatIsNotThereIsFoundToBeAbsent() {
    Digest digest = Digest.sha256(new byte[] {2});

    assertThat(client.findManifest(repository.tag("v1"))).isEmpty();
    assertThat(client.findManifest(repository.digest(digest))).isEmpty();
    assertFails(Reason.NOT_FOUND, () -> client.readManifest(repository.tag("v1")));
    client.writeManifest(repository.tag("v2"), image(9));
    assertThat(client.findManifest(repository.tag("v1"))).isEmpty();
    assertThat(client.findManifest(repository.digest(digest))).isEmpty();
    assertFails(Reason.NOT_FOUND, () -> client.readManifest(repository.tag("v1")));
    assertFails(Reason.NOT_FOUND, () -> client.readManifest(repository.digest(digest)));
  }

  @Test
  void aManifestWhoseBlobsAreMissingIsRefused() {
    Descriptor there = put(repository, bytes(10, 10));
    Descriptor missing = descriptor(LAYER, bytes(10, 11));

    assertFails(
        Reason.REFUSED, () -> client.writeManifest(repository.tag("v1"), manifest(there, missing)));
    assertThat(client.findManifest(repository.tag("v1"))).isEmpty();
  }

  @Test
  void anIndexIsStoredOnceItsChildrenAreThere() {
    Manifest amd64 = image(12);
    Manifest arm64 = image(13);
    Manifest index = index(amd64, arm64);
    client.writeManifest(repository.digest(amd64.digest()), amd64);

    assertFails(Reason.REFUSED, () -> client.writeManifest(repository.tag("v1"), index));
    client.writeManifest(repository.digest(arm64.digest()), arm64);
    client.writeManifest(repository.tag("v1"), index);

    Manifest read = client.readManifest(repository.tag("v1"));
    assertThat(read.content()).isEqualTo(index.content());
    assertThat(read.isIndex()).isTrue();
    assertThat(client.findManifest(repository.tag("v1"))).hasValue(index.descriptor());
    assertThat(client.tags(repository)).containsExactly("v1");
  }

  @Test
  void blobsComeBackByteForByte() throws IOException {
    byte[] content = bytes(3 << 20, 20);
    Descriptor blob = put(repository, content);

    assertThat(client.findBlob(repository, blob.digest())).hasValue(content.length);
    try (InputStream in = client.readBlob(repository, blob, 0)) {
      assertThat(in.readAllBytes()).isEqualTo(content);
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  @Test
  void aStreamThatHashesHasTheDigestOfTheBlobAtItsEnd() throws IOException {
    Descriptor blob = put(repository, bytes(300_000, 22));
    RegistryClient retrying =
        RetryingClient.of(
            client,
            RetryPolicy.builder().build(),
            Progress.of(ProgressEvent.Step.MIRROR, event -> {}));
    for (RegistryClient one : List.of(client, retrying)) {
      try (InputStream in = one.readBlob(repository, blob, 0)) {
        if (in instanceof HashedInput hashed) {
          assertThat(hashed.hash()).isPresent();
          assertThat(hashed.readAllBytes()).hasSize(300_000);
          assertThat(hashed.hash())
              .hasValueSatisfying(
                  hash ->
                      assertThat(Digest.of(Digest.Algorithm.SHA256, hash.digest()))
                          .isEqualTo(blob.digest()));
        }
      }
      try (InputStream in = one.readBlob(repository, blob, 1)) {
        if (in instanceof HashedInput hashed) {
          assertThat(hashed.readAllBytes()).hasSize(299_999);
          assertThat(hashed.hash()).isEmpty();
        }
      }
    }
  }

  @Test
  void aBlobCanBeReadByteByByte() throws IOException {
    byte[] content = bytes(300, 21);
    Descriptor blob = put(repository, content);

    try (InputStream in = client.readBlob(repository, blob, 0)) {
      for (byte expected : content) {
        assertThat(in.read()).isEqualTo(expected & 0xff);
      }
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  @Test
  void anEmptyBlobIsABlob() throws IOException {
    Descriptor blob = put(repository, new byte[0]);

    assertThat(client.findBlob(repository, blob.digest())).hasValue(0);
    try (InputStream in = client.readBlob(repository, blob, 0)) {
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  @Test
  void aBlobCanBeReadFromAnyByteOn() throws IOException {
    byte[] content = bytes(100_000, 22);
    Descriptor blob = put(repository, content);

    for (int offset : new int[] {1, 65_536, 99_999, 100_000}) {
      try (InputStream in = client.readBlob(repository, blob, offset)) {
        assertThat(in.readAllBytes())
            .isEqualTo(Arrays.copyOfRange(content, offset, content.length));
      }
    }
    assertThatThrownBy(() -> client.readBlob(repository, blob, 100_001))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> client.readBlob(repository, blob, -1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aBlobThatIsNotThereIsFoundToBeAbsent() {
    Descriptor missing = descriptor(LAYER, bytes(10, 23));

    assertThat(client.findBlob(repository, missing.digest())).isEmpty();
    assertFails(Reason.NOT_FOUND, () -> client.readBlob(repository, missing, 0));
    assertFails(Reason.NOT_FOUND, () -> client.readBlob(repository, missing, 5));
    assertFails(Reason.NOT_FOUND, () -> client.readBlob(repository, missing, 10));
  }

  @Test
  void aBlobBelongsToItsRepositoryOrToAll() throws IOException {
    byte[] content = bytes(10, 24);
    Descriptor blob = put(repository, content);
    Repository other = newRepository();

    if (repositoriesShareBlobs()) {
      assertThat(client.findBlob(other, blob.digest())).hasValue(10);
      try (InputStream in = client.readBlob(other, blob, 0)) {
        assertThat(in.readAllBytes()).isEqualTo(content);
      }
      client.writeManifest(other.tag("v1"), manifest(blob));
    } else {
      assertThat(client.findBlob(other, blob.digest())).isEmpty();
      assertFails(Reason.NOT_FOUND, () -> client.readBlob(other, blob, 0));
    }
  }

  @Test
  void closingABlobEarlyEndsTheTransfer() throws IOException {
    byte[] content = bytes(8 << 20, 25);
    Descriptor blob = put(repository, content);

    for (int i = 0; i < 40; i++) {
      InputStream in = client.readBlob(repository, blob, 0);
      assertThat(in.readNBytes(100)).isEqualTo(Arrays.copyOf(content, 100));
      in.close();
      in.close();
    }
    assertThat(client.findBlob(repository, blob.digest())).hasValue(content.length);
  }

  @Test
  void aWrongSizeIsNoticed() {
    byte[] content = bytes(1000, 26);
    Descriptor blob = put(repository, content);
    Descriptor smaller = Descriptor.of(LAYER, blob.digest(), 999);

    assertFails(
        Reason.DIGEST_MISMATCH,
        () -> {
          try (InputStream in = client.readBlob(repository, smaller, 0)) {
            in.readAllBytes();
          }
        });
  }

  @Test
  void contentThatIsNotTheBlobsIsNotStored() {
    byte[] content = bytes(5000, 27);
    Descriptor blob = descriptor(LAYER, content);
    byte[] other = content.clone();
    other[2500] ^= 1;

    for (byte[] wrong :
        List.of(
            other,
            new byte[0],
            Arrays.copyOf(content, 4999),
            Arrays.copyOf(content, 5001),
            Arrays.copyOf(content, 500_000))) {
      assertFails(
          Reason.DIGEST_MISMATCH,
          () -> client.writeBlob(repository, blob, new ByteArrayInputStream(wrong)));
      assertThat(client.findBlob(repository, blob.digest())).isEmpty();
    }
    assertFails(
        Reason.DIGEST_MISMATCH,
        () ->
            client.writeBlob(
                repository,
                descriptor(LAYER, new byte[0]),
                new ByteArrayInputStream(new byte[] {1})));
    client.writeBlob(repository, blob, new ByteArrayInputStream(content));
    assertThat(client.findBlob(repository, blob.digest())).hasValue(5000);
  }

  @Test
  void whatTheContentThrowsIsThrownOnAndNothingIsStored() {
    byte[] content = bytes(400_000, 28);
    Descriptor blob = descriptor(LAYER, content);
    IllegalStateException unchecked = new IllegalStateException("the source broke");
    IOException checked = new IOException("the source broke");

    for (int good : new int[] {0, 100, 200_000, 400_000}) {
      assertThat(
              catchThrowable(
                  () -> client.writeBlob(repository, blob, failing(content, good, unchecked))))
          .isSameAs(unchecked);
      assertThat(
              catchThrowable(
                  () -> client.writeBlob(repository, blob, failing(content, good, checked))))
          .isInstanceOf(UncheckedIOException.class)
          .cause()
          .isSameAs(checked);
      assertThat(client.findBlob(repository, blob.digest())).isEmpty();
    }
  }

  private static InputStream failing(byte[] content, int good, Exception failure) {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            if (failure instanceof IOException io) {
              throw io;
            }
            throw (RuntimeException) failure;
          }

          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            return read();
          }
        };
    return new SequenceInputStream(new ByteArrayInputStream(content, 0, good), broken);
  }

  @Test
  void theContentIsReadToItsEndAndNotClosed() {
    byte[] content = bytes(1000, 29);
    AtomicBoolean closed = new AtomicBoolean();
    InputStream in =
        new ByteArrayInputStream(content) {
          @Override
          public void close() {
            closed.set(true);
          }
        };

    client.writeBlob(repository, descriptor(LAYER, content), in);

    assertThat(closed).isFalse();
    assertThat(catchThrowable(() -> assertThat(in.read()).isEqualTo(-1))).isNull();
  }

  @Test
  void aBlobGoesFromOneRepositoryToAnother() throws IOException {
    byte[] content = bytes(2 << 20, 30);
    Descriptor blob = put(repository, content);
    Repository target = newRepository();

    try (InputStream in = client.readBlob(repository, blob, 0)) {
      client.writeBlob(target, blob, in);
    }
    assertThat(client.findBlob(target, blob.digest())).hasValue(content.length);
  }

  @Test
  void aBlobThatIsThereAlreadyCanBeWrittenAgain() {
    byte[] content = bytes(1000, 31);
    put(repository, content);
    Descriptor blob = put(repository, content);

    assertThat(client.findBlob(repository, blob.digest())).hasValue(1000);
  }

  private BlobUpload begin() {
    require(Ability.UPLOADS);
    return client.beginUpload(repository).orElseThrow();
  }

  @Test
  void anUploadInPiecesIsTheWholeBlob() throws IOException {
    byte[] content = bytes(300_000, 60);
    Descriptor blob = descriptor(LAYER, content);
    InputStream in = new ByteArrayInputStream(content);
    BlobUpload upload = begin();

    assertThat(upload.offset()).isZero();
    upload.append(0, 100_000, in);
    assertThat(upload.offset()).isEqualTo(100_000);
    upload.append(100_000, 100_000, in);
    assertThat(client.findBlob(repository, blob.digest())).isEmpty();
    upload.finish(blob, 200_000, in);

    try (InputStream stored = client.readBlob(repository, blob, 0)) {
      assertThat(stored.readAllBytes()).isEqualTo(content);
    }
    assertFails(Reason.NOT_FOUND, upload::offset);
  }

  @Test
  void anUploadMayHaveOnePieceOrAnEmptyLastOne() {
    byte[] content = bytes(10_000, 61);
    Descriptor blob = descriptor(LAYER, content);
    begin().finish(blob, 0, new ByteArrayInputStream(content));
    assertThat(client.findBlob(repository, blob.digest())).hasValue(10_000);

    byte[] other = bytes(10_000, 62);
    Descriptor otherBlob = descriptor(LAYER, other);
    BlobUpload upload = begin();
    upload.append(0, other.length, new ByteArrayInputStream(other));
    upload.finish(otherBlob, other.length, InputStream.nullInputStream());
    assertThat(client.findBlob(repository, otherBlob.digest())).hasValue(10_000);
  }

  @Test
  void anUploadIsContinuedByItsSession() {
    byte[] content = bytes(100_000, 63);
    Descriptor blob = descriptor(LAYER, content);
    BlobUpload first = begin();
    first.append(0, 60_000, new ByteArrayInputStream(content));

    BlobUpload second =
        client.resumeUpload(repository, first.session().orElseThrow()).orElseThrow();
    assertThat(second.offset()).isEqualTo(60_000);
    second.finish(blob, 60_000, new ByteArrayInputStream(content, 60_000, 40_000));

    assertThat(client.findBlob(repository, blob.digest())).hasValue(100_000);
  }

  @Test
  void aPieceThatDoesNotFollowFails() {
    byte[] content = bytes(1000, 64);
    BlobUpload upload = begin();
    upload.append(0, 1000, new ByteArrayInputStream(content));

    // Some registries refuse it, others put it at the end.
    assertThat(failure(() -> upload.append(500, 1000, new ByteArrayInputStream(content))))
        .isNotNull();
  }

  @Test
  void piecesThatAreNotTheBlobAreNotStored() {
    byte[] content = bytes(1000, 65);
    Descriptor blob = descriptor(LAYER, content);
    BlobUpload upload = begin();
    upload.append(0, 500, new ByteArrayInputStream(bytes(500, 66)));

    assertFails(
        Reason.DIGEST_MISMATCH,
        () -> upload.finish(blob, 500, new ByteArrayInputStream(content, 500, 500)));
    assertThat(client.findBlob(repository, blob.digest())).isEmpty();
  }

  @Test
  void whatTheContentOfAPieceThrowsIsThrownOn() {
    byte[] content = bytes(1000, 67);
    IllegalStateException broken = new IllegalStateException("the source broke");
    BlobUpload upload = begin();

    assertThat(catchThrowable(() -> upload.append(0, 1000, failing(content, 300, broken))))
        .isSameAs(broken);
  }

  @Test
  void anUploadCanBeAbandonedAtAnyTime() {
    BlobUpload upload = begin();
    upload.append(0, 1000, new ByteArrayInputStream(bytes(1000, 68)));

    assertThat(
            catchThrowable(
                () -> {
                  upload.abandon();
                  upload.abandon();
                }))
        .isNull();
  }

  @Test
  void aMountBringsTheBlobOver() throws IOException {
    require(Ability.MOUNTS);
    byte[] content = bytes(1000, 32);
    Descriptor blob = put(repository, content);
    Repository target = newRepository();

    assertThat(client.mountBlob(target, blob.digest(), repository)).isTrue();

    assertThat(client.findBlob(target, blob.digest())).hasValue(1000);
    try (InputStream in = client.readBlob(target, blob, 0)) {
      assertThat(in.readAllBytes()).isEqualTo(content);
    }
  }

  @Test
  void aMountOfWhatIsNotThereIsNoMount() {
    Digest missing = Digest.sha256(bytes(10, 33));
    Repository target = newRepository();

    assertThat(client.mountBlob(target, missing, newRepository())).isFalse();
    put(repository, bytes(10, 34));
    assertThat(client.mountBlob(target, missing, repository)).isFalse();
    assertThat(client.findBlob(target, missing)).isEmpty();
  }

  @Test
  void aMountFromAnotherRegistryIsAMistake() {
    assertThatThrownBy(
            () ->
                client.mountBlob(
                    repository,
                    Digest.sha256(new byte[0]),
                    Repository.parse("elsewhere.example/app")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void tagsAreListed() {
    assertThat(client.tags(repository)).isEmpty();
    Manifest manifest = image(40);
    client.writeManifest(repository.tag("v1"), manifest);
    client.writeManifest(repository.tag("v2"), manifest);

    assertThat(client.tags(repository)).containsExactlyInAnyOrder("v1", "v2");
  }

  private List<Descriptor> referrers(Manifest image) {
    return client.referrers(repository, image.digest()).orElseThrow();
  }

  @Test
  void anImageWithoutReferrersHasNone() {
    require(Ability.REFERRERS);
    Manifest image = image(70);
    client.writeManifest(repository.tag("v1"), image);

    assertThat(referrers(image)).isEmpty();
  }

  @Test
  void whatIsAttachedIsListed() {
    require(Ability.REFERRERS);
    Manifest image = image(71);
    client.writeManifest(repository.tag("v1"), image);
    byte[] config = "{}".getBytes(StandardCharsets.UTF_8);
    Descriptor empty = descriptor("application/vnd.oci.empty.v1+json", config);
    client.writeBlob(repository, empty, new ByteArrayInputStream(config));
    Manifest attached =
        Manifest.of(
            Manifest.OCI_MANIFEST,
            "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"artifactType\":\"text/spdx\",\"config\":%s,\"layers\":[%s],\"subject\":%s}"
                .formatted(
                    Manifest.OCI_MANIFEST, json(empty), json(empty), json(image.descriptor()))
                .getBytes(StandardCharsets.UTF_8));
    client.writeManifest(repository.digest(attached.digest()), attached);

    assertThat(referrers(image)).extracting(Descriptor::digest).containsExactly(attached.digest());
  }

  @Test
  void aManifestIsDeletedWithItsTagsOrDeletionIsRefused() {
    Manifest manifest = manifest(put(repository, bytes(10, 1)));
    Manifest other = manifest(put(repository, bytes(10, 2)));
    client.writeManifest(repository.tag("one"), manifest);
    client.writeManifest(repository.tag("two"), manifest);
    client.writeManifest(repository.tag("other"), other);
    if (!abilities().contains(Ability.DELETION)) {
      RegistryException refused =
          failure(() -> client.deleteManifest(repository, manifest.digest()));
      assertThat(refused.reason()).isEqualTo(Reason.REFUSED);
      assertThat(refused.status()).hasValue(405);
      assertThat(client.findManifest(repository.tag("one"))).isPresent();
    }
    require(Ability.DELETION);
    client.deleteManifest(repository, manifest.digest());
    assertThat(client.findManifest(repository.digest(manifest.digest()))).isEmpty();
    assertThat(client.findManifest(repository.tag("one"))).isEmpty();
    assertThat(client.findManifest(repository.tag("other"))).isPresent();
    assertThat(client.findBlob(repository, manifest.blobs().get(0).digest())).isPresent();
    assertFails(Reason.NOT_FOUND, () -> client.deleteManifest(repository, manifest.digest()));
  }

  @Test
  void manyThreadsMayUseOneClient() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Void>> jobs = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        int seed = 100 + i;
        jobs.add(
            () -> {
              Repository own = newRepository();
              byte[] content = bytes(100_000, seed);
              Descriptor blob = put(own, content);
              assertThat(client.findBlob(own, blob.digest())).hasValue(content.length);
              try (InputStream in = client.readBlob(own, blob, 0)) {
                assertThat(in.readAllBytes()).isEqualTo(content);
              }
              return null;
            });
      }
      for (Future<Void> job : threads.invokeAll(jobs)) {
        job.get();
      }
    } finally {
      threads.shutdownNow();
      assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void anInterruptedThreadStopsAndStaysInterrupted() {
    Descriptor blob = put(repository, bytes(10, 50));
    List<ThrowingCallable> calls = everyMethod(blob);

    for (ThrowingCallable call : calls) {
      Thread.currentThread().interrupt();
      RegistryException e = failure(call);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(e).isNotNull();
      assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
    }
  }

  private List<ThrowingCallable> everyMethod(Descriptor blob) {
    Manifest manifest = manifest(blob);
    return List.of(
        () -> client.ping(registry),
        () -> client.findManifest(repository.tag("v1")),
        () -> client.readManifest(repository.tag("v1")),
        () -> client.writeManifest(repository.tag("v1"), manifest),
        () -> client.findBlob(repository, blob.digest()),
        () -> client.readBlob(repository, blob, 0),
        () -> client.writeBlob(repository, blob, new ByteArrayInputStream(bytes(10, 50))),
        () -> client.mountBlob(newRepository(), blob.digest(), repository),
        () -> client.tags(repository));
  }

  @Test
  void readingABlobStopsWhenInterrupted() throws IOException {
    Descriptor blob = put(repository, bytes(8 << 20, 51));

    try (InputStream in = client.readBlob(repository, blob, 0)) {
      in.readNBytes(10);
      Thread.currentThread().interrupt();
      RegistryException e = failure(in::readAllBytes);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(e).isNotNull();
      assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
    }
  }

  @Test
  void aClosedClientDoesNothingMore() {
    Descriptor blob = put(repository, bytes(10, 52));
    List<ThrowingCallable> calls = everyMethod(blob);

    client.close();
    client.close();

    for (ThrowingCallable call : calls) {
      assertThatThrownBy(call).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void closingTheClientEndsOpenTransfers() throws IOException {
    Descriptor blob = put(repository, bytes(8 << 20, 53));
    InputStream in = client.readBlob(repository, blob, 0);
    in.readNBytes(10);

    client.close();

    assertFails(Reason.UNREACHABLE, in::readAllBytes);
    in.close();
  }
}
