package ai.kubernaut.airgap.plan;

import ai.kubernaut.airgap.chart.Branch;
import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.ChartLock;
import ai.kubernaut.airgap.chart.ImageReason;
import ai.kubernaut.airgap.chart.ImageUse;
import ai.kubernaut.airgap.chart.LockedFile;
import ai.kubernaut.airgap.chart.Overlay;
import ai.kubernaut.airgap.chart.RefusedBranch;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.chart.RewriteReason;
import ai.kubernaut.airgap.chart.RewrittenReference;
import ai.kubernaut.airgap.chart.ValuesLayer;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.io.PrivateFile;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.yaml.InvalidYamlException;
import ai.kubernaut.airgap.yaml.Yaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The saved form of a plan. An unknown version and an unknown key are errors: what is not
 * understood must not be mirrored.
 */
final class PlanFile {
  private static final String VERSION = "airgap.kubernaut.ai/v1";
  private static final String KIND = "MirrorPlan";

  private PlanFile() {}

  /**
   * Writes a plan.
   *
   * @param paths gives the path to write for the chart's and each file's
   */
  static String write(MirrorPlan plan, UnaryOperator<Path> paths) {
    Map<String, Object> file = new LinkedHashMap<>();
    file.put("apiVersion", VERSION);
    file.put("kind", KIND);
    Map<String, Object> target = new LinkedHashMap<>();
    target.put("registry", plan.target().address());
    target.put("separator", plan.target().separator().value());
    plan.target().depth().ifPresent(depth -> target.put("depth", depth));
    file.put("target", target);
    if (!plan.platforms().isAll()) {
      file.put("platforms", plan.platforms().chosen().stream().map(Platform::toString).toList());
      if (plan.platforms().isWithoutIndex()) {
        file.put("withoutIndex", true);
      }
    }
    file.put(
        "release", pair("name", plan.release().name(), "namespace", plan.release().namespace()));
    plan.chart()
        .ifPresent(
            chart ->
                file.put(
                    "chart",
                    writeChart(
                        chart.relocated(paths), plan.lock().map(lock -> lock.relocated(paths)))));
    if (!plan.branches().isEmpty()) {
      file.put("branches", writeBranches(plan.branches()));
    }
    List<Object> refused = new ArrayList<>();
    for (RefusedBranch branch : plan.refusedBranches()) {
      Map<String, Object> written = writeBranch(branch.branch());
      written.put("message", branch.message());
      refused.add(written);
    }
    if (!refused.isEmpty()) {
      file.put("refusedBranches", refused);
    }
    if (!plan.coversAllBranches()) {
      file.put("coversAllBranches", false);
    }
    plan.overlay().ifPresent(overlay -> file.put("overlay", writeOverlay(overlay)));
    if (!plan.proofProblems().isEmpty()) {
      file.put("proofProblems", writeProblems(plan.proofProblems()));
    }
    List<Object> images = new ArrayList<>();
    plan.entries().forEach(entry -> images.add(writeEntry(entry)));
    file.put("images", images);
    List<Object> mentions = new ArrayList<>();
    for (ImageUse mention : plan.mentions()) {
      Map<String, Object> written = new LinkedHashMap<>();
      written.put("image", mention.image().toString());
      written.put("mentionedBy", writeReasons(mention.reasons()));
      mentions.add(written);
    }
    if (!mentions.isEmpty()) {
      file.put("mentions", mentions);
    }
    return Yaml.write(file);
  }

  private static Map<String, Object> writeChart(Chart chart, Optional<ChartLock> lock) {
    Map<String, Object> written = new LinkedHashMap<>();
    lock.ifPresent(
        locked -> {
          written.put("name", locked.name());
          written.put("version", locked.version());
        });
    written.put("location", chart.location().toString());
    lock.ifPresent(locked -> written.put("digest", locked.chart().digest().toString()));
    chart.artifact().ifPresent(artifact -> written.put("artifact", artifact.toString()));
    Map<Path, Digest> digests = new HashMap<>();
    lock.ifPresent(
        locked -> locked.files().forEach(file -> digests.put(file.path(), file.digest())));
    List<Object> layers = new ArrayList<>();
    for (ValuesLayer layer : chart.layers()) {
      layers.add(
          layer instanceof ValuesLayer.Json json
              ? pair("key", json.key(), "json", json.json())
              : writeFile(((ValuesLayer.File) layer).path(), digests));
    }
    if (!layers.isEmpty()) {
      written.put("values", layers);
    }
    putSettings(written, "set", chart.settings());
    putSettings(written, "setString", chart.stringSettings());
    List<Object> files = new ArrayList<>();
    chart
        .fileSettings()
        .forEach(
            setting -> {
              Map<String, Object> one = new LinkedHashMap<>();
              one.put("key", setting.key());
              one.putAll(writeFile(setting.file(), digests));
              files.add(one);
            });
    if (!files.isEmpty()) {
      written.put("setFile", files);
    }
    chart.sdkConfigFile().ifPresent(file -> written.put("sdkConfig", writeFile(file, digests)));
    chart.kubeVersion().ifPresent(version -> written.put("kubeVersion", version));
    if (!chart.apiVersions().isEmpty()) {
      written.put("apiVersions", chart.apiVersions());
    }
    List<Object> rewriting = new ArrayList<>();
    chart.rewriting().forEach((from, to) -> rewriting.add(pair("from", from, "to", to)));
    if (!rewriting.isEmpty()) {
      written.put("rewriting", rewriting);
    }
    return written;
  }

  private static Map<String, Object> writeOverlay(Overlay overlay) {
    Map<String, Object> written = new LinkedHashMap<>();
    written.put("values", overlay.values());
    List<Object> settings = new ArrayList<>();
    overlay.settings().forEach((key, value) -> settings.add(pair("key", key, "value", value)));
    written.put("settings", settings);
    List<Object> rewrites = new ArrayList<>();
    for (RewrittenReference rewrite : overlay.rewrites()) {
      Map<String, Object> one = pair("from", rewrite.from(), "to", rewrite.to());
      one.put("reason", rewrite.reason().name());
      rewrites.add(one);
    }
    written.put("rewrites", rewrites);
    return written;
  }

  private static Optional<Overlay> readOverlay(Fields file) {
    if (file.value("overlay").isEmpty()) {
      return Optional.empty();
    }
    Fields overlay = file.fields("overlay");
    allow(overlay, "overlay", "values", "settings", "rewrites");
    Map<String, String> settings = new LinkedHashMap<>();
    for (Fields setting : objects(overlay, "overlay", "settings")) {
      allow(setting, "overlay.settings", "key", "value");
      settings.put(
          required(setting, "overlay.settings", "key"),
          required(setting, "overlay.settings", "value"));
    }
    List<RewrittenReference> rewrites = new ArrayList<>();
    for (Fields rewrite : objects(overlay, "overlay", "rewrites")) {
      allow(rewrite, "overlay.rewrites", "from", "to", "reason");
      rewrites.add(
          RewrittenReference.of(
              required(rewrite, "overlay.rewrites", "from"),
              required(rewrite, "overlay.rewrites", "to"),
              RewriteReason.valueOf(required(rewrite, "overlay.rewrites", "reason"))));
    }
    return Optional.of(Overlay.of(overlay.fields("values").content(), settings, rewrites));
  }

  private static List<Object> writeProblems(List<Problem> problems) {
    List<Object> written = new ArrayList<>();
    for (Problem problem : problems) {
      Map<String, Object> one =
          pair("code", problem.code().name(), "subject", problem.subject().name());
      one.put("kind", problem.subject().kind().name());
      if (!problem.parameters().isEmpty()) {
        one.put("parameters", problem.parameters());
      }
      written.add(one);
    }
    return written;
  }

  private static List<Problem> readProblems(Fields file) {
    List<Problem> problems = new ArrayList<>();
    for (Fields problem : objects(file, "the plan", "proofProblems")) {
      allow(problem, "proofProblems", "code", "subject", "kind", "parameters");
      problems.add(
          Problem.of(
              ProblemCode.valueOf(required(problem, "proofProblems", "code")),
              new Subject(
                  Subject.Kind.valueOf(required(problem, "proofProblems", "kind")),
                  required(problem, "proofProblems", "subject")),
              problem.strings("parameters")));
    }
    return problems;
  }

  private static List<Object> writeBranches(List<Branch> branches) {
    List<Object> written = new ArrayList<>();
    branches.forEach(branch -> written.add(writeBranch(branch)));
    return written;
  }

  private static Map<String, Object> writeBranch(Branch branch) {
    Map<String, Object> written = new LinkedHashMap<>();
    branch.kubeVersion().ifPresent(version -> written.put("kubeVersion", version));
    if (!branch.apiVersions().isEmpty()) {
      written.put("apiVersions", branch.apiVersions());
    }
    if (!branch.lookups().isEmpty()) {
      written.put("lookups", branch.lookups());
    }
    return written;
  }

  private static List<Branch> readBranches(Fields fields, String where) {
    List<Branch> branches = new ArrayList<>();
    for (Fields branch : objects(fields, where, "branches")) {
      allow(branch, "branches", "kubeVersion", "apiVersions", "lookups");
      branches.add(readBranch(branch));
    }
    return branches;
  }

  private static Branch readBranch(Fields branch) {
    return Branch.builder()
        .kubeVersion(branch.text("kubeVersion"))
        .apiVersions(strings(branch, "a branch", "apiVersions"))
        .lookups(strings(branch, "a branch", "lookups"))
        .build();
  }

  private static List<String> strings(Fields fields, String where, String key) {
    return list(fields, where, key).stream().map(Object::toString).toList();
  }

  private static Map<String, Object> writeFile(Path file, Map<Path, Digest> digests) {
    Map<String, Object> written = new LinkedHashMap<>();
    written.put("file", file.toString());
    Digest digest = digests.get(file);
    if (digest != null) {
      written.put("digest", digest.toString());
    }
    return written;
  }

  private static void putSettings(
      Map<String, Object> chart, String key, List<Chart.Setting> settings) {
    if (!settings.isEmpty()) {
      chart.put(
          key,
          settings.stream()
              .map(setting -> pair("key", setting.key(), "value", setting.value()))
              .toList());
    }
  }

  private static Map<String, Object> pair(
      String firstKey, String first, String secondKey, String second) {
    Map<String, Object> pair = new LinkedHashMap<>();
    pair.put(firstKey, first);
    pair.put(secondKey, second);
    return pair;
  }

  private static Map<String, Object> writeEntry(MirrorEntry entry) {
    Map<String, Object> written =
        pair("source", entry.source().toString(), "target", entry.target().toString());
    entry.digest().ifPresent(digest -> written.put("digest", digest.toString()));
    entry.mirroredDigest().ifPresent(digest -> written.put("mirroredDigest", digest.toString()));
    if (!entry.reasons().isEmpty()) {
      written.put("neededBy", writeReasons(entry.reasons()));
    }
    return written;
  }

  private static List<Object> writeReasons(List<ImageReason> reasons) {
    List<Object> written = new ArrayList<>();
    for (ImageReason reason : reasons) {
      Map<String, Object> one = pair("template", reason.template(), "object", reason.object());
      one.put("path", reason.path());
      if (!reason.branches().isEmpty()) {
        one.put("branches", writeBranches(reason.branches()));
      }
      written.add(one);
    }
    return written;
  }

  static void save(MirrorPlan plan, Path file) {
    Path absolute = file.toAbsolutePath();
    Path directory = absolute.getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      throw new InvalidPlanException(
          "the plan could not be saved as " + file + ": there is no directory " + directory);
    }
    try {
      byte[] content =
          write(plan, path -> relativeTo(directory, path)).getBytes(StandardCharsets.UTF_8);
      PrivateFile.write(absolute, out -> out.write(content));
    } catch (IOException e) {
      throw new InvalidPlanException(
          "the plan could not be saved as "
              + file
              + ": "
              + e.getMessage()
              + "; check the directory",
          e);
    }
  }

  /** The path from the plan's directory, so that both can be moved together. */
  private static Path relativeTo(Path directory, Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    return Objects.equals(absolute.getRoot(), directory.getRoot())
        ? directory.normalize().relativize(absolute)
        : absolute;
  }

  static MirrorPlan read(Path file, List<Path> directories) {
    Fields fields;
    try {
      fields = Fields.of(Yaml.readMapping(file, Yaml.DuplicateKeys.REFUSED));
    } catch (InvalidYamlException e) {
      throw new InvalidPlanException("no plan can be read: " + e.getMessage(), e);
    }
    try {
      return located(read(fields), file, directories);
    } catch (InvalidPlanException e) {
      throw e.getCause() == null
          ? new InvalidPlanException("no plan can be read from " + file + ": " + e.getMessage(), e)
          : e;
    } catch (AirgapException | IllegalArgumentException e) {
      throw new InvalidPlanException("no plan can be read from " + file + ": " + e.getMessage(), e);
    }
  }

  static MirrorPlan parse(String yaml) {
    try {
      return read(Fields.of(Yaml.readMapping("plan", yaml, Yaml.DuplicateKeys.REFUSED)));
    } catch (InvalidPlanException e) {
      throw e;
    } catch (AirgapException | IllegalArgumentException e) {
      throw new InvalidPlanException("no plan can be read: " + e.getMessage(), e);
    }
  }

  /** The plan with the paths under which the chart and its files are found. */
  private static MirrorPlan located(MirrorPlan plan, Path file, List<Path> directories) {
    if (plan.chart().isEmpty()) {
      return plan;
    }
    Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent());
    PlanLocations locations = new PlanLocations(directory, directories, plan);
    return MirrorPlan.builder(plan.target())
        .from(plan)
        .chart(plan.chart().get().relocated(locations::locate))
        .lock(plan.lock().map(lock -> lock.relocated(locations::locate)))
        .build();
  }

  private static MirrorPlan read(Fields file) {
    String version = file.text("apiVersion").orElse("");
    String kind = file.text("kind").orElse("");
    if (!version.equals(VERSION) || !kind.equals(KIND)) {
      throw new InvalidPlanException(
          "it has to begin with apiVersion "
              + VERSION
              + " and kind "
              + KIND
              + ", and has '"
              + version
              + "' and '"
              + kind
              + "'");
    }
    allow(
        file,
        "the plan",
        "apiVersion",
        "kind",
        "target",
        "platforms",
        "withoutIndex",
        "release",
        "chart",
        "branches",
        "refusedBranches",
        "coversAllBranches",
        "overlay",
        "proofProblems",
        "images",
        "mentions");
    Fields target = file.fields("target");
    MirrorPlan.Builder plan = MirrorPlan.builder(readTarget(target));
    plan.platforms(readPlatforms(file));
    ReleaseName release = readRelease(file);
    plan.release(release);
    if (file.value("chart").isPresent()) {
      plan.lock(readLock(file.fields("chart")));
      plan.chart(readChart(file.fields("chart")).release(release));
    }
    plan.overlay(readOverlay(file));
    plan.proofProblems(readProblems(file));
    plan.branches(readBranches(file, "the plan"));
    for (Fields refused : objects(file, "the plan", "refusedBranches")) {
      allow(refused, "refusedBranches", "kubeVersion", "apiVersions", "lookups", "message");
      plan.addRefusedBranches(
          RefusedBranch.of(readBranch(refused), required(refused, "refusedBranches", "message")));
    }
    plan.coversAllBranches(
        file.value("coversAllBranches").isEmpty() || file.flag("coversAllBranches"));
    if (file.value("images").isEmpty()) {
      throw new InvalidPlanException("the key 'images' is missing in the plan");
    }
    for (Fields image : objects(file, "the plan", "images")) {
      plan.addEntries(readEntry(image));
    }
    for (Fields mention : objects(file, "the plan", "mentions")) {
      allow(mention, "a mention", "image", "mentionedBy");
      plan.addMentions(
          ImageUse.of(
              ImageRef.parse(required(mention, "a mention", "image")),
              readReasons(mention, "a mention", "mentionedBy")));
    }
    return plan.build();
  }

  private static Platforms readPlatforms(Fields file) {
    List<Platform> chosen =
        list(file, "the plan", "platforms").stream()
            .map(platform -> Platform.parse(platform.toString()))
            .toList();
    boolean withoutIndex = file.value("withoutIndex").filter(Boolean.TRUE::equals).isPresent();
    if (chosen.isEmpty()) {
      return Platforms.all();
    }
    if (withoutIndex && chosen.size() > 1) {
      throw new InvalidPlanException(
          "without an index there can be one of the platforms " + chosen);
    }
    return withoutIndex ? Platforms.withoutIndex(chosen.get(0)) : Platforms.of(chosen);
  }

  private static Target readTarget(Fields target) {
    allow(target, "target", "registry", "separator", "depth");
    Target read =
        Target.registry(required(target, "target", "registry"))
            .separator(Separator.parse(required(target, "target", "separator")));
    Object depth = target.value("depth").orElse(null);
    if (depth == null) {
      return read;
    }
    if (!(depth instanceof Integer components)) {
      throw new InvalidPlanException("the key 'depth' in target has to hold a number");
    }
    return read.depth(components);
  }

  private static ReleaseName readRelease(Fields file) {
    if (file.value("release").isEmpty()) {
      return ReleaseName.defaultRelease();
    }
    Fields release = file.fields("release");
    allow(release, "release", "name", "namespace");
    return ReleaseName.of(
        required(release, "release", "name"), required(release, "release", "namespace"));
  }

  private static Chart readChart(Fields chart) {
    allow(
        chart,
        "chart",
        "name",
        "version",
        "location",
        "digest",
        "artifact",
        "values",
        "set",
        "setString",
        "setFile",
        "sdkConfig",
        "kubeVersion",
        "apiVersions",
        "rewriting");
    Chart read = Chart.at(Path.of(required(chart, "chart", "location")));
    if (chart.value("artifact").isPresent()) {
      read = read.fromArtifact(ImageRef.parse(required(chart, "chart", "artifact")));
    }
    for (Object layer : list(chart, "chart", "values")) {
      if (!(layer instanceof Map<?, ?> map)) {
        throw new InvalidPlanException("an element of chart.values is not a mapping");
      }
      Fields fields = Fields.of(map);
      allow(fields, "chart.values", "file", "digest", "key", "json");
      read =
          fields.value("file").isPresent()
              ? read.values(Path.of(required(fields, "chart.values", "file")))
              : read.setJson(
                  required(fields, "chart.values", "key"),
                  required(fields, "chart.values", "json"));
    }
    for (Fields setting : objects(chart, "chart", "set")) {
      allow(setting, "chart.set", "key", "value");
      read =
          read.set(required(setting, "chart.set", "key"), required(setting, "chart.set", "value"));
    }
    for (Fields setting : objects(chart, "chart", "setString")) {
      allow(setting, "chart.setString", "key", "value");
      read =
          read.setString(
              required(setting, "chart.setString", "key"),
              required(setting, "chart.setString", "value"));
    }
    for (Fields setting : objects(chart, "chart", "setFile")) {
      allow(setting, "chart.setFile", "key", "file", "digest");
      read =
          read.setFile(
              required(setting, "chart.setFile", "key"),
              Path.of(required(setting, "chart.setFile", "file")));
    }
    Map<String, String> rewriting = new LinkedHashMap<>();
    for (Fields one : objects(chart, "chart", "rewriting")) {
      allow(one, "chart.rewriting", "from", "to");
      rewriting.put(
          required(one, "chart.rewriting", "from"), required(one, "chart.rewriting", "to"));
    }
    read = read.rewriting(rewriting);
    if (chart.value("kubeVersion").isPresent()) {
      read = read.kubeVersion(required(chart, "chart", "kubeVersion"));
    }
    for (Object version : list(chart, "chart", "apiVersions")) {
      read = read.apiVersions(version.toString());
    }
    if (chart.value("sdkConfig").isPresent()) {
      Fields sdkConfig = chart.fields("sdkConfig");
      allow(sdkConfig, "chart.sdkConfig", "file", "digest");
      read = read.sdkConfig(Path.of(required(sdkConfig, "chart.sdkConfig", "file")));
    }
    return read;
  }

  private static Optional<ChartLock> readLock(Fields chart) {
    if (chart.value("digest").isEmpty()) {
      return Optional.empty();
    }
    ChartLock.Builder lock =
        ChartLock.builder()
            .name(required(chart, "chart", "name"))
            .version(required(chart, "chart", "version"))
            .chart(
                LockedFile.of(
                    Path.of(required(chart, "chart", "location")),
                    Digest.parse(required(chart, "chart", "digest"))));
    Map<Path, Digest> files = new LinkedHashMap<>();
    List<Fields> named = new ArrayList<>(chart.list("values"));
    named.addAll(chart.list("setFile"));
    named.add(chart.fields("sdkConfig"));
    for (Fields one : named) {
      if (one.value("file").isPresent()) {
        files.put(
            Path.of(required(one, "chart", "file")),
            Digest.parse(required(one, "chart", "digest")));
      }
    }
    files.forEach((file, digest) -> lock.addFiles(LockedFile.of(file, digest)));
    return Optional.of(lock.build());
  }

  private static MirrorEntry readEntry(Fields image) {
    allow(image, "an image", "source", "target", "digest", "mirroredDigest", "neededBy");
    MirrorEntry.Builder entry =
        MirrorEntry.builder()
            .source(ImageRef.parse(required(image, "an image", "source")))
            .target(ImageRef.parse(required(image, "an image", "target")))
            .digest(image.text("digest").map(Digest::parse))
            .mirroredDigest(image.text("mirroredDigest").map(Digest::parse));
    return entry.reasons(readReasons(image, "an image", "neededBy")).build();
  }

  private static List<ImageReason> readReasons(Fields fields, String where, String key) {
    List<ImageReason> reasons = new ArrayList<>();
    for (Fields reason : objects(fields, where, key)) {
      allow(reason, key, "template", "object", "path", "branches");
      reasons.add(
          ImageReason.of(
                  reason.text("template").orElse(""),
                  required(reason, key, "object"),
                  required(reason, key, "path"))
              .in(readBranches(reason, key)));
    }
    return reasons;
  }

  private static String required(Fields fields, String where, String key) {
    return fields
        .text(key)
        .orElseThrow(
            () -> new InvalidPlanException("the key '" + key + "' is missing in " + where));
  }

  private static List<?> list(Fields fields, String where, String key) {
    Object value = fields.value(key).orElse(List.of());
    if (value instanceof List<?> list && list.stream().allMatch(Objects::nonNull)) {
      return list;
    }
    throw new InvalidPlanException(
        "the key '" + key + "' in " + where + " has to hold a list without empty elements");
  }

  private static List<Fields> objects(Fields fields, String where, String key) {
    List<Fields> objects = fields.list(key);
    if (objects.size() != list(fields, where, key).size()) {
      throw new InvalidPlanException(
          "the list '" + key + "' in " + where + " has an element that is not a mapping");
    }
    return objects;
  }

  private static void allow(Fields fields, String where, String... keys) {
    for (String key : fields.content().keySet()) {
      if (!Set.of(keys).contains(key)) {
        throw new InvalidPlanException(
            "the key '"
                + key
                + "' in "
                + where
                + " is not known to this version; known are "
                + String.join(", ", keys));
      }
    }
  }
}
