package ai.kubernaut.airgap.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import ai.kubernaut.airgap.registry.retry.NoSleep;
import ai.kubernaut.airgap.registry.retry.RateLimit;
import ai.kubernaut.airgap.registry.retry.ThrottledClient;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class MirrorEngineTest {
  private static final Target MIRROR = Target.registry("harbor.corp/airgap");
  private static final List<byte[]> BASE =
      List.of(TestImages.bytes(50_000, 1), TestImages.bytes(30_000, 2));

  private static final Map<Reason, ProblemCode> CODES =
      new EnumMap<>(
          Map.ofEntries(
              Map.entry(Reason.UNREACHABLE, ProblemCode.REGISTRY_UNREACHABLE),
              Map.entry(Reason.TLS, ProblemCode.REGISTRY_TLS_FAILED),
              Map.entry(Reason.NOT_A_REGISTRY, ProblemCode.NOT_A_REGISTRY),
              Map.entry(Reason.UNAUTHORIZED, ProblemCode.REGISTRY_UNAUTHORIZED),
              Map.entry(Reason.FORBIDDEN, ProblemCode.REGISTRY_FORBIDDEN),
              Map.entry(Reason.NOT_FOUND, ProblemCode.IMAGE_NOT_FOUND),
              Map.entry(Reason.RATE_LIMITED, ProblemCode.REGISTRY_RATE_LIMITED),
              Map.entry(Reason.SERVER, ProblemCode.REGISTRY_FAILED),
              Map.entry(Reason.DIGEST_MISMATCH, ProblemCode.DIGEST_MISMATCH),
              Map.entry(Reason.REFUSED, ProblemCode.REGISTRY_REFUSED),
              Map.entry(Reason.PROTOCOL, ProblemCode.REGISTRY_PROTOCOL_VIOLATED),
              Map.entry(Reason.TOO_LARGE, ProblemCode.REGISTRY_RESPONSE_TOO_LARGE),
              Map.entry(Reason.PROXY, ProblemCode.PROXY_REFUSED),
              Map.entry(Reason.NO_CLIENT, ProblemCode.REGISTRY_WITHOUT_CLIENT)));

  private final MemoryRegistryClient memory = MemoryRegistryClient.create();
  private final WatchedClient client = new WatchedClient(memory);
  private final List<ProgressEvent> events = new CopyOnWriteArrayList<>();
  private MirrorOptions options = MirrorOptions.builder().build();

  @AfterEach
  void close() {
    memory.close();
  }

  private ImageRef publish(String name, long seed) {
    ImageRef image = ImageRef.parse("quay.io/kubernaut-ai/" + name + ":v1");
    TestImages.publish(memory, image, TestImages.Kind.OCI, BASE, seed);
    return image;
  }

  private static MirrorPlan plan(ImageRef... images) {
    MirrorPlan.Builder plan = MirrorPlan.builder(MIRROR);
    for (ImageRef image : images) {
      plan.image(image);
    }
    return plan.build();
  }

  private MirrorReport mirror(MirrorPlan plan) {
    return new MirrorEngine(client, options, events::add).mirror(plan);
  }

  private static MirroredImage only(MirrorReport report) {
    assertThat(report.images()).hasSize(1);
    return report.images().get(0);
  }

  private void assertMirrored(MirrorPlan plan) {
    for (MirrorEntry entry : plan.entries()) {
      Manifest index = memory.readManifest(entry.target());
      assertThat(index.content()).isEqualTo(memory.readManifest(entry.source()).content());
      for (Descriptor child : index.children()) {
        Manifest manifest = memory.readManifest(entry.target().repository().digest(child.digest()));
        for (Descriptor blob : manifest.blobs()) {
          assertThat(memory.findBlob(entry.target().repository(), blob.digest())).isPresent();
        }
      }
    }
  }

  /** Makes calls fail: those that match, as often as wanted. */
  private static Consumer<String> failing(
      Predicate<String> calls, Reason reason, int status, int times) {
    int[] left = {times};
    return call -> {
      synchronized (left) {
        if (calls.test(call) && left[0] > 0) {
          left[0]--;
          throw new RegistryException(
              reason, "harbor.corp", status, call + " failed: a test", null);
        }
      }
    };
  }

  @Test
  void blobsGoBeforeManifestsAndTheTagComesLast() {
    MirrorPlan plan = plan(publish("gateway", 1));

    MirroredImage image = only(mirror(plan).orElseThrow());

    assertMirrored(plan);
    assertThat(image.outcome()).isEqualTo(MirroredImage.Outcome.COPIED);
    assertThat(image.blobsSent()).isEqualTo(2 + 3 * 2);
    List<String> writes = client.calls().stream().filter(call -> call.startsWith("write")).toList();
    assertThat(writes.subList(0, 8)).allMatch(call -> call.startsWith("writeBlob"));
    assertThat(writes.subList(8, 11))
        .allMatch(call -> call.startsWith("writeManifest") && call.contains("@sha256"));
    assertThat(writes.subList(11, 12))
        .containsExactly("writeManifest harbor.corp/airgap/kubernaut-ai/gateway:v1");
  }

  @Test
  void aBlobThatSeveralImagesShareIsSentOnceAndMountedElsewhere() {
    MirrorPlan plan =
        plan(publish("gateway", 1), publish("datastorage", 2), publish("notification", 3));

    MirrorReport report = mirror(plan).orElseThrow();

    assertMirrored(plan);
    assertThat(client.calls("readBlob")).hasSize(2 + 3 * 6);
    assertThat(client.calls("writeBlob")).hasSize(2 + 3 * 6);
    assertThat(client.calls("mountBlob")).hasSize(4);
    assertThat(report.images().stream().mapToInt(MirroredImage::blobsMounted).sum()).isEqualTo(4);
  }

  @Test
  void aSecondRunAsksOnceForEachTag() {
    MirrorPlan plan = plan(publish("gateway", 1), publish("datastorage", 2));
    MirrorPlan exact = withDigests(plan);
    mirror(exact).orElseThrow();
    client.forget();

    MirrorReport report = mirror(exact).orElseThrow();

    assertThat(report.images()).allMatch(image -> image.outcome() == MirroredImage.Outcome.PRESENT);
    assertThat(client.calls())
        .containsExactlyInAnyOrder(
            "ping harbor.corp",
            "ping quay.io",
            "findManifest " + exact.entries().get(0).target(),
            "findManifest " + exact.entries().get(1).target());
  }

  private MirrorPlan withDigests(MirrorPlan plan) {
    MirrorPlan.Builder exact = MirrorPlan.builder(plan.target());
    for (MirrorEntry entry : plan.entries()) {
      exact.addEntries(
          MirrorEntry.builder()
              .from(entry)
              .digest(memory.readManifest(entry.source()).digest())
              .build());
    }
    return exact.build();
  }

  @Test
  void aTagThatPointsElsewhereIsMoved() {
    ImageRef source = publish("gateway", 1);
    mirror(plan(source)).orElseThrow();
    publish("gateway", 2);

    MirroredImage image = only(mirror(plan(source)).orElseThrow());

    assertThat(image.outcome()).isEqualTo(MirroredImage.Outcome.COPIED);
    assertThat(image.blobsPresent()).isEqualTo(2);
    assertThat(image.blobsSent()).isEqualTo(6);
    assertMirrored(plan(source));
  }

  @Test
  void anImageThatCannotBeReadIsReportedAndTheOthersAreFinished() {
    ImageRef good = publish("gateway", 1);
    ImageRef bad = publish("datastorage", 2);
    ImageRef absent = ImageRef.parse("quay.io/kubernaut-ai/absent:v1");
    String damaged =
        memory
            .readManifest(
                bad.repository().digest(memory.readManifest(bad).children().get(1).digest()))
            .blobs()
            .get(3)
            .digest()
            .toString();
    client.before(
        failing(
            call -> call.startsWith("readBlob") && call.contains(damaged),
            Reason.NOT_FOUND,
            404,
            100));

    MirrorReport report = mirror(plan(good, bad, absent));

    assertThat(report.images())
        .extracting(MirroredImage::outcome)
        .containsExactly(
            MirroredImage.Outcome.COPIED,
            MirroredImage.Outcome.FAILED,
            MirroredImage.Outcome.FAILED);
    assertThat(report.failures().get(0).failure().orElseThrow().describe()).contains(damaged);
    assertMirrored(plan(good));
    assertThat(memory.findManifest(MIRROR.nameOf(bad))).isEmpty();
    assertThatThrownBy(report::orElseThrow).isInstanceOf(IncompleteMirrorException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "findManifest harbor.corp/airgap/kubernaut-ai/datastorage",
        "readManifest quay.io/kubernaut-ai/datastorage",
        "beginUpload harbor.corp/airgap/kubernaut-ai/datastorage",
        "writeManifest harbor.corp/airgap/kubernaut-ai/datastorage"
      })
  void anUnexpectedExceptionFailsOneImageOnly(String broken) {
    ImageRef good = publish("gateway", 1);
    ImageRef bad = publish("datastorage", 2);
    client.before(
        call -> {
          if (call.startsWith(broken)) {
            throw new IllegalArgumentException("a defect of an adapter");
          }
        });

    MirrorReport report = mirror(plan(bad, good));

    assertThat(report.failures()).hasSize(1);
    assertThat(report.failures().get(0).failure().orElseThrow().describe())
        .contains(bad.toString(), "failed unexpectedly", "a defect of an adapter");
    assertThat(report.problems())
        .extracting(Problem::code)
        .containsExactly(ProblemCode.IMAGE_FAILED_UNEXPECTEDLY);
    assertMirrored(plan(good));
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void everyReasonOfARegistryIsAProblemOfItsOwn(Reason reason) {
    ImageRef good = publish("gateway", 1);
    ImageRef bad = publish("datastorage", 2);
    client.before(
        failing(call -> call.startsWith("readManifest " + bad.repository()), reason, 0, 100));

    MirrorReport report =
        new MirrorEngine(client, client, options, events::add, new NoSleep(0))
            .mirror(plan(good, bad));

    assertThat(report.isOk()).isFalse();
    assertThat(report.problems())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.code()).isEqualTo(CODES.get(reason));
              assertThat(problem.subject()).isEqualTo(Subject.image(bad));
              assertThat(problem.parameters()).containsEntry("registry", "harbor.corp");
              assertThat(problem.parameters().get("detail")).contains("failed: a test");
              assertThat(problem.cause())
                  .hasValueSatisfying(
                      cause ->
                          assertThat(cause)
                              .isInstanceOfSatisfying(
                                  RegistryException.class,
                                  e -> assertThat(e.reason()).isEqualTo(reason)));
            });
    assertThatThrownBy(report::orElseThrow)
        .isInstanceOfSatisfying(
            IncompleteMirrorException.class,
            e -> {
              assertThat(e.problems()).isEqualTo(report.problems());
              assertThat(e.report()).isEqualTo(report);
            })
        .hasMessageContaining("1 of 2 images are not in harbor.corp/airgap")
        .hasMessageContaining(report.problems().get(0).describe());
  }

  @Test
  void aFailureIsGivenIfAndOnlyIfAnImageFailed() {
    MirrorEntry entry = plan(publish("gateway", 1)).entries().get(0);

    assertThatThrownBy(
            () ->
                MirroredImage.builder().entry(entry).outcome(MirroredImage.Outcome.FAILED).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("failure of " + entry.source());
  }

  @Test
  void aTagOfTheMirrorThatIsAnotherImageIsAProblem() {
    ImageRef image = publish("gateway", 1);
    MirrorPlan old = withDigests(plan(image));
    publish("gateway", 2);
    mirror(plan(image)).orElseThrow();

    MirrorReport report =
        new MirrorEngine(client, options, events::add).check(old, CheckDepth.MANIFEST);

    assertThat(report.problems())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.code()).isEqualTo(ProblemCode.IMAGE_DIFFERS_IN_MIRROR);
              assertThat(problem.parameters())
                  .containsEntry("expected", old.entries().get(0).digest().orElseThrow().toString())
                  .containsEntry("actual", memory.readManifest(image).digest().toString());
            });
  }

  @Test
  void aBlobThatOneImageCannotBringComesWithAnother() {
    ImageRef first = publish("gateway", 1);
    ImageRef second = publish("datastorage", 2);
    client.before(
        failing(
            call -> call.startsWith("readBlob quay.io/kubernaut-ai/gateway"),
            Reason.NOT_FOUND,
            404,
            100));

    MirrorReport report = mirror(plan(first, second));

    assertThat(report.failures()).hasSize(1);
    assertThat(report.failures().get(0).entry().source()).isEqualTo(first);
    assertMirrored(plan(second));
  }

  @Test
  void whatARegistryWillNotMountIsSentAgainAndReported() {
    MirrorPlan plan = plan(publish("gateway", 1), publish("datastorage", 2));
    WatchedClient refusing = new WatchedClient(new WithoutMounts(memory));

    MirrorReport report = new MirrorEngine(refusing, options, events::add).mirror(plan);

    assertMirrored(plan);
    assertThat(report.images().stream().mapToInt(MirroredImage::blobsMounted).sum()).isZero();
    assertThat(report.images()).extracting(MirroredImage::blobsSent).containsExactly(8, 8);
    assertThat(report.images()).extracting(MirroredImage::blobsSentAgain).containsExactly(0, 2);
    assertThat(report.summary()).contains("2 sent again");
  }

  @Test
  void foreignLayersStayWhereTheirAddressesSay() {
    Repository repository = Repository.parse("quay.io/windows/base");
    byte[] config = "{}".getBytes(StandardCharsets.UTF_8);
    Descriptor blob = Descriptor.of(TestImages.Kind.DOCKER.config, Digest.sha256(config), 2);
    memory.writeBlob(repository, blob, new ByteArrayInputStream(config));
    Manifest manifest =
        Manifest.of(
            Manifest.DOCKER_MANIFEST,
            """
            {"schemaVersion":2,"config":{"mediaType":"%s","digest":"%s","size":2},"layers":[
            {"mediaType":"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip","size":5,
             "digest":"sha256:%s","urls":["https://mcr.example/layer"]}]}"""
                .formatted(blob.mediaType(), blob.digest(), "0".repeat(64))
                .getBytes(StandardCharsets.UTF_8));
    memory.writeManifest(repository.tag("v1"), manifest);

    MirroredImage image = only(mirror(plan(repository.tag("v1"))).orElseThrow());

    assertThat(image.blobsSent()).isEqualTo(1);
    assertThat(memory.readManifest(image.entry().target()).content()).isEqualTo(manifest.content());
  }

  @Test
  void anImageNamedByDigestAloneIsStoredByIt() {
    ImageRef tagged = publish("gateway", 1);
    ImageRef source = tagged.repository().digest(memory.readManifest(tagged).digest());

    MirroredImage image = only(mirror(plan(source)).orElseThrow());

    assertThat(image.digest()).isEqualTo(source.digest());
    assertThat(memory.tags(image.entry().target().repository())).isEmpty();
    assertThat(memory.readManifest(image.entry().target()).content())
        .isEqualTo(memory.readManifest(tagged).content());
  }

  @Test
  void checkingCopiesNothingAndSaysWhatIsMissing() {
    ImageRef there = publish("gateway", 1);
    ImageRef missing = publish("datastorage", 2);
    MirrorPlan plan = withDigests(plan(there, missing));
    mirror(withDigests(plan(there))).orElseThrow();
    client.forget();

    MirrorReport report =
        new MirrorEngine(client, options, events::add).check(plan, CheckDepth.MANIFEST);

    assertThat(report.images())
        .extracting(MirroredImage::outcome)
        .containsExactly(MirroredImage.Outcome.PRESENT, MirroredImage.Outcome.FAILED);
    assertThat(report.failures().get(0).failure().orElseThrow().describe())
        .contains("mirror the plan");
    assertThat(report.problems())
        .extracting(Problem::code)
        .containsExactly(ProblemCode.IMAGE_NOT_IN_MIRROR);
    assertThat(client.calls())
        .allMatch(call -> call.startsWith("ping") || call.startsWith("findManifest"));
  }

  @Test
  void checkingDeeplyAsksForEveryBlob() {
    ImageRef whole = publish("gateway", 1);
    ImageRef torn = publish("datastorage", 2);
    MirrorPlan plan = plan(whole, torn);
    mirror(plan).orElseThrow();
    client.forget();
    String lost =
        memory
            .readManifest(
                torn.repository().digest(memory.readManifest(torn).children().get(2).digest()))
            .blobs()
            .get(3)
            .digest()
            .toString();
    MirrorEngine engine = new MirrorEngine(new Forgetful(client, lost), options, events::add);

    assertThat(engine.check(plan, CheckDepth.MANIFEST).isOk()).isTrue();
    MirrorReport report = engine.check(plan, CheckDepth.BLOBS);

    assertThat(report.images())
        .extracting(MirroredImage::outcome)
        .containsExactly(MirroredImage.Outcome.PRESENT, MirroredImage.Outcome.FAILED);
    assertThat(report.failures().get(0).failure().orElseThrow().describe())
        .contains("1 of its blobs are missing or truncated (" + lost + " is absent)");
    assertThat(report.problems())
        .extracting(Problem::code)
        .containsExactly(ProblemCode.IMAGE_INCOMPLETE_IN_MIRROR);
    assertThat(client.calls("findBlob")).hasSize(8 + 7);
    assertThat(client.calls()).noneMatch(call -> call.startsWith("write"));
  }

  @Test
  void anUnusableMirrorEndsTheRunBeforeAnythingIsAsked() {
    client.before(failing(call -> call.startsWith("ping"), Reason.UNAUTHORIZED, 401, 1));

    Throwable e = catchThrowable(() -> mirror(plan(publish("gateway", 1))));

    assertThat(e).isInstanceOf(RegistryException.class);
    assertThat(client.calls()).containsExactly("ping harbor.corp");
  }

  @Test
  void aMirrorThatCannotBeReachedIsNotWaitedForLong() {
    client.before(failing(call -> call.startsWith("ping"), Reason.UNREACHABLE, 0, 100));
    NoSleep sleeper = new NoSleep(0);
    MirrorPlan plan = plan(publish("gateway", 1));

    Throwable e =
        catchThrowable(
            () -> new MirrorEngine(client, client, options, events::add, sleeper).mirror(plan));

    assertThat(e).isInstanceOf(RegistryException.class);
    assertThat(sleeper.waits()).hasSize(2);
    assertThat(client.calls()).containsOnly("ping harbor.corp");
  }

  @Test
  void aClientThatCannotContinueUploadsSendsWholeBlobsAgain() {
    MirrorPlan plan = plan(publish("gateway", 1));
    int[] broken = {0};
    // The wrapper has no upload sessions, and breaks every first write.
    WatchedClient whole =
        new WatchedClient(new WithoutMounts(memory))
            .before(
                call -> {
                  if (call.startsWith("writeBlob")) {
                    synchronized (broken) {
                      if (broken[0]++ < 3) {
                        throw new RegistryException(
                            Reason.UNREACHABLE, "harbor.corp", 0, "the connection broke", null);
                      }
                    }
                  }
                });

    new MirrorEngine(whole, whole, options, events::add, new NoSleep(0)).mirror(plan).orElseThrow();

    assertMirrored(plan);
    assertThat(whole.calls("writeBlob")).hasSize(8 + 3);
    assertThat(events).filteredOn(ProgressEvent.Retrying.class::isInstance).hasSize(3);
  }

  @Test
  void blobsOfFinishedImagesAreMountedIntoLaterOnes() {
    ImageRef first = publish("gateway", 1);
    ImageRef second = publish("datastorage", 2);
    mirror(plan(first)).orElseThrow();
    client.forget();

    MirrorReport report = mirror(plan(first, second)).orElseThrow();

    assertThat(report.images().get(1).blobsMounted()).isEqualTo(2);
    assertThat(client.calls("writeBlob")).hasSize(6);
    assertMirrored(plan(first, second));
  }

  @Test
  void whatThereIsToDoIsKnownBeforeTheFirstByte() {
    ImageRef first = publish("gateway", 1);
    mirror(plan(first)).orElseThrow();
    events.clear();

    mirror(plan(first, publish("datastorage", 2), publish("notification", 3))).orElseThrow();

    assertThat(events)
        .filteredOn(
            event ->
                event instanceof ProgressEvent.MirrorSized
                    || event instanceof ProgressEvent.BytesSent)
        .first()
        .isInstanceOfSatisfying(
            ProgressEvent.MirrorSized.class,
            sized -> {
              assertThat(sized.images()).isEqualTo(2);
              assertThat(sized.blobs()).isEqualTo(2 + 2 * 6);
              assertThat(sized.bytes()).isGreaterThan(80_000 + 2 * 60_000);
            });
  }

  @Test
  void theLargestBlobsGoFirst() {
    options = MirrorOptions.builder().blobsAtOnce(1).build();

    mirror(plan(publish("gateway", 1))).orElseThrow();

    List<Long> sizes =
        client.calls("writeBlob").stream()
            .map(call -> Digest.parse(call.replaceAll(".*@", "")))
            .map(
                digest ->
                    memory
                        .findBlob(
                            Repository.parse("harbor.corp/airgap/kubernaut-ai/gateway"), digest)
                        .orElseThrow())
            .toList();
    assertThat(sizes).isSortedAccordingTo(Comparator.reverseOrder());
  }

  @Test
  void anInterruptEndsTheRunAndItsThreadsSoon() throws InterruptedException {
    MirrorPlan plan = plan(publish("gateway", 1), publish("datastorage", 2));
    CountDownLatch reached = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    List<Thread> workers = new CopyOnWriteArrayList<>();
    client.before(
        call -> {
          if (call.startsWith("readBlob")) {
            workers.add(Thread.currentThread());
            reached.countDown();
            try {
              never.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        });
    List<Throwable> thrown = new ArrayList<>();
    Thread run = new Thread(() -> thrown.add(catchThrowable(() -> mirror(plan))));
    run.start();
    reached.await();

    run.interrupt();
    run.join(5000);

    assertThat(run.isAlive()).isFalse();
    assertThat(thrown).hasSize(1);
    assertThat(thrown.get(0))
        .isInstanceOfSatisfying(
            CancelledException.class,
            e -> assertThat(e.reason()).isEqualTo(CancelledException.Reason.INTERRUPTED))
        .hasMessageContaining("interrupted");
    assertThat(events(ProgressEvent.ImageFinished.class)).isEmpty();
    for (Thread worker : workers) {
      worker.join(5000);
      assertThat(worker.isAlive()).isFalse();
    }
    client.before(call -> {});
    mirror(plan).orElseThrow();
    assertMirrored(plan);
  }

  @Test
  void aRunThatIsCancelledBeforeItBeginsAsksNothing() {
    options = MirrorOptions.builder().cancelledBy(CompletableFuture.completedStage(null)).build();

    Throwable e = catchThrowable(() -> mirror(plan(publish("gateway", 1))));

    assertThat(e)
        .isInstanceOfSatisfying(
            CancelledException.class,
            cancelled ->
                assertThat(cancelled.reason()).isEqualTo(CancelledException.Reason.CANCELLED));
    assertThat(client.calls()).isEmpty();
  }

  @Test
  void aRunIsCancelledWhileTheRegistryIsPinged() {
    CompletableFuture<Void> cancel = new CompletableFuture<>();
    options = MirrorOptions.builder().cancelledBy(cancel).build();
    MirrorPlan plan = plan(publish("gateway", 1));
    client.before(
        call -> {
          cancel.complete(null);
          awaitInterrupt();
          throw new RegistryException(Reason.UNREACHABLE, "harbor.corp", 0, "interrupted", null);
        });

    for (ThrowingCallable run :
        List.<ThrowingCallable>of(
            () -> mirror(plan),
            () ->
                new MirrorEngine(client, options, events::add).check(plan, CheckDepth.MANIFEST))) {
      assertThat(catchThrowable(run)).isInstanceOf(CancelledException.class);
    }

    assertThat(client.calls()).as("the check is cancelled before it asks").hasSize(1);
    assertThat(events(ProgressEvent.StepFinished.class)).hasSize(1);
  }

  @Test
  void imagesOfACancelledRunAreNotReportedAsFailed() {
    CompletableFuture<Void> cancel = new CompletableFuture<>();
    options = MirrorOptions.builder().cancelledBy(cancel).build();
    client.before(
        call -> {
          if (call.startsWith("readBlob")) {
            cancel.complete(null);
            awaitInterrupt();
            throw new RegistryException(Reason.UNREACHABLE, "quay.io", 0, "interrupted", null);
          }
        });

    Throwable e = catchThrowable(() -> mirror(plan(publish("gateway", 1), publish("other", 2))));

    assertThat(e)
        .isInstanceOfSatisfying(
            MirrorCancelledException.class,
            cancelled -> {
              assertThat(cancelled.report().images())
                  .extracting(MirroredImage::outcome)
                  .containsOnly(MirroredImage.Outcome.CANCELLED);
              assertThat(cancelled.report().problems())
                  .extracting(Problem::code)
                  .containsOnly(ProblemCode.MIRRORING_CANCELLED);
              assertThat(cancelled.checkpoint().uploads()).isZero();
            });
    assertThat(events(ProgressEvent.ImageFinished.class)).isEmpty();
  }

  @Test
  void aCancelledRunReportsWhatIsInTheMirrorByThen() {
    ImageRef there = publish("there", 1);
    mirror(plan(there)).orElseThrow();
    ImageRef copied = publish("copied", 2);
    ImageRef other = publish("other", 3);
    CompletableFuture<Void> cancel = new CompletableFuture<>();
    options = MirrorOptions.builder().imagesAtOnce(1).blobsAtOnce(1).cancelledBy(cancel).build();

    Throwable e =
        catchThrowable(
            () ->
                new MirrorEngine(
                        client,
                        options,
                        event -> {
                          if (event instanceof ProgressEvent.ImageFinished image
                              && image.source().equals(copied)) {
                            client.before(
                                call -> {
                                  cancel.complete(null);
                                  awaitInterrupt();
                                });
                          }
                        })
                    .mirror(plan(there, copied, other)));

    assertThat(e)
        .isInstanceOfSatisfying(
            MirrorCancelledException.class,
            cancelled -> {
              assertThat(cancelled.reason()).isEqualTo(CancelledException.Reason.CANCELLED);
              assertThat(cancelled.report().images())
                  .extracting(MirroredImage::outcome)
                  .containsExactly(
                      MirroredImage.Outcome.PRESENT,
                      MirroredImage.Outcome.COPIED,
                      MirroredImage.Outcome.CANCELLED);
              assertThat(cancelled.report().summary())
                  .contains("1 copied, 1 already there, 0 failed, 1 cancelled");
              assertThat(cancelled.report().isOk()).isFalse();
              assertThat(cancelled.withReason(CancelledException.Reason.DEADLINE).report())
                  .isEqualTo(cancelled.report());
            });
  }

  private static void awaitInterrupt() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whatTheListenerThrowsEndsTheRun() {
    IllegalStateException unwanted = new IllegalStateException("the listener broke");
    MirrorPlan plan = plan(publish("gateway", 1));

    Throwable e =
        catchThrowable(
            () ->
                new MirrorEngine(
                        client,
                        options,
                        event -> {
                          if (event instanceof ProgressEvent.BytesSent) {
                            throw unwanted;
                          }
                        })
                    .mirror(plan));

    assertThat(e).hasRootCause(unwanted);
    assertThat(memory.findManifest(plan.entries().get(0).target())).isEmpty();
  }

  @Test
  void progressCountsEveryByteOnceAndEveryImage() {
    MirrorPlan plan = plan(publish("gateway", 1), publish("datastorage", 2));

    MirrorReport report = mirror(plan).orElseThrow();

    long sent =
        events.stream()
            .filter(ProgressEvent.BytesSent.class::isInstance)
            .mapToLong(event -> ((ProgressEvent.BytesSent) event).bytes())
            .sum();
    assertThat(sent).isEqualTo(report.bytesSent());
    assertThat(events).filteredOn(ProgressEvent.ImageFinished.class::isInstance).hasSize(2);
    assertThat(events.get(0)).isInstanceOf(ProgressEvent.StepStarted.class);
    assertThat(events.get(events.size() - 1)).isInstanceOf(ProgressEvent.StepFinished.class);
  }

  @Test
  void progressKnowsHowMuchIsDoneAndHowLongTheRestTakes() {
    // A second for each piece of content, so that the clock goes with the bytes.
    NoSleep sleeper = new NoSleep(0);
    MirrorPlan plan = plan(publish("gateway", 1), publish("datastorage", 2));
    new MirrorEngine(
            client,
            client,
            MirrorOptions.builder().blobsAtOnce(1).build(),
            event -> {
              events.add(event);
              if (event instanceof ProgressEvent.BytesSent) {
                sleeper.pass(Duration.ofSeconds(1));
              }
            },
            sleeper)
        .mirror(plan)
        .orElseThrow();

    List<ProgressEvent.BytesSent> sent = events(ProgressEvent.BytesSent.class);
    long total = events(ProgressEvent.MirrorSized.class).get(0).bytes();
    assertThat(sent).allMatch(event -> event.total() == total);
    assertThat(sent).isSortedAccordingTo(Comparator.comparing(ProgressEvent.BytesSent::done));
    ProgressEvent.BytesSent last = sent.get(sent.size() - 1);
    assertThat(last.done()).isEqualTo(total);
    assertThat(last.remaining()).contains(Duration.ZERO);
    ProgressEvent.BytesSent third = sent.get(2);
    double speed = third.done() / 2.0;
    assertThat(third.remaining().orElseThrow().toMillis())
        .isEqualTo((long) ((total - third.done()) / speed * 1000));
    assertThat(third.toString()).contains("of 0.2 MB", "s left");
    assertThat(events(ProgressEvent.BlobFinished.class))
        .extracting(ProgressEvent.BlobFinished::way)
        .containsOnly(ProgressEvent.BlobFinished.Way.SENT, ProgressEvent.BlobFinished.Way.MOUNTED)
        .hasSize(2 * (2 + 3 * 2));
  }

  private <E extends ProgressEvent> List<E> events(Class<E> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }

  @Test
  void aRegistryIsAskedNoFasterThanItsLimit() {
    NoSleep sleeper = new NoSleep(0);
    MirrorPlan plan = plan(publish("gateway", 1));
    client.forget();

    mirror(plan, "harbor.corp", RateLimit.builder().requestsPerSecond(0.5).build(), sleeper);

    assertMirrored(plan);
    long requests = client.calls().stream().filter(call -> call.contains("harbor.corp")).count();
    assertThat(sleeper.nanoTime()).isGreaterThanOrEqualTo((requests - 1) * 2_000_000_000L);
    assertThat(events(ProgressEvent.Waiting.class))
        .extracting(ProgressEvent.Waiting::registry)
        .containsOnly("harbor.corp");
  }

  @Test
  void blobsComeNoFasterThanTheLimitOfTheirRegistry() {
    for (String registry : List.of("quay.io", "harbor.corp")) {
      NoSleep sleeper = new NoSleep(0);
      MirrorPlan plan = plan(publish("to-" + registry, registry.length()));

      MirrorReport report =
          mirror(plan, registry, RateLimit.builder().bytesPerSecond(10_000).build(), sleeper);

      assertMirrored(plan);
      assertThat(sleeper.nanoTime()).isGreaterThanOrEqualTo(report.bytesSent() * 100_000L);
    }
  }

  private MirrorReport mirror(MirrorPlan plan, String registry, RateLimit limit, NoSleep sleeper) {
    return new MirrorEngine(
            client,
            client,
            MirrorOptions.builder().putLimits(registry, limit).build(),
            events::add,
            sleeper)
        .mirror(plan)
        .orElseThrow();
  }

  @Test
  void limitsHaveToMakeSense() {
    assertThatThrownBy(() -> RateLimit.builder().requestsPerSecond(0).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("requestsPerSecond is 0.0");
    assertThatThrownBy(() -> RateLimit.builder().bytesPerSecond(1).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bytesPerSecond is 1;");
  }

  @Test
  void optionsHaveToMakeSense() {
    for (int wrong : List.of(0, -1, 65)) {
      assertThatThrownBy(() -> MirrorOptions.builder().imagesAtOnce(wrong).build())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("imagesAtOnce is " + wrong);
    }
    options = MirrorOptions.builder().imagesAtOnce(1).build();
    MirrorPlan plan = plan(publish("gateway", 1), publish("datastorage", 2));
    mirror(plan).orElseThrow();
    assertMirrored(plan);
  }

  @Test
  void aLimitForDockerHubCountsUnderEachOfItsNames() {
    NoSleep sleeper = new NoSleep(0);
    RateLimit limit = RateLimit.builder().requestsPerSecond(0.5).build();
    RegistryClient throttled =
        ThrottledClient.of(
            client,
            Map.of("index.docker.io", limit),
            Progress.of(ProgressEvent.Step.MIRROR, events::add),
            sleeper);
    Repository repository = Repository.parse("docker.io/library/postgres");

    throttled.tags(repository);
    throttled.tags(repository);

    assertThat(sleeper.waits()).isNotEmpty();
  }
}
