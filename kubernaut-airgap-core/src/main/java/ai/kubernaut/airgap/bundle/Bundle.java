package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.InvalidManifestException;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Images, the plan that they are for, and the chart with its files: one OCI artifact, in an image
 * layout or a registry. Its root manifest names everything that belongs to it by digest, so the
 * digest of the root stands for the whole bundle. Opening a bundle reads the root and the list of
 * images; {@link BundleLoader} reads the rest. Thread-safe; uses the client that it was opened
 * with.
 */
public final class Bundle {
  private static final Repository REPOSITORY = Repository.parse("airgap.kubernaut.ai/bundle");
  private static final int MAX_CONTENTS = 16 << 20;

  private final RegistryClient store;
  private final Repository home;
  private final Subject subject;
  private final Manifest root;
  private final Map<Digest, Descriptor> content = new LinkedHashMap<>();
  private final List<Descriptor> files;
  private final BundleContents contents;

  private Bundle(RegistryClient store, ImageRef name, Manifest root) {
    this.store = store;
    this.home = name.repository();
    this.subject = subject(name);
    this.root = root;
    List<Descriptor> layers = root.blobs();
    layers.forEach(layer -> content.putIfAbsent(layer.digest(), layer));
    this.files =
        layers.stream()
            .filter(layer -> layer.annotations().containsKey(BundleFormat.TITLE))
            .toList();
    checkTitles();
    this.contents =
        BundleContents.parse(subject, read(file(BundleFormat.CONTENTS_TITLE), MAX_CONTENTS));
    checkListed();
  }

  /**
   * Returns the repository that bundles have in an image layout, where the tag alone names them.
   *
   * @return {@code airgap.kubernaut.ai/bundle}
   */
  public static Repository repository() {
    return REPOSITORY;
  }

  /**
   * Returns the name of a bundle where no other one is given.
   *
   * @return {@code airgap.kubernaut.ai/bundle:bundle}
   */
  public static ImageRef defaultName() {
    return REPOSITORY.tag("bundle");
  }

  /**
   * Opens the only bundle of {@link #repository()}, or the one with the {@link #defaultName()}.
   *
   * @param store where the bundle is; has to stay open as long as the bundle is used
   * @return the bundle
   * @throws BundleException when there is no bundle, or more than one, or it cannot be used
   */
  public static Bundle open(RegistryClient store) {
    List<String> tags;
    try {
      tags = store.tags(REPOSITORY);
    } catch (RegistryException e) {
      throw unreadable(subject(defaultName()), e);
    }
    if (tags.size() == 1) {
      return open(store, REPOSITORY.tag(tags.get(0)));
    }
    return open(store, defaultName());
  }

  /**
   * Opens a bundle.
   *
   * @param store where the bundle is; has to stay open as long as the bundle is used
   * @param name its name there
   * @return the bundle
   * @throws BundleException when there is no bundle, or it cannot be used
   */
  public static Bundle open(RegistryClient store, ImageRef name) {
    Subject subject = subject(name);
    Manifest root;
    try {
      root = store.readManifest(name);
    } catch (InvalidManifestException e) {
      throw BundleException.invalid(subject, "its root manifest", e.getMessage());
    } catch (RegistryException e) {
      throw unreadable(subject, e);
    }
    String type = root.artifactType().orElse("");
    if (!BundleFormat.ARTIFACT_TYPES.matcher(type).matches()) {
      throw BundleException.reading(
          ProblemCode.BUNDLE_NOT_FOUND,
          subject,
          Map.of("detail", name + " has the artifact type '" + type + "'"));
    }
    if (!type.equals(BundleFormat.ARTIFACT_TYPE)) {
      throw BundleException.reading(
          ProblemCode.BUNDLE_FORMAT_UNKNOWN, subject, Map.of("found", type));
    }
    try {
      return new Bundle(store, name, root);
    } catch (InvalidManifestException e) {
      throw BundleException.invalid(subject, "its root manifest", e.getMessage());
    }
  }

  private static Subject subject(ImageRef name) {
    return new Subject(Subject.Kind.BUNDLE, name.toString());
  }

  private static BundleException unreadable(Subject subject, RegistryException e) {
    ProblemCode code =
        switch (e.reason()) {
          case NOT_FOUND, NOT_A_REGISTRY -> ProblemCode.BUNDLE_NOT_FOUND;
          case DIGEST_MISMATCH -> ProblemCode.BUNDLE_INVALID;
          default -> ProblemCode.BUNDLE_UNREADABLE;
        };
    return BundleException.reading(
        code, subject, Map.of("file", "its root manifest", "detail", e.getMessage()));
  }

  /** Titles become paths. */
  private void checkTitles() {
    Set<String> seen = new HashSet<>();
    for (Descriptor file : files) {
      String title = title(file);
      if (!SafePath.isSafe(title)) {
        throw BundleException.reading(
            ProblemCode.BUNDLE_PATH_UNSAFE, subject, Map.of("path", title));
      }
      // Also where the file system does not tell capitals apart.
      if (!seen.add(title.toLowerCase(Locale.ROOT))) {
        throw BundleException.invalid(
            subject, "its root manifest", "it has the file '" + title + "' twice");
      }
    }
  }

  private void checkListed() {
    contents.images().forEach(image -> checkListed(image.manifest()));
    contents.attachments().forEach(attached -> checkListed(attached.manifest()));
  }

  private void checkListed(Descriptor manifest) {
    Descriptor known = content.get(manifest.digest());
    if (known == null || known.size() != manifest.size()) {
      throw BundleException.invalid(
          subject,
          BundleFormat.CONTENTS_TITLE,
          "the root manifest does not list " + manifest.digest());
    }
  }

  static String title(Descriptor file) {
    return file.annotations().getOrDefault(BundleFormat.TITLE, "");
  }

  private Descriptor file(String title) {
    return files.stream()
        .filter(file -> title(file).equals(title))
        .findFirst()
        .orElseThrow(
            () -> BundleException.invalid(subject, "its root manifest", "it has no " + title));
  }

  /** Reads a small file, whose digest is checked. */
  byte[] read(Descriptor file, int limit) {
    if (file.size() > limit) {
      throw BundleException.invalid(
          subject, title(file), "it has " + file.size() + " bytes, and " + limit + " is the limit");
    }
    try (InputStream in = store.readBlob(home, file, 0)) {
      byte[] bytes = in.readNBytes(limit + 1);
      if (!file.digest().ofSameAlgorithm(bytes).equals(file.digest())) {
        throw new RegistryException(
            Reason.DIGEST_MISMATCH, home.registry(), 0, "its content is other content", null);
      }
      return bytes;
    } catch (RegistryException e) {
      throw new BundleException("the bundle cannot be read", ContentCheck.problem(file, e));
    } catch (IOException e) {
      throw BundleException.reading(
          ProblemCode.BUNDLE_UNREADABLE, subject, Map.of("detail", String.valueOf(e)));
    }
  }

  /** {@return the digest of the root manifest, which stands for the whole bundle} */
  public Digest digest() {
    return root.digest();
  }

  /**
   * Signs the root manifest, and with it everything that it names by digest. The signature is a
   * file of its own; {@code openssl dgst -sha256 -verify} accepts it for keys of RSA and EC.
   *
   * @param key an RSA, EC or EdDSA key of any JCA provider
   * @param signature the file to write
   * @throws ai.kubernaut.airgap.common.AirgapException when the key cannot be used, or the file
   *     cannot be written
   */
  public void sign(PrivateKey key, Path signature) {
    RootSignature.sign(root.content(), key, signature);
  }

  /**
   * Returns this bundle if it was signed with a key. Everything else is checked by digest while the
   * bundle is loaded.
   *
   * @param key the public key of whoever has to have signed it
   * @param signature the file that {@link #sign} wrote
   * @return this bundle
   * @throws BundleException when there is no signature, or it is not one of this bundle by this key
   */
  public Bundle requireSignature(PublicKey key, Path signature) {
    RootSignature.require(root.content(), key, signature);
    return this;
  }

  /**
   * Returns this bundle if a statement on its creation was signed with a key. The statement names
   * the digest of the root manifest, so this also proves that the bundle is the one that left.
   *
   * @param key the public key of whoever has to have signed it
   * @param envelope the file with the signed statement of {@link Provenance#ofCreation}
   * @return this bundle
   * @throws BundleException when there is no such statement, it was signed with another key, or it
   *     is about another bundle
   */
  public Bundle requireProvenance(PublicKey key, Path envelope) {
    Provenance.require(envelope, key, root.digest());
    return this;
  }

  /**
   * Writes the software bill of materials of this bundle: a CycloneDX 1.6 document in JSON with its
   * images, attachments and files and their digests. The same bundle has the same document.
   *
   * @param file the file to write
   * @throws ai.kubernaut.airgap.common.AirgapException when the file cannot be written
   */
  public void saveSbom(Path file) {
    try {
      Files.write(file, Sbom.of(this));
    } catch (IOException e) {
      throw new AirgapException("the SBOM cannot be written to " + file + ": " + e.getMessage(), e);
    }
  }

  /** {@return the digest of each image by its source name, in the order of the plan} */
  public Map<ImageRef, Digest> images() {
    Map<ImageRef, Digest> images = new LinkedHashMap<>();
    contents.images().forEach(image -> images.put(image.name(), image.manifest().digest()));
    return images;
  }

  /**
   * Returns the images whose index lists manifests that the bundle leaves out, because only some
   * platforms were wanted.
   *
   * @return their source names, in the order of the plan
   */
  public List<ImageRef> sparseImages() {
    return contents.images().stream()
        .filter(image -> !image.omitted().isEmpty())
        .map(BundleContents.Image::name)
        .toList();
  }

  /** {@return how many signatures, SBOMs and other attachments of images the bundle has} */
  public int attachmentCount() {
    return contents.attachments().size();
  }

  /** {@return the size in bytes of each file beside the images, by its path in the bundle} */
  public Map<String, Long> files() {
    Map<String, Long> sizes = new LinkedHashMap<>();
    files.forEach(file -> sizes.put(title(file), file.size()));
    return sizes;
  }

  /**
   * Returns whether the bundle leaves out what the site has to have already.
   *
   * @return false when it has everything
   */
  public boolean isDelta() {
    return !contents.absent().isEmpty();
  }

  List<BundleContents.Attached> attachments() {
    return contents.attachments();
  }

  List<Descriptor> absent() {
    return contents.absent();
  }

  /** {@return the size of the whole content in bytes, each blob counted once} */
  public long bytes() {
    return root.size() + content.values().stream().mapToLong(Descriptor::size).sum();
  }

  /**
   * Returns a client that has the images of the bundle under their source names. Read-only.
   *
   * @return a client; closing it leaves the bundle open
   */
  public RegistryClient client() {
    return plainClient();
  }

  private BundleClient plainClient() {
    return new BundleClient(store, home, contents, content.values(), UnaryOperator.identity());
  }

  /**
   * Returns a client that has the images of the bundle in one registry, where their own registry is
   * the first part of their names: {@code quay.io/kubernaut-ai/gateway} is {@code
   * bundle.local/quay.io/kubernaut-ai/gateway}. Read-only.
   *
   * @param registry the host, for example {@code bundle.local}
   * @return a client; closing it leaves the bundle open
   */
  public RegistryClient clientWithin(String registry) {
    return new BundleClient(
        store,
        home,
        contents,
        content.values(),
        name ->
            Repository.parse(
                registry
                    + "/"
                    + name.registry().replaceAll("[^a-z0-9.-]", "-")
                    + "/"
                    + name.name()));
  }

  /** A client that has what a delta leaves out, too: the mirror has it. */
  RegistryClient client(RegistryClient mirror, Map<Digest, Repository> homes) {
    return plainClient().with(contents.absent(), mirror, homes);
  }

  /**
   * Writes the plan, the chart and the files that it needs to a directory, from which the chart can
   * be installed. Files with the same names are replaced.
   *
   * @param directory where to; it is created if it does not exist
   * @return the plan, with the paths of the written files. It was also saved as {@code plan.yaml}
   *     in the directory.
   * @throws BundleException when a file is damaged, or a path is unsafe
   * @throws ai.kubernaut.airgap.plan.InvalidPlanException when the plan is invalid
   * @throws ai.kubernaut.airgap.common.AirgapException when the directory cannot be written
   */
  public MirrorPlan unpackPlan(Path directory) {
    return new PlanFiles(this).unpack(directory);
  }

  /** Everything but the root, each once. */
  List<Descriptor> content() {
    return List.copyOf(content.values());
  }

  List<Descriptor> titled() {
    return files;
  }

  RegistryClient store() {
    return store;
  }

  Repository home() {
    return home;
  }

  Subject subject() {
    return subject;
  }

  Optional<Descriptor> planFile() {
    return files.stream().filter(file -> title(file).equals(BundleFormat.PLAN_TITLE)).findFirst();
  }

  /**
   * Describes the bundle in one line.
   *
   * @return for example {@code 15 images, 3 attachments, 5 files, 1234.5 MB, sha256:0123456789ab}
   */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d images, %d attachments, %d files, %.1f MB, %s",
        contents.images().size(),
        contents.attachments().size(),
        files.size(),
        bytes() / 1e6,
        digest().abbreviated());
  }
}
