package ai.kubernaut.airgap.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.preflight.Capability;
import ai.kubernaut.airgap.preflight.Finding;
import ai.kubernaut.airgap.preflight.Preflight;
import ai.kubernaut.airgap.preflight.PreflightOptions;
import ai.kubernaut.airgap.preflight.PreflightReport;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.registry.BlobUpload;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.DockerRegistry;
import ai.kubernaut.airgap.registry.FaultProxy;
import ai.kubernaut.airgap.registry.FaultProxy.Fault;
import ai.kubernaut.airgap.registry.FaultProxy.Request;
import ai.kubernaut.airgap.registry.ImageContent;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.ManifestBudget;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.TokenService;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import ai.kubernaut.airgap.registry.retry.NoSleep;
import ai.kubernaut.airgap.registry.retry.RetryPolicy;
import ai.kubernaut.airgap.registry.retry.RetryingClient;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real registries behind bad networks and bad proxies. */
@Timeout(180)
final class FaultsTest {
  private static final int LAYER = 3 << 20;
  private static final Progress SILENT = Progress.of(ProgressEvent.Step.MIRROR, event -> {});

  private static DockerRegistry source;
  private static DockerRegistry mirror;
  private static ImageRef published;
  private static Manifest index;
  private static Digest layer;

  private FaultProxy pull;
  private FaultProxy push;
  private HttpRegistryClient client;
  private final NoSleep sleeper = new NoSleep(0);
  private final CompletableFuture<Void> cancel = new CompletableFuture<>();
  private Target target;

  @BeforeAll
  static void publish() {
    source = DockerRegistry.start();
    mirror = DockerRegistry.start();
    published = ImageRef.parse(source.host() + "/kubernaut-ai/gateway:v1");
    byte[] large = TestImages.bytes(LAYER, 1);
    layer = Digest.sha256(large);
    try (HttpRegistryClient client = anonymous(source.host())) {
      index =
          TestImages.publish(
              client,
              published,
              TestImages.Kind.OCI,
              List.of(large, TestImages.bytes(100_000, 2)),
              7);
    }
  }

  @AfterAll
  static void stop() {
    if (source != null) {
      source.close();
    }
    if (mirror != null) {
      mirror.close();
    }
  }

  @BeforeEach
  void open() {
    pull = FaultProxy.before(source.host());
    push = FaultProxy.before(mirror.host());
    client = anonymous(pull.host(), push.host());
    target = Target.registry(push.host() + "/" + UUID.randomUUID());
  }

  @AfterEach
  void close() {
    client.close();
    pull.close();
    push.close();
  }

  private static HttpRegistryClient anonymous(String... hosts) {
    HttpRegistryClient.Builder builder =
        HttpRegistryClient.builder().credentials(CredentialProvider.none());
    for (String host : hosts) {
      builder.plainHttp(host);
    }
    return builder.idleTimeout(Duration.ofSeconds(20)).build();
  }

  private ImageRef image() {
    return ImageRef.parse(published.toString().replace(source.host(), pull.host()));
  }

  private MirrorPlan plan() {
    return MirrorPlan.builder(target).image(image()).build();
  }

  private MirrorReport mirror() {
    return mirror(RetryPolicy.builder().build());
  }

  private MirrorReport mirror(RetryPolicy policy) {
    return new MirrorEngine(
            client, client, MirrorOptions.builder().retry(policy).build(), event -> {}, sleeper)
        .mirror(plan());
  }

  private void assertMirrored() {
    push.faults(request -> Optional.empty());
    ImageRef there = target.nameOf(image());
    // A client of its own, as faults may have left broken connections behind in the other.
    try (HttpRegistryClient fresh = anonymous(push.host())) {
      assertThat(fresh.readManifest(there).content()).isEqualTo(index.content());
      for (Descriptor child : index.children()) {
        Manifest manifest = fresh.readManifest(there.repository().digest(child.digest()));
        for (Descriptor blob : manifest.blobs()) {
          assertThat(fresh.findBlob(there.repository(), blob.digest())).hasValue(blob.size());
        }
      }
    }
  }

  /** The first so many of the requests that match. */
  private static Function<Request, Optional<Fault>> first(
      int times, Predicate<Request> which, Fault fault) {
    AtomicInteger left = new AtomicInteger(times);
    return request ->
        which.test(request) && left.getAndDecrement() > 0 ? Optional.of(fault) : Optional.empty();
  }

  private static boolean isLayer(Request request) {
    return request.method().equals("GET") && request.uri().contains(layer.toString());
  }

  private static boolean isLayerUpload(Request request) {
    return request.method().equals("PUT") && request.uri().contains("%3A" + layer.hex());
  }

  private List<Request> layerDownloads() {
    return pull.requests().stream().filter(FaultsTest::isLayer).toList();
  }

  @Test
  void aBrokenDownloadGoesOnWhereItBroke() {
    pull.faults(first(3, FaultsTest::isLayer, new Fault.CutAnswer(700_000)));

    mirror().orElseThrow();

    assertMirrored();
    List<Request> downloads = layerDownloads();
    assertThat(downloads).hasSize(4);
    assertThat(downloads.get(0).header("Range")).isEmpty();
    long before = 0;
    for (Request again : downloads.subList(1, 4)) {
      String range = again.header("Range").orElseThrow();
      long from = Long.parseLong(range.replaceAll("\\D", ""));
      assertThat(from).isGreaterThan(before);
      before = from;
    }
    // All of it went into one upload, which never noticed.
    assertThat(push.requests().stream().filter(FaultsTest::isLayerUpload)).hasSize(1);
  }

  @Test
  void aBrokenDownloadGoesOnWhereRangesAreIgnored() {
    AtomicInteger count = new AtomicInteger();
    pull.faults(
        request ->
            !isLayer(request)
                ? Optional.empty()
                : Optional.of(
                    count.getAndIncrement() == 0
                        ? new Fault.CutAnswer(1_000_000)
                        : new Fault.WithoutHeader("Range")));

    mirror().orElseThrow();

    assertMirrored();
    assertThat(layerDownloads()).hasSize(2);
  }

  @Test
  void bytesThatAreWrongAfterABreakAreNoticed() {
    AtomicInteger count = new AtomicInteger();
    pull.faults(
        request ->
            !isLayer(request)
                ? Optional.empty()
                : Optional.of(
                    count.getAndIncrement() == 0
                        ? new Fault.CutAnswer(1_000_000)
                        : new Fault.Corrupt(1000)));

    MirrorReport report = mirror();

    assertThat(report.failures()).hasSize(1);
    assertThat(report.failures().get(0).failure().orElseThrow().describe())
        .contains(layer.toString())
        .contains("the registry's bytes have the digest");
    assertThat(client.findManifest(target.nameOf(image()))).isEmpty();
    assertThat(client.findBlob(target.nameOf(image()).repository(), layer)).isEmpty();
  }

  @Test
  void wrongBytesAndShortenedBodiesGoToTheReportAtOnce() {
    for (Fault fault : List.of(new Fault.Corrupt(5000), new Fault.Shorten(5000))) {
      pull.forget();
      pull.faults(first(100, FaultsTest::isLayer, fault));

      MirrorReport report = mirror();

      assertThat(report.failures()).hasSize(1);
      assertThat(layerDownloads()).hasSize(1);
      assertThat(client.findManifest(target.nameOf(image()))).isEmpty();
    }
    assertThat(sleeper.waits()).isEmpty();
  }

  @Test
  void slowBodiesAreWaitedFor() {
    Fault slow = new Fault.Slow(100_000, Duration.ofMillis(5));
    pull.faults(request -> isLayer(request) ? Optional.of(slow) : Optional.empty());
    push.faults(request -> isLayerUpload(request) ? Optional.of(slow) : Optional.empty());

    mirror().orElseThrow();

    assertMirrored();
    assertThat(layerDownloads()).hasSize(1);
    assertThat(sleeper.waits()).isEmpty();
  }

  @Test
  void anInterruptEndsStalledTransfersSoonAndALaterRunGoesOn() throws InterruptedException {
    assertStops(Thread::interrupt, "interrupted");
  }

  @Test
  void aCancelledRunEndsStalledTransfersSoonAndALaterRunGoesOn() throws InterruptedException {
    assertStops(run -> cancel.complete(null), "cancelled");
  }

  private void assertStops(Consumer<Thread> stop, String how) throws InterruptedException {
    pull.faults(first(1, FaultsTest::isLayer, new Fault.Stall(1_000_000)));
    CountDownLatch stalled = new CountDownLatch(1);
    AtomicLong sent = new AtomicLong();
    Consumer<ProgressEvent> watch =
        event -> {
          if (event instanceof ProgressEvent.BytesSent bytes
              && sent.addAndGet(bytes.bytes()) > 800_000) {
            stalled.countDown();
          }
        };
    MirrorOptions options = MirrorOptions.builder().cancelledBy(cancel).build();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    MirrorEngine engine = new MirrorEngine(client, client, options, watch, sleeper);
    Thread run = new Thread(() -> thrown.set(catchThrowable(() -> engine.mirror(plan()))));
    run.start();
    stalled.await();

    long start = System.nanoTime();
    stop.accept(run);
    run.join(20_000);

    assertThat(run.isAlive()).isFalse();
    // A second is what is wanted; on a busy machine it can be more.
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    assertThat(thrown.get()).isInstanceOf(AirgapException.class).hasMessageContaining(how);
    assertThat(client.findManifest(target.nameOf(image()))).isEmpty();
    mirror().orElseThrow();
    assertMirrored();
  }

  @Test
  void aBrokenUploadIsBegunAgainWhereTheRegistryGivesTheSessionUp() {
    push.faults(first(2, FaultsTest::isLayerUpload, new Fault.CutRequest(1_000_000)));

    mirror().orElseThrow();

    assertMirrored();
    assertThat(push.requests().stream().filter(FaultsTest::isLayerUpload)).hasSize(3);
  }

  @Test
  void anUploadThatIsRefusedInPassingGoesOnInTheSameSession() {
    push.faults(first(2, FaultsTest::isLayerUpload, Fault.Answer.of(503, "Retry-After: 9")));

    mirror().orElseThrow();

    assertMirrored();
    List<String> uploads =
        push.requests().stream()
            .filter(FaultsTest::isLayerUpload)
            .map(request -> request.uri().replaceAll("\\?.*", ""))
            .toList();
    assertThat(uploads).hasSize(3);
    assertThat(uploads).containsOnly(uploads.get(0));
    assertThat(sleeper.waits()).containsExactly(Duration.ofSeconds(9), Duration.ofSeconds(9));
  }

  @Test
  void anUploadThatTheRegistryHasForgottenIsBegunAgain() {
    for (int status : new int[] {404, 416}) {
      target = Target.registry(push.host() + "/" + UUID.randomUUID());
      push.faults(first(1, FaultsTest::isLayerUpload, Fault.Answer.of(status)));

      mirror().orElseThrow();

      assertMirrored();
    }
    push.faults(first(100, FaultsTest::isLayerUpload, Fault.Answer.of(404)));
    target = Target.registry(push.host() + "/" + UUID.randomUUID());
    assertThat(mirror().failures()).hasSize(1);
  }

  @Test
  void anUploadWhoseAnswerIsLostIsNotSentTwice() {
    push.faults(first(1, FaultsTest::isLayerUpload, new Fault.CutAnswer(-1)));

    mirror().orElseThrow();

    assertMirrored();
    assertThat(push.requests().stream().filter(FaultsTest::isLayerUpload)).hasSize(1);
  }

  @Test
  void aProxyThatRefusesLargeBodiesGetsPieces() {
    push.faults(
        request ->
            request.header("Content-Length").map(Long::parseLong).orElse(0L) > 1 << 20
                ? Optional.of(Fault.Answer.of(413))
                : Optional.empty());
    ImageRef there = target.nameOf(image());
    ImageCopy copy = copy();

    sendLayer(copy, Journal.of(MirrorOptions.builder().build()));

    assertThat(client.findBlob(there.repository(), layer)).hasValue(LAYER);
    assertThat(push.requests().stream().filter(request -> request.method().equals("PATCH")))
        .hasSize(2);
  }

  @Test
  void aPieceThatIsRefusedInPassingCostsThatPieceOnly() {
    AtomicInteger pieces = new AtomicInteger();
    push.faults(
        request ->
            switch (request.method()) {
              // The whole blob is too much at once, so that it goes in pieces from then on.
              case "PUT" ->
                  pieces.get() == 0 ? Optional.of(Fault.Answer.of(413)) : Optional.empty();
              case "PATCH" ->
                  pieces.getAndIncrement() == 1
                      ? Optional.of(Fault.Answer.of(502))
                      : Optional.empty();
              default -> Optional.empty();
            });

    sendLayer(copy(), Journal.of(MirrorOptions.builder().build()));

    assertThat(client.findBlob(target.nameOf(image()).repository(), layer)).hasValue(LAYER);
    assertThat(
            push.requests().stream()
                .filter(request -> request.method().equals("PATCH"))
                .map(request -> request.header("Content-Range").orElseThrow()))
        .containsExactly("0-1048575", "1048576-2097151", "1048576-2097151");
    assertThat(layerDownloads().stream().map(request -> request.header("Range")))
        .containsExactly(Optional.empty(), Optional.empty(), Optional.of("bytes=1048576-"));
  }

  /** Sends the layer alone, in pieces of a mebibyte where it goes in pieces. */
  private void sendLayer(ImageCopy image, Journal journal) {
    Descriptor blob = Descriptor.of("application/octet-stream", layer, LAYER);
    new BlobSender(
            image,
            blob,
            new TransferMeter(SILENT, sleeper::nanoTime).of(blob),
            journal,
            1 << 20,
            () -> false)
        .send();
  }

  private ImageCopy copy() {
    RetryingClient retrying =
        RetryingClient.of(client, RetryPolicy.builder().build(), SILENT, sleeper);
    return new ImageCopy(
        new Sides(retrying, retrying),
        CopyJob.of(plan()).get(0),
        index.digest(),
        ImageContent.read(retrying, image().repository().digest(index.digest())),
        List.of(),
        new IndexFallback(Optional.empty(), MirrorOptions.IndexForm.REWRITTEN),
        ManifestBudget.ofOneImage());
  }

  @Test
  void anotherRunGoesOnWithAHalfSentBlob(@TempDir Path directory) {
    Path file = directory.resolve("journal");
    push.faults(
        request ->
            request.method().equals("PATCH")
                    && !request.header("Content-Range").orElseThrow().startsWith("0-")
                ? Optional.of(Fault.Answer.of(503))
                : Optional.empty());
    try (Journal journal = Journal.open(file)) {
      assertThat(catchThrowable(() -> sendLayer(copy(), journal)))
          .isInstanceOf(RegistryException.class);
    }
    push.faults(request -> Optional.empty());
    push.forget();
    pull.forget();

    try (Journal journal = Journal.open(file)) {
      sendLayer(copy(), journal);
    }

    assertThat(client.findBlob(target.nameOf(image()).repository(), layer)).hasValue(LAYER);
    assertThat(layerDownloads().stream().map(request -> request.header("Range")))
        .containsExactly(Optional.of("bytes=1048576-"));
    assertThat(
            push.requests().stream().map(Request::method).filter(method -> !method.equals("HEAD")))
        .containsExactly("GET", "PATCH", "PATCH", "PUT");
    assertThat(file).doesNotExist();
  }

  private MirrorPlan largePlan(int size) {
    ImageRef large = ImageRef.parse(pull.host() + "/kubernaut-ai/large:v1");
    try (HttpRegistryClient publisher = anonymous(pull.host())) {
      TestImages.publish(
          publisher, large, TestImages.Kind.OCI, List.of(TestImages.bytes(size, 5)), 9);
    }
    pull.forget();
    return MirrorPlan.builder(target).image(large).build();
  }

  private MirrorReport mirror(MirrorPlan plan, MirrorOptions options) {
    return new MirrorEngine(client, client, options, event -> {}, sleeper).mirror(plan);
  }

  @Test
  void aCancelledRunKeepsEveryPieceThatTheRegistryAcknowledged(@TempDir Path directory) {
    int tail = 1 << 20;
    MirrorPlan plan = largePlan(BlobSender.CHUNK + tail);
    MirrorOptions.Builder options = MirrorOptions.builder().journal(directory.resolve("journal"));
    push.faults(
        request -> {
          if (request.header("Content-Length").equals(Optional.of(String.valueOf(tail)))) {
            cancel.complete(null);
            return Optional.of(new Fault.Slow(tail, Duration.ofMillis(1)));
          }
          return Optional.empty();
        });

    assertThat(catchThrowable(() -> mirror(plan, options.cancelledBy(cancel).build())))
        .hasMessageContaining("cancelled");
    push.faults(request -> Optional.empty());
    MirrorReport report =
        mirror(plan, options.cancelledBy(new CompletableFuture<>()).build()).orElseThrow();

    assertThat(report.bytesSent()).isLessThan(tail);
    assertThat(report.images().get(0).describe()).contains("already in the mirror");
  }

  @Test
  void bytesAreCountedAsTheyAreSentAndThoseOfAnEarlierRunApart(@TempDir Path directory) {
    int rest = 700_000;
    MirrorPlan plan = largePlan(BlobSender.CHUNK + rest);
    MirrorOptions options =
        MirrorOptions.builder()
            .journal(directory.resolve("journal"))
            .retry(RetryPolicy.none())
            .build();
    push.faults(
        request ->
            request.header("Content-Length").equals(Optional.of(String.valueOf(rest)))
                ? Optional.of(Fault.Answer.of(503))
                : Optional.empty());
    MirroredImage broken = mirror(plan, options).images().get(0);
    push.faults(request -> Optional.empty());

    MirroredImage resumed = mirror(plan, options).orElseThrow().images().get(0);

    assertThat(broken.outcome()).isEqualTo(MirroredImage.Outcome.FAILED);
    assertThat(broken.bytesSent()).isGreaterThan(BlobSender.CHUNK);
    assertThat(resumed.bytesSent()).isBetween((long) rest, (long) BlobSender.CHUNK);
    assertThat(resumed.bytesResumed()).isEqualTo(BlobSender.CHUNK);
    assertThat(resumed.describe()).contains("5.2 MB sent by an earlier run");
  }

  @Test
  void aSessionThatIsGoneIsBegunAgain(@TempDir Path directory) {
    Path file = directory.resolve("journal");
    Repository there = target.nameOf(image()).repository();
    try (Journal journal = Journal.open(file)) {
      BlobUpload upload = client.beginUpload(there).orElseThrow();
      upload.append(0, 1000, new ByteArrayInputStream(new byte[1000]));
      journal.sending(there, layer, upload);
      upload.abandon();
      sendLayer(copy(), journal);
      assertThat(journal.session(there, layer)).isEmpty();
    }

    assertThat(client.findBlob(there, layer)).hasValue(LAYER);
  }

  @Test
  void aSessionThatHoldsSomethingElseIsBegunAgain(@TempDir Path directory) {
    Path file = directory.resolve("journal");
    Repository there = target.nameOf(image()).repository();
    try (Journal journal = Journal.open(file)) {
      BlobUpload upload = client.beginUpload(there).orElseThrow();
      upload.append(0, 1000, new ByteArrayInputStream(new byte[1000]));
      journal.sending(there, layer, upload);
      sendLayer(copy(), journal);
    }

    assertThat(client.findBlob(there, layer)).hasValue(LAYER);
  }

  @Test
  void limitsOnManifestsAreWaitedOut() {
    Predicate<Request> manifests = request -> request.uri().contains("/manifests/");
    pull.faults(first(2, manifests, Fault.Answer.of(429, "Retry-After: 3")));
    push.faults(
        first(
            2,
            request -> manifests.test(request) && request.method().equals("PUT"),
            Fault.Answer.of(429, "Retry-After: 4")));

    mirror().orElseThrow();

    assertMirrored();
    assertThat(sleeper.waits()).contains(Duration.ofSeconds(3), Duration.ofSeconds(4)).hasSize(4);
  }

  @Test
  void whatCannotSucceedIsNotTriedAgain() {
    for (int status : new int[] {400, 403, 404, 405}) {
      pull.forget();
      pull.faults(first(100, FaultsTest::isLayer, Fault.Answer.of(status)));

      assertThat(mirror().failures()).hasSize(1);
      assertThat(layerDownloads()).hasSize(1);
    }
    assertThat(sleeper.waits()).isEmpty();
  }

  @Test
  void refusedIndexesAreReportedAndNoTagAppears() {
    push.faults(
        first(
            100,
            request -> request.method().equals("PUT") && request.uri().endsWith("/manifests/v1"),
            Fault.Answer.of(415)));

    MirrorReport report = mirror();

    assertThat(report.failures()).hasSize(1);
    assertThat(report.failures().get(0).failure().orElseThrow().describe()).contains("415");
    push.faults(request -> Optional.empty());
    assertThat(client.findManifest(target.nameOf(image()))).isEmpty();
  }

  @Test
  void aDownloadThatIsRedirectedGoesThere() {
    try (FaultProxy storage = FaultProxy.before(source.host());
        HttpRegistryClient redirected = anonymous(pull.host(), push.host(), storage.host())) {
      pull.faults(
          request ->
              isLayer(request)
                  ? Optional.of(
                      Fault.Answer.of(307, "Location: http://" + storage.host() + request.uri()))
                  : Optional.empty());
      storage.faults(first(1, FaultsTest::isLayer, new Fault.CutAnswer(2_000_000)));

      new MirrorEngine(
              redirected, redirected, MirrorOptions.builder().build(), event -> {}, sleeper)
          .mirror(plan())
          .orElseThrow();

      assertThat(storage.requests()).hasSize(2);
    }
    assertMirrored();
  }

  @Test
  void aTokenThatExpiresInsideAnUploadIsReplaced(@TempDir Path directory) {
    try (TokenService tokens = TokenService.start(directory);
        DockerRegistry guarded = DockerRegistry.builder().tokenAuth(tokens).start();
        FaultProxy proxy = FaultProxy.before(guarded.host());
        HttpRegistryClient user =
            HttpRegistryClient.builder()
                .plainHttp(pull.host())
                .plainHttp(proxy.host())
                .plainHttp(tokens.host())
                .credentials(
                    CredentialProvider.forRegistry(
                        proxy.host(), Credentials.of(DockerRegistry.USER, DockerRegistry.PASSWORD)))
                .build()) {
      proxy.faults(
          first(
              1,
              FaultsTest::isLayerUpload,
              Fault.Answer.of(
                  401,
                  "WWW-Authenticate: Bearer realm=\"%s\",service=\"test registry\""
                      .formatted(tokens.realm()))));
      Target there = Target.registry(proxy.host() + "/tokens");

      MirrorReport report =
          new MirrorEngine(user, user, MirrorOptions.builder().build(), event -> {}, sleeper)
              .mirror(MirrorPlan.builder(there).image(image()).build());

      assertThat(report.failures()).isEmpty();
      assertThat(proxy.requests().stream().filter(FaultsTest::isLayerUpload)).hasSize(2);
      assertThat(user.readManifest(there.nameOf(image())).content()).isEqualTo(index.content());
    }
  }

  @Test
  void aSecondRunMakesOneRequestForEachTag() {
    MirrorPlan exact =
        MirrorPlan.builder(target)
            .addEntries(
                MirrorEntry.builder().from(plan().entries().get(0)).digest(index.digest()).build())
            .build();
    MirrorEngine engine =
        new MirrorEngine(client, client, MirrorOptions.builder().build(), event -> {}, sleeper);
    engine.mirror(exact).orElseThrow();
    pull.forget();
    push.forget();

    engine.mirror(exact).orElseThrow();

    assertThat(pull.requests().stream().map(Object::toString)).containsExactly("GET /v2/");
    String name = target.nameOf(image()).repository().name();
    assertThat(push.requests().stream().map(Object::toString))
        .containsExactly("GET /v2/", "HEAD /v2/" + name + "/manifests/v1");
  }

  @Test
  void aRegistryThatRestartsDuringTheFirstContactIsWaitedFor() {
    pull.faults(first(3, request -> request.uri().equals("/v2/"), Fault.Answer.of(503)));
    push.faults(first(2, request -> request.uri().equals("/v2/"), new Fault.CutRequest(0)));

    mirror().orElseThrow();

    assertMirrored();
    assertThat(sleeper.waits()).hasSize(5);
  }

  /** A tenth of the requests fails, and every plan is complete in the end. */
  @Test
  @Timeout(1200)
  void randomFaultsDoNotKeepAPlanFromEnding(@TempDir Path directory) {
    int runs = Integer.getInteger("airgap.faults.runs", 20);
    long first = Long.getLong("airgap.faults.seed", 1);
    List<ImageRef> images = publishMore();
    for (long seed = first; seed < first + runs; seed++) {
      Random random = new Random(seed);
      target = Target.registry(push.host() + "/random-" + UUID.randomUUID());
      MirrorPlan.Builder chosen = MirrorPlan.builder(target);
      images.stream()
          .skip(random.nextInt(images.size()))
          .map(image -> ImageRef.parse(image.toString().replace(source.host(), pull.host())))
          .forEach(chosen::image);
      MirrorPlan plan = chosen.build();
      MirrorOptions.Builder options =
          MirrorOptions.builder()
              .retry(RetryPolicy.builder().attempts(10).retriesPerImage(1000).build())
              .blobsAtOnce(1 + random.nextInt(6))
              .imagesAtOnce(1 + random.nextInt(6));
      if (random.nextBoolean()) {
        options.journal(directory.resolve("journal-" + seed));
      }
      Function<Request, Optional<Fault>> faults = request -> random(random, request);
      pull.faults(faults);
      push.faults(faults);

      MirrorReport report =
          new MirrorEngine(client, client, options.build(), event -> {}, sleeper).mirror(plan);

      assertThat(report.failures()).as("seed " + seed).isEmpty();
      pull.faults(request -> Optional.empty());
      push.faults(request -> Optional.empty());
      assertIdentical(plan);
    }
  }

  /** Images that share a layer with the one that is there, so that blobs can be mounted. */
  private static List<ImageRef> publishMore() {
    List<ImageRef> images = new ArrayList<>(List.of(published));
    try (HttpRegistryClient client = anonymous(source.host())) {
      for (String name : List.of("datastorage", "notification")) {
        ImageRef image = ImageRef.parse(source.host() + "/kubernaut-ai/" + name + ":v1");
        TestImages.publish(
            client,
            image,
            TestImages.Kind.DOCKER,
            List.of(TestImages.bytes(LAYER, 1), TestImages.bytes(70_000, name.length())),
            name.length());
        images.add(image);
      }
    }
    return images;
  }

  private static void assertIdentical(MirrorPlan plan) {
    for (MirrorEntry entry : plan.entries()) {
      try (HttpRegistryClient fresh =
          anonymous(entry.source().registry(), entry.target().registry())) {
        Manifest there = fresh.readManifest(entry.target());
        assertThat(there.content()).isEqualTo(fresh.readManifest(entry.source()).content());
        for (Descriptor child : there.children()) {
          Manifest manifest =
              fresh.readManifest(entry.target().repository().digest(child.digest()));
          for (Descriptor blob : manifest.blobs()) {
            assertThat(fresh.findBlob(entry.target().repository(), blob.digest()))
                .hasValue(blob.size());
          }
        }
      }
    }
  }

  @Test
  void anIndexThatTheMirrorRefusesBecomesOnePlatformWhereThatIsAllowed() {
    push.faults(
        request ->
            request.method().equals("PUT")
                    && request.header("Content-Type").filter(Manifest.OCI_INDEX::equals).isPresent()
                ? Optional.of(Fault.Answer.of(415))
                : Optional.empty());

    assertThat(mirror().failures().get(0).failure().orElseThrow().describe())
        .contains("415", "platformWhereIndexRefused");
    MirrorReport report =
        new MirrorEngine(
                client,
                client,
                MirrorOptions.builder()
                    .platformWhereIndexRefused(Platform.of("linux", "arm64"))
                    .build(),
                event -> {},
                sleeper)
            .mirror(plan())
            .orElseThrow();

    Digest child = index.children().get(1).digest();
    assertThat(report.images().get(0).digest()).contains(child);
    assertThat(report.images().get(0).sourceDigest()).contains(index.digest());
    assertThat(client.readManifest(target.nameOf(image())).digest()).isEqualTo(child);
  }

  @Test
  void whatThePreflightHasFoundOutChoosesTheWay() {
    publishMore();
    push.faults(
        request -> {
          boolean index =
              request.method().equals("PUT")
                  && request.header("Content-Type").filter(Manifest.OCI_INDEX::equals).isPresent();
          boolean mount = request.method().equals("POST") && request.uri().contains("mount=");
          return index || mount ? Optional.of(Fault.Answer.of(415)) : Optional.empty();
        });
    MirrorPlan plan =
        MirrorPlan.builder(target)
            .image(image())
            .image(ImageRef.parse(image().toString().replace("gateway", "datastorage")))
            .build();
    PreflightReport asked =
        new Preflight(client, PreflightOptions.builder().mayWrite(true).build(), event -> {})
            .check(plan);
    assertThat(asked.finding(Capability.INDEX).support()).isEqualTo(Finding.Support.NO);
    assertThat(asked.finding(Capability.MOUNT).support()).isEqualTo(Finding.Support.NO);
    push.forget();

    MirrorReport report =
        new MirrorEngine(
                client,
                client,
                MirrorOptions.builder()
                    .preflight(asked)
                    .platformWhereIndexRefused(Platform.of("linux", "arm64"))
                    .build(),
                event -> {},
                sleeper)
            .mirror(plan)
            .orElseThrow();

    assertThat(push.requests()).noneMatch(request -> request.uri().contains("mount="));
    // Of two images one platform each, with its configuration and three layers.
    assertThat(push.requests())
        .filteredOn(request -> request.method().equals("PUT"))
        .filteredOn(request -> request.uri().contains("/blobs/uploads/"))
        .hasSize(2 * 4);
    assertThat(report.images()).allMatch(MirroredImage::digestHasChanged);
    assertThat(report.plan().platforms())
        .isEqualTo(Platforms.withoutIndex(Platform.of("linux", "arm64")));
  }

  /** One request in ten fails in a way that may pass. */
  private static Optional<Fault> random(Random random, Request request) {
    synchronized (random) {
      if (random.nextInt(10) > 0) {
        return Optional.empty();
      }
      List<Fault> faults = new ArrayList<>();
      for (int status : new int[] {408, 429, 500, 502, 503, 504}) {
        faults.add(Fault.Answer.of(status));
      }
      faults.add(Fault.Answer.of(429, "Retry-After: 1"));
      int bytes = random.nextInt(LAYER);
      faults.add(new Fault.CutAnswer(bytes % 50_000));
      faults.add(new Fault.CutAnswer(bytes));
      faults.add(new Fault.CutRequest(bytes % 50_000, random.nextBoolean()));
      faults.add(new Fault.CutRequest(bytes, random.nextBoolean()));
      faults.add(new Fault.Slow(200_000, Duration.ofMillis(2)));
      faults.add(new Fault.WithoutHeader("Range"));
      if (request.method().equals("POST") && request.uri().contains("mount=")) {
        faults.add(Fault.Answer.of(405));
      }
      return Optional.of(faults.get(random.nextInt(faults.size())));
    }
  }
}
