package ai.kubernaut.airgap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.mirror.MirrorCancelledException;
import ai.kubernaut.airgap.mirror.MirrorOptions;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.mirror.MirroredImage;
import ai.kubernaut.airgap.mirror.TestImages;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.ForwardingRegistryClient;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import ai.kubernaut.airgap.registry.retry.RateLimit;
import ai.kubernaut.airgap.registry.retry.RetryPolicy;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The options of a run apply to each of its steps. */
@Timeout(60)
final class RunOptionsTest {
  private static final RetryPolicy QUICK =
      RetryPolicy.builder().baseDelay(Duration.ofMillis(1)).build();

  private final MemoryRegistryClient memory = MemoryRegistryClient.create();
  private final List<ProgressEvent> events = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    memory.close();
  }

  private MirrorPlan plan(String... names) {
    MirrorPlan.Builder plan = MirrorPlan.builder(Target.registry("harbor.corp"));
    for (int i = 0; i < names.length; i++) {
      ImageRef image = ImageRef.parse("quay.io/kubernaut-ai/" + names[i] + ":v1");
      TestImages.publish(
          memory, image, TestImages.Kind.OCI, List.of(TestImages.bytes(5000, i)), 50 + i);
      plan.image(image);
    }
    return plan.build();
  }

  private Airgap airgap(RegistryClient client) {
    return Airgap.builder().registry(client).onProgress(events::add).build();
  }

  /** Fails each request for the content of a blob once. */
  private static final class FailingOnce extends ForwardingRegistryClient {
    private final AtomicInteger failures = new AtomicInteger();

    FailingOnce(RegistryClient client) {
      super(client);
    }

    @Override
    public InputStream readBlob(Repository repository, Descriptor blob, long offset) {
      if (failures.getAndIncrement() == 0) {
        throw new RegistryException(Reason.SERVER, "quay.io", 503, "a test failed", null);
      }
      return super.readBlob(repository, blob, offset);
    }
  }

  /** Stops at the first blob that is asked for, until the thread is interrupted. */
  private static final class Stuck extends ForwardingRegistryClient {
    private final CountDownLatch reached = new CountDownLatch(1);

    Stuck(RegistryClient client) {
      super(client);
    }

    @Override
    public InputStream readBlob(Repository repository, Descriptor blob, long offset) {
      reached.countDown();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new RegistryException(Reason.UNREACHABLE, "quay.io", 0, "interrupted", null);
    }
  }

  @Test
  void allStepsOfARunHaveItsIdentifierAndItsListener() {
    MirrorPlan plan = plan("gateway", "datastorage");
    List<ProgressEvent> ofRun = new CopyOnWriteArrayList<>();
    try (Airgap airgap = airgap(memory)) {
      airgap.checkMirror(plan);
      StepRun<MirrorReport> run =
          airgap.start(
              steps -> {
                steps.preflight(plan);
                return steps.mirror(plan);
              },
              RunOptions.builder().id("nightly-42").listener(ofRun::add).build());
      assertThat(run.await().isOk()).isTrue();
      assertThat(run.id()).isEqualTo("nightly-42");
    }
    assertThat(ofRun).extracting(ProgressEvent::run).containsOnly("nightly-42");
    assertThat(ofRun)
        .filteredOn(ProgressEvent.StepFinished.class::isInstance)
        .extracting(event -> ((ProgressEvent.StepFinished) event).step())
        .containsExactly(ProgressEvent.Step.PREFLIGHT, ProgressEvent.Step.MIRROR);
    assertThat(events).containsAll(ofRun).hasSizeGreaterThan(ofRun.size());
  }

  @Test
  void aRunHasARandomIdentifierByDefault() {
    try (Airgap airgap = airgap(memory)) {
      assertThat(airgap.start(steps -> "done").id())
          .isNotEqualTo(airgap.start(steps -> "done").id());
    }
  }

  @Test
  void theRetriesOfARunReplaceThoseOfItsSteps() {
    MirrorPlan plan = plan("gateway");
    RunOptions once = RunOptions.builder().retry(RetryPolicy.builder().attempts(1).build()).build();
    try (Airgap airgap = airgap(new FailingOnce(memory))) {
      assertThat(airgap.run(steps -> steps.mirror(plan), once).isOk()).isFalse();
    }
    assertThat(events).noneMatch(ProgressEvent.Retrying.class::isInstance);
    try (Airgap airgap = airgap(new FailingOnce(memory))) {
      RunOptions quick = RunOptions.builder().retry(QUICK).build();
      assertThat(airgap.run(steps -> steps.mirror(plan), quick).isOk()).isTrue();
    }
    assertThat(events)
        .filteredOn(ProgressEvent.Retrying.class::isInstance)
        .extracting(event -> ((ProgressEvent.Retrying) event).failure())
        .allMatch(RegistryException.class::isInstance);
  }

  @Test
  void theLimitsOfARunHoldForAllItsSteps() {
    MirrorPlan plan = plan("gateway");
    RunOptions slow =
        RunOptions.builder()
            .limits(Map.of("harbor.corp", RateLimit.builder().requestsPerSecond(0.01).build()))
            .deadline(Duration.ofSeconds(1))
            .build();
    try (Airgap airgap = airgap(memory)) {
      Throwable e =
          catchThrowable(
              () ->
                  airgap.run(
                      steps -> {
                        steps.listMirror(plan);
                        return steps.listMirror(plan);
                      },
                      slow));
      assertThat(e).isNotNull();
    }
    assertThat(events)
        .filteredOn(ProgressEvent.Waiting.class::isInstance)
        .extracting(event -> ((ProgressEvent.Waiting) event).registry())
        .containsOnly("harbor.corp");
  }

  @Test
  void aDeadlineLeavesAReportOfWhatWasDone() {
    MirrorPlan plan = plan("gateway");
    try (Airgap airgap = airgap(new Stuck(memory))) {
      Throwable e =
          catchThrowable(
              () ->
                  airgap.run(
                      steps -> steps.mirror(plan),
                      RunOptions.builder().deadline(Duration.ofMillis(200)).build()));
      assertThat(e)
          .isInstanceOfSatisfying(
              MirrorCancelledException.class,
              cancelled -> {
                assertThat(cancelled.reason()).isEqualTo(CancelledException.Reason.DEADLINE);
                assertThat(cancelled.report().images())
                    .extracting(MirroredImage::outcome)
                    .containsExactly(MirroredImage.Outcome.CANCELLED);
              });
    }
    assertThat(events.get(events.size() - 1))
        .isInstanceOfSatisfying(
            ProgressEvent.StepFinished.class,
            end -> {
              assertThat(end.successful()).isFalse();
              assertThat(end.failure()).containsInstanceOf(MirrorCancelledException.class);
            });
  }

  @Test
  void progressCanBeAskedForAtAnyTime() throws InterruptedException {
    MirrorPlan plan = plan("gateway", "datastorage");
    Stuck stuck = new Stuck(memory);
    try (Airgap airgap = airgap(stuck)) {
      StepRun<MirrorReport> run = airgap.start(steps -> steps.mirror(plan));
      stuck.reached.await();
      RunProgress begun = run.progress();
      assertThat(begun.step()).contains(ProgressEvent.Step.MIRROR);
      assertThat(begun.items()).isEqualTo(2);
      assertThat(begun.itemsDone()).isZero();
      assertThat(begun.bytes()).isGreaterThan(10_000);
      assertThat(begun.bytesDone()).isZero();
      assertThat(begun.message()).contains("2 images to copy");
      run.cancel();
    }
    try (Airgap airgap = airgap(memory)) {
      StepRun<MirrorReport> run = airgap.start(steps -> steps.mirror(plan));
      MirrorReport report = run.await();
      RunProgress ended = run.progress();
      assertThat(ended.itemsDone()).isEqualTo(2);
      assertThat(ended.bytesDone()).isEqualTo(ended.bytes());
      assertThat(ended.bytesSent()).isEqualTo(report.bytesSent());
      assertThat(ended.message()).isEqualTo(report.summary());
    }
  }

  @Test
  void aSecondStepStartsItsProgressAnew() {
    RunProgress first =
        RunProgress.builder()
            .build()
            .after(new ProgressEvent.StepStarted("1", ProgressEvent.Step.MIRROR, 3, "Mirroring"))
            .after(
                new ProgressEvent.BytesSent("1", 10, 10, 30, Optional.of(Duration.ofSeconds(2))));
    assertThat(first.remaining()).contains(Duration.ofSeconds(2));
    RunProgress second =
        first.after(new ProgressEvent.StepStarted("1", ProgressEvent.Step.VERIFY, 0, "Verifying"));
    assertThat(second)
        .isEqualTo(
            RunProgress.builder()
                .step(ProgressEvent.Step.VERIFY)
                .bytesSent(10)
                .message("Verifying")
                .build());
  }

  @Test
  void aPausedRunIsContinuedFromItsCheckpoint() throws InterruptedException {
    MirrorPlan plan = plan("gateway");
    Digest digest = memory.findManifest(plan.entries().get(0).source()).orElseThrow().digest();
    Stuck stuck = new Stuck(memory);
    try (Airgap airgap = airgap(stuck)) {
      StepRun<MirrorReport> run =
          airgap.start(
              steps -> steps.mirror(plan, MirrorOptions.builder().resumable(true).build()));
      stuck.reached.await();
      assertThat(run.pause())
          .hasValueSatisfying(checkpoint -> assertThat(checkpoint.uploads()).isBetween(1, 4));
    }
    try (Airgap airgap = airgap(memory)) {
      assertThat(airgap.mirror(plan).orElseThrow().images().get(0).digest()).contains(digest);
    }
  }
}
