package ai.kubernaut.airgap.bundle.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.bundle.Bundle;
import ai.kubernaut.airgap.bundle.BundleException;
import ai.kubernaut.airgap.bundle.BundleForecast;
import ai.kubernaut.airgap.bundle.BundleLoader;
import ai.kubernaut.airgap.bundle.BundleOptions;
import ai.kubernaut.airgap.bundle.BundleReport;
import ai.kubernaut.airgap.bundle.Bundler;
import ai.kubernaut.airgap.bundle.Site;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.mirror.MirrorOptions;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.mirror.MirroredImage;
import ai.kubernaut.airgap.mirror.TestImages;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.Skopeo;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipEncodingHelper;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A bundle that is cut into parts, smaller than its largest blob. */
@Timeout(120)
final class PartsTest {
  private static final int PART = 100_000;
  private static final MemoryRegistryClient SOURCE = MemoryRegistryClient.create();

  @TempDir private static Path shared;
  private static MirrorPlan plan;

  @TempDir private Path directory;
  private final MemoryRegistryClient target = MemoryRegistryClient.create();
  private Path medium;

  @BeforeAll
  static void create() throws IOException {
    Site.publish(SOURCE);
    plan = Site.plan(SOURCE, shared.resolve("home"), "harbor.corp");
    create(shared.resolve("medium"));
  }

  private static BundleReport create(Path where) {
    try (ArchiveRegistryClient store = ArchiveRegistryClient.create(where, PART)) {
      BundleReport report =
          new Bundler(SOURCE, store, event -> {})
              .create(plan, BundleOptions.builder().build())
              .orElseThrow();
      store.finish();
      return report;
    }
  }

  private Path copied() throws IOException {
    medium = Files.createDirectories(directory.resolve("medium"));
    try (Stream<Path> files = Files.list(shared.resolve("medium"))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, medium.resolve(file.getFileName().toString()));
      }
    }
    return medium;
  }

  private Path part(int number) {
    return medium.resolve("bundle.tar.00" + number);
  }

  private void load() {
    try (ArchiveRegistryClient store = ArchiveRegistryClient.open(medium)) {
      Bundle bundle = Bundle.open(store);
      MirrorPlan unpacked = bundle.unpackPlan(directory.resolve("plan"));
      new BundleLoader(target, event -> {})
          .load(bundle, unpacked, MirrorOptions.builder().build())
          .orElseThrow();
    }
  }

  private void assertRefused(ProblemCode... codes) {
    BundleException refused = catchThrowableOfType(BundleException.class, this::load);
    assertThat(refused).isNotNull();
    assertThat(refused.problems()).extracting(Problem::code).containsExactly(codes);
    assertThat(target.tags(plan.entries().get(0).target().repository())).isEmpty();
  }

  @Test
  void whatIsLoadedFromThePartsIsWhatWasPublished() throws IOException {
    copied();
    assertThat(part(5)).exists();
    load();
    for (MirrorEntry entry : plan.entries()) {
      assertThat(target.readManifest(entry.target()))
          .isEqualTo(SOURCE.readManifest(entry.source()));
    }
  }

  @Test
  void theForecastIsTheSizeOfTheParts_andNothingIsWritten() throws IOException {
    Path where = directory.resolve("forecast");
    try (ArchiveRegistryClient store = ArchiveRegistryClient.create(where, PART)) {
      Bundler bundler = new Bundler(SOURCE, store, event -> {});
      BundleForecast forecast = bundler.forecast(plan, BundleOptions.builder().build());
      assertThat(Files.size(where.resolve("bundle.tar.001"))).isEqualTo(2 * Entries.BLOCK);
      assertThat(forecast.summary(PART))
          .startsWith("2 images, ")
          .contains(" in " + forecast.parts(PART) + " parts");

      bundler.create(plan, BundleOptions.builder().build()).orElseThrow();
      assertThat((long) store.finish()).isEqualTo(forecast.parts(PART));
      assertThat(PartList.read(where).length()).isEqualTo(forecast.archiveBytes());
      assertThat(forecast.bytesToWrite()).isGreaterThan(forecast.archiveBytes());
    }
  }

  private static void run(Path directory, String script) throws Exception {
    Process process =
        new ProcessBuilder("sh", "-c", script)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  @Test
  void otherToolsCheckThePartsAndMakeALayoutOfThem() throws Exception {
    copied();
    run(medium, "sha256sum --check --strict bundle.tar.sha256");
    run(medium, "mkdir layout && cat bundle.tar.[0-9]* | tar -x -f - -C layout");
    assertThat(Skopeo.run("inspect", "--raw", "oci:" + medium + "/layout:" + Site.GATEWAY))
        .isEqualTo(SOURCE.readManifest(Site.GATEWAY).content());
    assertThat(Skopeo.run("inspect", "--raw", "oci:" + medium + "/layout:bundle")).isNotEmpty();
  }

  @Test
  void aMissingPartIsNamed() throws IOException {
    copied();
    Files.delete(part(2));
    Files.delete(part(4));
    assertRefused(ProblemCode.BUNDLE_PART_MISSING, ProblemCode.BUNDLE_PART_MISSING);
  }

  @Test
  void partsInTheWrongOrderAreNoticed() throws IOException {
    copied();
    Files.move(part(2), medium.resolve("other"));
    Files.move(part(3), part(2));
    Files.move(medium.resolve("other"), part(3));
    assertRefused(ProblemCode.BUNDLE_PARTS_OUT_OF_ORDER, ProblemCode.BUNDLE_PARTS_OUT_OF_ORDER);
  }

  @Test
  void aTruncatedPartIsNoticed_alsoWithoutReadingTheParts() throws IOException {
    copied();
    try (RandomAccessFile file = new RandomAccessFile(part(3).toFile(), "rw")) {
      file.setLength(PART - 1);
    }
    assertRefused(ProblemCode.BUNDLE_PART_TRUNCATED);
    BundleException unchecked =
        catchThrowableOfType(
            BundleException.class, () -> ArchiveRegistryClient.openUnchecked(medium));
    assertThat(unchecked.problems())
        .extracting(Problem::code)
        .containsExactly(ProblemCode.BUNDLE_PART_TRUNCATED);
  }

  private static void flip(Path file, long position, int bit) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(position);
      int old = bytes.read();
      bytes.seek(position);
      bytes.write(old ^ 1 << bit);
    }
  }

  @Test
  void aFlippedBitIsNoticedWhereverItIs() throws IOException {
    copied();
    Random random = new Random(7);
    for (int i = 0; i < Integer.getInteger("airgap.bundle.flips", 60); i++) {
      int number = 1 + random.nextInt(5);
      long position = random.nextInt((int) Files.size(part(number)));
      int bit = random.nextInt(8);
      flip(part(number), position, bit);
      assertRefused(ProblemCode.BUNDLE_PART_DAMAGED);
      flip(part(number), position, bit);
    }
    load();
  }

  @Test
  void theListIsRefusedWhenItIsMissing_damaged_orOfANewerFormat() throws IOException {
    copied();
    Path list = medium.resolve("bundle.tar.json");
    String content = Files.readString(list);
    Files.writeString(list, content.replace("bundle-parts/v1", "bundle-parts/v2"));
    assertRefused(ProblemCode.BUNDLE_FORMAT_UNKNOWN);
    for (String damaged :
        List.of(
            content.substring(0, content.length() / 2),
            content.replace("bundle.tar.002", "../bundle.tar.002"),
            content.replaceFirst("\"size\" : \\d+", "\"size\" : -5"),
            content.replaceFirst("\"size\" : \\d+", "\"size\" : 9223372036854775807"),
            content.replaceAll("\"sha256\" : \"..", "\"sha256\" : \""),
            content.replaceFirst("\"frame\" : \"..", "\"frame\" : \""),
            content.replace("\"frame\"", "\"grame\""),
            content.replaceFirst("\"frame\" : \"[0-9a-f]*", "\"frame\" : \"" + "0".repeat(64)))) {
      Files.writeString(list, damaged);
      assertRefused(ProblemCode.BUNDLE_INVALID);
    }
    Files.delete(list);
    assertRefused(ProblemCode.BUNDLE_NOT_FOUND);
  }

  @Test
  void aChangedChecksumInTheListIsNoticed_alsoWhereTheContentIsRight() throws IOException {
    copied();
    Path list = medium.resolve("bundle.tar.json");
    String content = Files.readString(list);
    Files.writeString(
        list, content.replaceFirst("\"sha256\" : \"[0-9a-f]*", "\"sha256\" : \"" + "0".repeat(64)));
    assertRefused(ProblemCode.BUNDLE_PART_DAMAGED);
  }

  @Test
  void aListWithoutTheChecksumOfTheFrameIsAccepted_ifThePartsHaveTheirs() throws IOException {
    copied();
    Path list = medium.resolve("bundle.tar.json");
    Files.writeString(list, Files.readString(list).replaceFirst("\"frame\" : \"[0-9a-f]*\",", ""));
    load();
    flip(part(1), 3, 1);
    assertThat(catchThrowableOfType(BundleException.class, this::load).problems())
        .extracting(Problem::code)
        .containsExactly(ProblemCode.BUNDLE_PART_DAMAGED);
  }

  private byte[] whole() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 1; Files.exists(part(i)); i++) {
      all.write(Files.readAllBytes(part(i)));
    }
    return all.toByteArray();
  }

  /** Replaces the parts and their list, so that every checksum is right. */
  private void replace(byte[] archive) throws IOException {
    for (int i = 1; Files.exists(part(i)); i++) {
      Files.delete(part(i));
    }
    List<PartList.Part> parts = new ArrayList<>();
    for (int i = 0; i * PART < archive.length; i++) {
      byte[] part = Arrays.copyOfRange(archive, i * PART, Math.min(archive.length, (i + 1) * PART));
      Files.write(part(i + 1), part);
      parts.add(new PartList.Part(part.length, Digest.sha256(part)));
    }
    new PartList(parts, Optional.empty()).write(medium);
  }

  @Test
  void creationThatWasCutShortAnywhereIsContinued() throws IOException {
    copied();
    byte[] all = whole();
    Random random = new Random(3);
    for (int i = 0; i < 25; i++) {
      replace(Arrays.copyOf(all, random.nextInt(all.length)));
      if (random.nextBoolean()) {
        Files.delete(medium.resolve(PartList.FILE));
      }
      BundleReport created = create(medium);
      assertThat(created.isOk()).isTrue();
      assertThat(whole()).hasSize(all.length);
      try (ArchiveRegistryClient store = ArchiveRegistryClient.open(medium)) {
        assertThat(BundleLoader.check(Bundle.open(store), event -> {}).isOk()).isTrue();
      }
    }
    assertThat(create(medium).images().orElseThrow().bytesSent()).isZero();
  }

  @Test
  void damageOfAnEarlierRunIsRepaired() throws IOException {
    copied();
    flip(part(2), 5000, 1);
    assertThat(create(medium).isOk()).isTrue();
    load();
  }

  @Test
  void partsOfAnotherSizeAreNotContinued() throws IOException {
    copied();
    assertThat(
            catchThrowableOfType(
                AirgapException.class, () -> ArchiveRegistryClient.create(medium, 2 * PART)))
        .hasMessageContaining("have another size");
  }

  private static byte[] entry(String name, byte type, long size, String link) {
    TarArchiveEntry entry = new TarArchiveEntry("x", type);
    entry.setName(name);
    entry.setLinkName(link);
    entry.setSize(size);
    byte[] block = new byte[Entries.BLOCK];
    try {
      entry.writeEntryHeader(block, ZipEncodingHelper.getZipEncoding("UTF-8"), true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // The library changes names that it does not like.
    byte[] raw = Arrays.copyOf(name.getBytes(StandardCharsets.UTF_8), 100);
    System.arraycopy(raw, 0, block, 0, raw.length);
    Arrays.fill(block, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte one : block) {
      sum += one & 0xff;
    }
    byte[] checksum = String.format("%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(checksum, 0, block, 148, checksum.length);
    return block;
  }

  private static byte[] file(String name) {
    return entry(name, TarConstants.LF_NORMAL, 0, "");
  }

  private static byte[] typed(byte type) {
    return entry("blobs/sha256/" + "0".repeat(64), type, 0, "/etc/passwd");
  }

  /** What stands before the files of an archive that is otherwise right. */
  static List<Arguments> entries() {
    List<Arguments> all = new ArrayList<>();
    for (String name :
        List.of(
            "../outside",
            "/etc/passwd",
            "blobs/../../outside",
            "blobs\\..\\outside",
            "C:/outside",
            "..",
            "blobs/sha256/..",
            "//host/share")) {
      all.add(Arguments.of(ProblemCode.BUNDLE_PATH_UNSAFE, file(name)));
    }
    for (String name :
        List.of(
            "readme",
            "blobs/sha256/short",
            "blobs/sha256/" + "G".repeat(64),
            "./oci-layout",
            "blobs/sha512/x",
            "Index.json",
            "oci-layout/x",
            "",
            "\u0001")) {
      all.add(Arguments.of(ProblemCode.BUNDLE_ENTRY_REFUSED, file(name)));
    }
    for (byte type :
        new byte[] {
          TarConstants.LF_LINK,
          TarConstants.LF_SYMLINK,
          TarConstants.LF_CHR,
          TarConstants.LF_BLK,
          TarConstants.LF_DIR,
          TarConstants.LF_FIFO,
          TarConstants.LF_CONTIG,
          TarConstants.LF_GNUTYPE_LONGNAME,
          TarConstants.LF_GNUTYPE_LONGLINK,
          TarConstants.LF_GNUTYPE_SPARSE,
          TarConstants.LF_PAX_EXTENDED_HEADER_LC,
          TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER,
          (byte) 'Z'
        }) {
      all.add(Arguments.of(ProblemCode.BUNDLE_ENTRY_REFUSED, typed(type)));
    }
    String blob = "blobs/sha256/" + "0".repeat(64);
    byte[] twice = Arrays.copyOf(file(blob), 2 * Entries.BLOCK);
    System.arraycopy(file(blob), 0, twice, Entries.BLOCK, Entries.BLOCK);
    all.add(Arguments.of(ProblemCode.BUNDLE_ENTRY_DUPLICATE, twice));
    all.add(Arguments.of(ProblemCode.BUNDLE_ENTRY_DUPLICATE, file("oci-layout")));
    for (long size : new long[] {1L << 40, Long.MAX_VALUE, 9_000_000}) {
      all.add(
          Arguments.of(
              ProblemCode.BUNDLE_ENTRY_TOO_LARGE, entry(blob, TarConstants.LF_NORMAL, size, "")));
    }
    byte[] noChecksum = file(blob);
    noChecksum[150] ^= 1;
    all.add(Arguments.of(ProblemCode.BUNDLE_INVALID, noChecksum));
    byte[] random = new byte[Entries.BLOCK];
    new Random(1).nextBytes(random);
    all.add(Arguments.of(ProblemCode.BUNDLE_INVALID, random));
    all.add(Arguments.of(ProblemCode.BUNDLE_INVALID, new byte[2 * Entries.BLOCK]));
    return all;
  }

  @ParameterizedTest
  @MethodSource("entries")
  void anArchiveWithAnythingElseThanALayoutIsRefused(ProblemCode code, byte[] entry)
      throws IOException {
    copied();
    byte[] rest = whole();
    byte[] archive = Arrays.copyOf(entry, entry.length + rest.length);
    System.arraycopy(rest, 0, archive, entry.length, rest.length);
    replace(archive);
    assertRefused(code);
    assertThat(directory.resolve("plan")).doesNotExist();
  }

  @Test
  void anArchiveThatEndsEarlyIsRefused_alsoWhenItsChecksumsAreRight() throws IOException {
    copied();
    byte[] all = whole();
    for (int missing : new int[] {1, 512, 1024, 1025, 5000, all.length - 700}) {
      replace(Arrays.copyOf(all, all.length - missing));
      assertRefused(ProblemCode.BUNDLE_ARCHIVE_TRUNCATED);
    }
  }

  @Test
  void whatFollowsTheEndIsRefused_exceptWhatTarProgramsFillUp() throws IOException {
    copied();
    byte[] all = whole();
    replace(Arrays.copyOf(all, all.length + 9216));
    load();
    byte[] more = Arrays.copyOf(all, all.length + 512);
    more[all.length + 3] = 1;
    replace(more);
    BundleException refused = catchThrowableOfType(BundleException.class, this::load);
    assertThat(refused.problems())
        .extracting(Problem::code)
        .containsExactly(ProblemCode.BUNDLE_INVALID);
  }

  @Test
  void aLayoutOfAnotherVersionIsRefused() throws IOException {
    copied();
    byte[] all = whole();
    String text = new String(all, StandardCharsets.ISO_8859_1);
    all[text.indexOf("\"1.0.0\"") + 1] = '2';
    replace(all);
    assertRefused(ProblemCode.BUNDLE_FORMAT_UNKNOWN);
  }

  /** Where the content of the largest blob is in the archive. */
  private int largestBlob(byte[] archive) {
    byte[] start = Arrays.copyOf(TestImages.bytes(300_000, 1), 64);
    for (int i = 0; i < archive.length - start.length; i++) {
      if (Arrays.equals(archive, i, i + start.length, start, 0, start.length)) {
        return i;
      }
    }
    throw new AssertionError("the blob is not in the archive");
  }

  @Test
  void aBlobWithOtherContentIsFoundBeforeTheFirstPush_alsoWhenTheChecksumsOfThePartsAreRight()
      throws IOException {
    copied();
    byte[] all = whole();
    all[largestBlob(all) + 150_000] ^= 1;
    replace(all);
    assertRefused(ProblemCode.BUNDLE_CONTENT_DAMAGED);
  }

  @Test
  void partsThatChangeAfterTheyWereCheckedMakeNoImages() throws IOException {
    copied();
    int position = largestBlob(whole()) + 150_000;
    try (ArchiveRegistryClient store = ArchiveRegistryClient.open(medium)) {
      Bundle bundle = Bundle.open(store);
      MirrorPlan unpacked = bundle.unpackPlan(directory.resolve("plan"));
      flip(part(1 + position / PART), position % PART, 1);
      MirrorReport report =
          new BundleLoader(target, event -> {})
              .load(bundle, unpacked, MirrorOptions.builder().build());
      assertThat(report.problems())
          .extracting(Problem::code)
          .containsOnly(ProblemCode.DIGEST_MISMATCH);
      assertThat(report.images())
          .allMatch(image -> image.outcome() == MirroredImage.Outcome.FAILED)
          .allMatch(image -> target.findManifest(image.entry().target()).isEmpty());
    }
  }
}
