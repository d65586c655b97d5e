package ai.kubernaut.airgap.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.common.AirgapException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class FieldsTest {
  private static Fields pod() {
    Map<String, Object> spec = new HashMap<>();
    spec.put("replicas", 3);
    spec.put("paused", true);
    spec.put("nothing", null);
    spec.put("list", List.of(Map.of("name", "a"), "text", Map.of("name", "b")));
    spec.put("labels", new HashMap<>(Map.of("x", 1)));
    return Fields.of(Map.of("kind", "Pod", "spec", spec));
  }

  @Test
  void valuesAreReadByTheirPath() {
    assertThat(pod().text("kind")).contains("Pod");
    assertThat(pod().text("spec", "replicas")).contains("3");
    assertThat(pod().number("spec", "replicas")).hasValue(3);
    assertThat(pod().flag("spec", "paused")).isTrue();
    assertThat(pod().list("spec", "list"))
        .extracting(e -> e.text("name").orElse(""))
        .containsExactly("a", "b");
    assertThat(pod().strings("spec", "labels")).isEqualTo(Map.of("x", "1"));
    assertThat(pod().fields("spec").text("replicas")).contains("3");
  }

  @Test
  void whatIsMissingOrOfAnotherKindIsEmpty() {
    assertThat(pod().value("spec", "nothing")).isEmpty();
    assertThat(pod().value("kind", "deeper")).isEmpty();
    assertThat(pod().text("spec")).isEmpty();
    assertThat(pod().text("spec", "list")).isEmpty();
    assertThat(pod().number("kind")).isEmpty();
    assertThat(pod().flag("kind")).isFalse();
    assertThat(pod().list("kind")).isEmpty();
    assertThat(pod().fields("kind")).isEqualTo(Fields.of(Map.of()));
    assertThat(pod().strings("kind")).isEmpty();
  }

  @Test
  void aChangeLeavesTheOriginalAsItIs() {
    Fields before = pod();
    Fields after = before.with("new", "spec", "deep", "er").with(4, "spec", "replicas");
    assertThat(after.text("spec", "deep", "er")).contains("new");
    assertThat(after.number("spec", "replicas")).hasValue(4);
    assertThat(after.flag("spec", "paused")).isTrue();
    assertThat(before).isEqualTo(pod()).hasSameHashCodeAs(pod());
    assertThat(before.with("x", "kind", "deep").text("kind", "deep")).contains("x");
  }

  @Test
  void theTreeIsCopiedAndUnmodifiable() {
    List<Object> list = new ArrayList<>(List.of(1));
    Fields fields = Fields.of(Map.of("list", list));
    list.add(2);
    assertThat(fields.value("list")).contains(List.of(1));
    assertThatThrownBy(() -> fields.content().put("x", 1))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> Fields.of(Map.of("set", Set.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no place in a JSON object");
  }

  @Test
  void contentDoesNotPrint() {
    KubernetesObject secret =
        KubernetesObject.named(ResourceType.SECRET, "ns", "s").with("aHVudGVyMg==", "data", "key");
    assertThat(secret).hasToString("Secret ns/s");
    assertThat(secret.fields()).hasToString("Fields[apiVersion, kind, metadata, data]");
    assertThat(ResourceType.JOB.group()).isEqualTo("batch");
    assertThat(ResourceType.JOB.version()).isEqualTo("v1");
    assertThat(ResourceType.SECRET.group()).isEmpty();
    assertThat(ServiceResponse.of(200, "x".repeat(5000)).body()).hasSize(4096);
  }

  @Test
  void waitsUntilTheConditionHoldsOrTheTimeIsOver() {
    WaitPolicy waitPolicy = WaitPolicy.of(Duration.ofMillis(20), Duration.ofMillis(1));
    AtomicInteger looks = new AtomicInteger();
    assertThat(waitPolicy.until(looks::incrementAndGet, seen -> seen == 3)).isEqualTo(3);
    assertThat(waitPolicy.until(() -> "never", seen -> false)).isEqualTo("never");
    assertThat(
            WaitPolicy.of(Duration.ofDays(200_000), Duration.ofDays(1))
                .until(() -> "at once", seen -> true))
        .as("a waitPolicy without end")
        .isEqualTo("at once");
    for (Duration duration : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
      assertThatThrownBy(() -> WaitPolicy.of(duration, Duration.ofSeconds(1)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> WaitPolicy.of(Duration.ofSeconds(1), duration))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aLookThatDoesNotEndIsCutOff() {
    WaitPolicy waitPolicy = WaitPolicy.of(Duration.ofMillis(1100), Duration.ofMillis(1));
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(2);
    Supplier<String> hangs =
        () -> {
          try {
            never.await();
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
          return "too late";
        };
    assertThatThrownBy(() -> waitPolicy.until(hangs, seen -> true))
        .isInstanceOfSatisfying(
            ClusterException.class,
            e -> assertThat(e.reason()).isEqualTo(ClusterException.Reason.UNREACHABLE))
        .hasMessageContaining("PT1.1S");
    AtomicInteger looks = new AtomicInteger();
    assertThat(
            waitPolicy.until(
                () -> looks.incrementAndGet() == 1 ? "first" : hangs.get(), seen -> false))
        .as("what was seen last")
        .isEqualTo("first");
    assertThatCode(interrupted::await).doesNotThrowAnyException();
  }

  @Test
  void aShortPatienceStillLooksOnce_andASingleLookTakesItsTime() {
    Supplier<String> takesAWhile =
        () -> {
          try {
            TimeUnit.MILLISECONDS.sleep(100);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return "seen";
        };
    WaitPolicy nano = WaitPolicy.of(Duration.ofNanos(1), Duration.ofNanos(1));
    assertThat(nano.until(takesAWhile, seen -> false)).isEqualTo("seen");
    assertThat(WaitPolicy.once().until(takesAWhile, seen -> false)).isEqualTo("seen");
    assertThat(WaitPolicy.once()).isEqualTo(WaitPolicy.once()).isNotEqualTo(nano);
  }

  @Test
  void whatALookThrowsIsThrown() {
    WaitPolicy waitPolicy = WaitPolicy.of(Duration.ofMillis(20), Duration.ofMillis(1));
    IllegalStateException thrown = new IllegalStateException("broken");
    assertThatThrownBy(
            () ->
                waitPolicy.until(
                    () -> {
                      throw thrown;
                    },
                    seen -> true))
        .isSameAs(thrown);
  }

  @Test
  void anInterruptEndsTheWaitAndStaysSet() {
    WaitPolicy waitPolicy = WaitPolicy.of(Duration.ofHours(1), Duration.ofHours(1));
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> waitPolicy.until(() -> 1, seen -> false))
        .isInstanceOf(AirgapException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
  }
}
