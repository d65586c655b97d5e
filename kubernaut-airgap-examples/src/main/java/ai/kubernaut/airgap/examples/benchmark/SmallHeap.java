package ai.kubernaut.airgap.examples.benchmark;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Mirrors an image of a few huge blobs in a process whose heap is 64 MiB. */
final class SmallHeap {
  private static final int BLOBS = 4;
  private static final long BLOB = 1L << 30;

  private final PrintStream out;
  private final long size;

  SmallHeap(PrintStream out, double scale) {
    this.out = out;
    this.size = Math.max(1, (long) (BLOB * scale));
  }

  void run() throws Exception {
    try (LocalRegistry source = LocalRegistry.start(Comparison::client);
        RegistryClient toSource = Comparison.client(source.host())) {
      ImageRef image = push(toSource, ImageRef.parse(source.host() + "/benchmark/huge:v1"));
      for (boolean journal : new boolean[] {false, true}) {
        try (LocalRegistry target = LocalRegistry.start(Comparison::client)) {
          Path directory = Files.createTempDirectory("kubernaut-airgap-benchmark-");
          Path plan = directory.resolve("plan.yaml");
          MirrorPlan.builder(Target.registry(target.host())).image(image).build().save(plan);
          List<String> command =
              new ArrayList<>(
                  Comparison.mirrorCommand(List.of("-Xmx64m"), plan, source.host(), target.host()));
          if (journal) {
            command.addAll(List.of("--journal", directory.resolve("journal").toString()));
          }
          Measurement took = Measurement.ofCommands(List.of(command), 1, source, target);
          Files.delete(plan);
          Files.delete(directory);
          out.printf(
              Locale.ROOT,
              "%d blobs of %.0f MB at once with -Xmx64m%s: %.1f s, the process took at most %d MiB%n",
              BLOBS,
              size / 1e6,
              journal ? " and a journal" : "",
              took.seconds(),
              took.peakMebibytes());
        }
      }
    }
  }

  private ImageRef push(RegistryClient registry, ImageRef image) throws Exception {
    List<String> layers = new ArrayList<>();
    for (int number = 0; number < BLOBS; number++) {
      layers.add(push(registry, image, size, number));
    }
    String manifest =
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
            .formatted(
                Manifest.OCI_MANIFEST, push(registry, image, 2, -1), String.join(",", layers));
    registry.writeManifest(
        image, Manifest.of(Manifest.OCI_MANIFEST, manifest.getBytes(StandardCharsets.UTF_8)));
    return image;
  }

  private static String push(RegistryClient registry, ImageRef image, long size, int seed)
      throws Exception {
    MessageDigest hash = MessageDigest.getInstance("SHA-256");
    try (InputStream content = new DigestInputStream(new RandomInput(size, seed), hash)) {
      content.transferTo(OutputStream.nullOutputStream());
    }
    Descriptor blob =
        Descriptor.of(
            "application/octet-stream", Digest.of(Digest.Algorithm.SHA256, hash.digest()), size);
    registry.writeBlob(image.repository(), blob, new RandomInput(size, seed));
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(blob.mediaType(), blob.digest(), blob.size());
  }

  /** Bytes without end that nobody can compress, and the same each time. */
  private static final class RandomInput extends InputStream {
    private final Random random;
    private long left;

    RandomInput(long size, int seed) {
      this.random = new Random(seed);
      this.left = size;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      if (left == 0) {
        return -1;
      }
      byte[] bytes = new byte[(int) Math.min(length, left)];
      random.nextBytes(bytes);
      System.arraycopy(bytes, 0, buffer, offset, bytes.length);
      left -= bytes.length;
      return bytes.length;
    }
  }
}
