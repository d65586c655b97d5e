package ai.kubernaut.airgap.report;

import ai.kubernaut.airgap.bundle.Bundle;
import ai.kubernaut.airgap.bundle.BundleForecast;
import ai.kubernaut.airgap.bundle.BundleReport;
import ai.kubernaut.airgap.bundle.Inventory;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.mirror.ImageInspection;
import ai.kubernaut.airgap.mirror.MirrorListing;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.mirror.MirroredImage;
import ai.kubernaut.airgap.mirror.PlatformInspection;
import ai.kubernaut.airgap.prune.PruneReport;
import ai.kubernaut.airgap.prune.StoredManifest;
import ai.kubernaut.airgap.shard.PlanPartition;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;

/** Reports of what is in the mirror and in bundles. */
final class MirrorReports {
  private MirrorReports() {}

  static ReportContent of(MirrorReport report) {
    return ReportContent.of(
            "MirrorReport", "Mirroring to " + report.plan().target().address(), report)
        .summary(report.summary())
        .images(ImageChain.of(report))
        .fields(json(report))
        .build();
  }

  static ReportContent of(Bundle bundle) {
    ReportTable.Builder images = ReportTable.builder("Images of the bundle", "image", "digest");
    ReportTable.Builder files = ReportTable.builder("Files of the bundle", "path", "bytes");
    List<String> lines = new ArrayList<>();
    bundle
        .images()
        .forEach(
            (name, digest) -> {
              images.row(true, name.toString(), digest.toString());
              lines.add(name + "  " + digest.abbreviated());
            });
    bundle
        .files()
        .forEach(
            (path, bytes) -> {
              files.row(true, path, bytes.toString());
              lines.add(path + "  " + bytes + " bytes");
            });
    return ReportContent.of("Bundle", "Bundle " + bundle.digest().abbreviated())
        .summary(bundle.toString())
        .addTables(images.build(), files.build())
        .lines(lines)
        .fields(json(bundle))
        .build();
  }

  static ReportContent of(BundleReport report) {
    return ReportContent.of("BundleReport", "Bundle", report)
        .summary(report.summary())
        .facts(report.facts())
        .images(report.images().map(ImageChain::of).orElse(List.of()))
        .tables(report.bundle().map(bundle -> of(bundle).tables()).orElse(List.of()))
        .fields(json(report))
        .build();
  }

  static ReportContent of(BundleForecast forecast, Optional<Long> partSize) {
    return ReportContent.of("BundleForecast", "Forecast of a bundle", forecast)
        .summary(partSize.map(forecast::summary).orElseGet(forecast::summary))
        .fields(json(forecast, partSize))
        .build();
  }

  static ReportContent of(Inventory inventory) {
    long bytes = inventory.blobs().values().stream().mapToLong(Long::longValue).sum();
    return ReportContent.of("InventoryReport", "Inventory of the mirror")
        .summary("%d blobs, %d bytes".formatted(inventory.blobs().size(), bytes))
        .fields(Json.object().put("blobs", inventory.blobs().size()).put("bytes", bytes))
        .build();
  }

  static ReportContent of(PlanPartition partition) {
    ReportTable.Builder table = ReportTable.builder("Shards", "shard", "images", "bytes");
    List<String> lines = new ArrayList<>();
    ObjectNode json = Json.object();
    json.put("target", partition.plan().target().address());
    json.put("images", partition.plan().entries().size());
    ArrayNode shards = json.putArray("shards");
    for (int index = 0; index < partition.shards().size(); index++) {
      PlanPartition.Shard shard = partition.shards().get(index);
      int images = shard.images().size();
      table.row(
          true, String.valueOf(index), String.valueOf(images), String.valueOf(shard.uniqueBytes()));
      lines.add(
          String.format(
              Locale.ROOT,
              "shard %d  %d images, %.1f MB",
              index,
              images,
              shard.uniqueBytes() / 1e6));
      shards
          .addObject()
          .put("index", index)
          .put("images", images)
          .put("bytes", shard.uniqueBytes());
    }
    Json.addProblems(json, partition.problems());
    return ReportContent.of(
            "PlanPartition", "Partition for " + partition.plan().target().address(), partition)
        .summary(
            "%d images in %d shards"
                .formatted(partition.plan().entries().size(), partition.shards().size()))
        .addTables(table.build())
        .lines(lines)
        .fields(json)
        .build();
  }

  static ReportContent of(PruneReport report) {
    ReportTable.Builder table =
        ReportTable.builder("Content of the mirror that is not needed", "result", "manifest");
    List<String> lines = new ArrayList<>();
    for (StoredManifest manifest : report.unneeded()) {
      String result = report.deleted().contains(manifest) ? "deleted" : "not needed";
      table.row(true, result, manifest.toString());
      lines.add(result + " " + manifest);
    }
    return ReportContent.of("PruneReport", "Pruning of the mirror", report)
        .summary(
            report.unneeded().size()
                + " manifests are not needed, "
                + report.needed().size()
                + " are; "
                + report.deleted().size()
                + " deleted")
        .addTables(table.build())
        .lines(lines)
        .fields(json(report))
        .build();
  }

  private static ObjectNode json(MirrorReport report) {
    ObjectNode json = Json.object();
    json.put("complete", report.isOk());
    json.put("bytesSent", report.bytesSent());
    ArrayNode images = json.putArray("images");
    for (MirroredImage image : report.images()) {
      ObjectNode one = images.addObject();
      one.put("source", image.entry().source().toString());
      one.put("target", image.entry().target().toString());
      one.put("outcome", image.outcome().name().toLowerCase(Locale.ROOT));
      image.digest().ifPresent(digest -> one.put("digest", digest.toString()));
      image
          .sourceDigest()
          .filter(digest -> image.digestHasChanged())
          .ifPresent(digest -> one.put("sourceDigest", digest.toString()));
      if (image.isIndexSparse() || image.digestHasChanged()) {
        one.put("index", image.isIndexSparse() ? "sparse" : "rewritten");
      }
      image.startedAfter().ifPresent(time -> one.put("startSeconds", time.toMillis() / 1e3));
      image.duration().ifPresent(time -> one.put("seconds", time.toMillis() / 1e3));
      one.put("bytesSent", image.bytesSent());
      one.put("blobsSent", image.blobsSent());
      one.put("blobsMounted", image.blobsMounted());
      one.put("blobsPresent", image.blobsPresent());
      if (image.blobsSentAgain() > 0) {
        one.put("blobsSentAgain", image.blobsSentAgain());
      }
      if (image.bytesResumed() > 0) {
        one.put("bytesResumed", image.bytesResumed());
      }
      addReferences(one, "attachments", image.attachments());
      addReferences(one, "unlistedAttachments", image.unlistedAttachments());
      image
          .failure()
          .ifPresent(
              failure -> {
                one.put("failure", failure.message());
                ObjectNode problem = one.putObject("problem").put("code", failure.code().name());
                Json.addSubject(problem, failure.subject());
                ObjectNode parameters = problem.putObject("parameters");
                new TreeMap<>(failure.parameters()).forEach(parameters::put);
              });
    }
    Json.addProblems(json, report.problems());
    return json;
  }

  private static void addReferences(ObjectNode json, String field, List<ImageRef> references) {
    if (!references.isEmpty()) {
      ArrayNode array = json.putArray(field);
      references.forEach(reference -> array.add(reference.toString()));
    }
  }

  private static ObjectNode json(Bundle bundle) {
    ObjectNode json = Json.object();
    json.put("digest", bundle.digest().toString());
    json.put("bytes", bundle.bytes());
    json.put("delta", bundle.isDelta());
    ArrayNode images = json.putArray("images");
    bundle
        .images()
        .forEach(
            (name, digest) ->
                images.addObject().put("source", name.toString()).put("digest", digest.toString()));
    json.put("attachments", bundle.attachmentCount());
    ArrayNode sparse = json.putArray("sparseImages");
    bundle.sparseImages().forEach(name -> sparse.add(name.toString()));
    ArrayNode files = json.putArray("files");
    bundle
        .files()
        .forEach((path, bytes) -> files.addObject().put("path", path).put("bytes", bytes));
    return json;
  }

  private static ObjectNode json(BundleForecast forecast, Optional<Long> partSize) {
    ObjectNode json = Json.object();
    json.put("images", forecast.images());
    json.put("bytes", partSize.isEmpty() ? forecast.directoryBytes() : forecast.archiveBytes());
    json.put("bytesToWrite", forecast.bytesToWrite());
    forecast.room().ifPresent(room -> json.put("room", room));
    partSize.ifPresent(size -> json.put("parts", forecast.parts(size)));
    Json.addProblems(json, forecast.problems());
    return json;
  }

  private static ObjectNode json(BundleReport report) {
    ObjectNode json = Json.object();
    json.put("complete", report.isOk());
    report.bundle().ifPresent(bundle -> json.set("bundle", json(bundle)));
    report.images().ifPresent(images -> json.set("mirror", json(images)));
    Json.addFacts(json, report.facts());
    Json.addProblems(json, report.problems());
    return json;
  }

  private static ObjectNode json(PruneReport report) {
    ObjectNode json = Json.object();
    json.put("ok", report.isOk());
    addManifests(json.putArray("needed"), report.needed());
    addManifests(json.putArray("unneeded"), report.unneeded());
    addManifests(json.putArray("deleted"), report.deleted());
    Json.addProblems(json, report.problems());
    return json;
  }

  private static void addManifests(ArrayNode json, List<StoredManifest> manifests) {
    for (StoredManifest manifest : manifests) {
      ObjectNode one =
          json.addObject()
              .put("repository", manifest.repository().toString())
              .put("digest", manifest.digest().toString());
      manifest.tags().forEach(one.putArray("tags")::add);
    }
  }

  static ReportContent of(MirrorListing listing) {
    ReportTable.Builder table = ReportTable.builder("Repositories", "repository", "tags");
    for (MirrorListing.ListedRepository repository : listing.repositories()) {
      table.row(
          !repository.tags().isEmpty(),
          repository.name().toString(),
          String.join(", ", repository.tags()));
    }
    return ReportContent.of("MirrorListing", "Repositories of the mirror", listing)
        .summary(listing.summary())
        .addTables(table.build())
        .fields(json(listing))
        .build();
  }

  static ReportContent of(ImageInspection inspection) {
    ReportTable.Builder table =
        ReportTable.builder("Platforms", "platform", "digest", "layers", "bytes");
    for (PlatformInspection platform : inspection.platforms()) {
      table.row(
          platform.isPresent(),
          platform.platform().map(Platform::toString).orElse(""),
          platform.digest().toString(),
          String.valueOf(platform.layers()),
          String.valueOf(platform.size()));
    }
    return ReportContent.of("ImageInspection", "Image " + inspection.image(), inspection)
        .summary(inspection.digest().map(Digest::toString).orElse("the image is not in the mirror"))
        .addTables(table.build())
        .fields(json(inspection))
        .build();
  }

  private static ObjectNode json(MirrorListing listing) {
    ObjectNode json = Json.object();
    ArrayNode repositories = json.putArray("repositories");
    for (MirrorListing.ListedRepository repository : listing.repositories()) {
      ObjectNode one = repositories.addObject().put("name", repository.name().toString());
      repository.tags().forEach(one.putArray("tags")::add);
      ArrayNode planned = one.putArray("planned");
      repository.planned().forEach(image -> planned.add(image.toString()));
    }
    Json.addProblems(json, listing.problems());
    return json;
  }

  private static ObjectNode json(ImageInspection inspection) {
    ObjectNode json = Json.object();
    json.put("image", inspection.image().toString());
    inspection.digest().ifPresent(digest -> json.put("digest", digest.toString()));
    inspection.mediaType().ifPresent(type -> json.put("mediaType", type));
    inspection.planned().ifPresent(digest -> json.put("plannedDigest", digest.toString()));
    json.put("planned", inspection.isPlanned());
    json.put("bytes", inspection.size());
    ArrayNode platforms = json.putArray("platforms");
    for (PlatformInspection platform : inspection.platforms()) {
      ObjectNode one = platforms.addObject();
      platform.platform().ifPresent(name -> one.put("platform", name.toString()));
      one.put("digest", platform.digest().toString());
      one.put("mediaType", platform.mediaType());
      one.put("present", platform.isPresent());
      platform.config().ifPresent(digest -> one.put("config", digest.toString()));
      one.put("layers", platform.layers());
      one.put("bytes", platform.size());
      platform.created().ifPresent(created -> one.put("created", created));
      ObjectNode labels = one.putObject("labels");
      platform.labels().forEach(labels::put);
    }
    Json.addProblems(json, inspection.problems());
    return json;
  }
}
