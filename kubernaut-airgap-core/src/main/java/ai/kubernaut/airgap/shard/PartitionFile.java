package ai.kubernaut.airgap.shard;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.io.PrivateFile;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.yaml.Yaml;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** The saved form of a partition, which has a plan of images in it. */
final class PartitionFile {
  private static final String VERSION = "airgap.kubernaut.ai/v1";
  private static final String KIND = "PlanPartition";

  private PartitionFile() {}

  static String write(PlanPartition partition) {
    Map<String, Object> file = new LinkedHashMap<>();
    file.put("apiVersion", VERSION);
    file.put("kind", KIND);
    file.put(
        "plan", Yaml.readMapping("plan", partition.plan().toYaml(), Yaml.DuplicateKeys.REFUSED));
    file.put(
        "shards",
        partition.shards().stream()
            .map(
                shard -> {
                  Map<String, Object> one = new LinkedHashMap<>();
                  one.put("uniqueBytes", shard.uniqueBytes());
                  one.put("images", shard.images().stream().map(ImageRef::toString).toList());
                  return one;
                })
            .toList());
    if (!partition.unknownSizes().isEmpty()) {
      Map<String, Object> unknown = new LinkedHashMap<>();
      partition.unknownSizes().forEach((image, detail) -> unknown.put(image.toString(), detail));
      file.put("unknownSizes", unknown);
    }
    return Yaml.write(file);
  }

  /** Returns the compressed form, which is the same for equal partitions. */
  static byte[] compress(PlanPartition partition) {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(compressed)) {
      out.write(write(partition).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return compressed.toByteArray();
  }

  static void save(PlanPartition partition, Path file) {
    byte[] content =
        file.toString().endsWith(".gz")
            ? compress(partition)
            : write(partition).getBytes(StandardCharsets.UTF_8);
    try {
      PrivateFile.write(file, out -> out.write(content));
    } catch (IOException e) {
      throw new AirgapException("the partition cannot be saved as " + file + ": " + e, e);
    }
  }

  static PlanPartition read(Path file) {
    try {
      return parse(file, text(file));
    } catch (IOException e) {
      throw new AirgapException("no partition can be read from " + file + ": " + e, e);
    } catch (AirgapException | IllegalArgumentException e) {
      throw new AirgapException("no partition can be read from " + file + ": " + e.getMessage(), e);
    }
  }

  private static String text(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] head = in.readNBytes(2);
      boolean isCompressed = head.length == 2 && head[0] == 0x1f && head[1] == (byte) 0x8b;
      try (InputStream again = Files.newInputStream(file);
          InputStream content = isCompressed ? new GZIPInputStream(again) : again) {
        byte[] bytes = content.readNBytes(Yaml.MAX_CHARACTERS + 1);
        if (bytes.length > Yaml.MAX_CHARACTERS) {
          throw new AirgapException("it has more than " + Yaml.MAX_CHARACTERS + " bytes");
        }
        return new String(bytes, StandardCharsets.UTF_8);
      }
    }
  }

  private static PlanPartition parse(Path file, String text) {
    Fields fields = Fields.of(Yaml.readMapping(file.toString(), text, Yaml.DuplicateKeys.REFUSED));
    if (!fields.text("kind").equals(Optional.of(KIND))
        || !fields.text("apiVersion").equals(Optional.of(VERSION))) {
      throw new AirgapException(
          "it is not a partition of the version " + VERSION + "; mirror partition writes one");
    }
    ImmutablePlanPartition.Builder partition =
        ImmutablePlanPartition.builder()
            .plan(MirrorPlan.parse(Yaml.write(fields.fields("plan").content())));
    for (Fields shard : fields.list("shards")) {
      List<ImageRef> images = shard.texts("images").stream().map(ImageRef::parse).toList();
      partition.addShards(new PlanPartition.Shard(images, shard.number("uniqueBytes").orElse(0)));
    }
    fields
        .strings("unknownSizes")
        .forEach((image, detail) -> partition.putUnknownSizes(ImageRef.parse(image), detail));
    return partition.build();
  }
}
