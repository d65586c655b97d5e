package ai.kubernaut.airgap.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.image.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OverlaySolverTest {
  private static final StringValue REGISTRY = value("registry", "quay.io");
  private static final StringValue NAMESPACE = value("namespace", "kubernaut-ai");
  private static final StringValue SEPARATOR = value("separator", "/");
  private static final StringValue TAG = value("tag", "v1");

  private static StringValue value(String key, String text) {
    return new StringValue(List.of(key), text);
  }

  /** A pattern of values and texts between them. */
  private static ReferencePattern pattern(Object... parts) {
    StringBuilder reference = new StringBuilder();
    TreeMap<Integer, StringValue> slots = new TreeMap<>();
    for (Object part : parts) {
      if (part instanceof StringValue value) {
        slots.put(reference.length(), value);
        reference.append(value.text());
      } else {
        reference.append(part);
      }
    }
    return ReferencePattern.of(reference.toString(), slots).orElseThrow();
  }

  private static OverlaySolver.Goal goal(String wanted, Object... parts) {
    return new OverlaySolver.Goal(pattern(parts), List.of(wanted));
  }

  private static ReferencePattern service(String name) {
    return pattern(REGISTRY, "/", NAMESPACE, SEPARATOR, name, ":", TAG);
  }

  @ParameterizedTest
  @CsvSource({
    "harbor.corp,        /, registry=harbor.corp",
    "harbor.corp,        -, registry=harbor.corp separator=-",
    "harbor.corp:5000/m, /, registry=harbor.corp:5000/m",
    "quay.io/myorg,      -, registry=quay.io/myorg separator=-",
    "quay.io,            -, separator=-",
    "quay.io,            /, ''",
  })
  void theFewestValuesAreChangedAndTheTagStays(String target, String separator, String changes) {
    Target mirror = Target.registry(target).separator(Separator.parse(separator));
    List<OverlaySolver.Goal> goals = new ArrayList<>();
    for (String name : List.of("gateway", "db-migrate", "holmesgpt-api")) {
      ReferencePattern pattern = service(name);
      goals.add(
          new OverlaySolver.Goal(
              pattern, List.of(mirror.nameOf(ImageRef.parse(pattern.with(Map.of()))).toString())));
    }
    assertThat(
            OverlaySolver.solve(goals).entrySet().stream()
                .map(change -> change.getKey() + "=" + change.getValue())
                .sorted()
                .collect(Collectors.joining(" ")))
        .isEqualTo(changes);
  }

  @Test
  void whatCannotBeHadTogetherIsHadAsFarAsPossible() {
    assertThat(
            OverlaySolver.solve(
                List.of(
                    goal("m/kubernaut-ai-tool:v1", REGISTRY, "/kubernaut-ai/tool:", TAG),
                    goal("m/a:v1", REGISTRY, "/a:", TAG),
                    goal("m/b:v1", REGISTRY, "/b:", TAG),
                    goal("n/c:v1", REGISTRY, "/c:", TAG))))
        .containsExactly(Map.entry(REGISTRY, "m"));
  }

  @Test
  void aValueInTwoReferencesHasOneText() {
    StringValue repository = value("repository", "quay.io/a");
    assertThat(
            OverlaySolver.solve(
                List.of(goal("m/a/x:1", repository, "/x:1"), goal("n/a/y:1", repository, "/y:1"))))
        .as("one of the two, not a mixture")
        .hasSize(1)
        .containsValue("m/a");
  }

  @Test
  void aBetterTextIsTakenWhereTheChartAllowsIt() {
    StringValue whole = value("image", "quay.io/a/b");
    assertThat(
            OverlaySolver.solve(
                List.of(new OverlaySolver.Goal(pattern(whole), List.of("m/a/b:latest", "m/a/b")))))
        .containsExactly(Map.entry(whole, "m/a/b:latest"));
    assertThat(
            OverlaySolver.solve(
                List.of(
                    new OverlaySolver.Goal(
                        pattern(REGISTRY, "/a/b"), List.of("m/a/b:latest", "m/a/b")))))
        .containsExactly(Map.entry(REGISTRY, "m"));
  }

  @Test
  void aReferenceWithoutValuesIsLeft() {
    assertThat(OverlaySolver.solve(List.of(goal("m/a:1", "quay.io/a:1")))).isEmpty();
    assertThat(OverlaySolver.solve(List.of())).isEmpty();
  }

  /** References made from random texts for the values: those, or simpler ones, are found again. */
  @Test
  void whatCanBeReachedIsReached() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      List<StringValue> values = new ArrayList<>();
      Map<StringValue, String> texts = new LinkedHashMap<>();
      for (int i = 0; i < 4; i++) {
        StringValue value = value("k" + i, text(random));
        values.add(value);
        if (random.nextBoolean()) {
          texts.put(value, text(random));
        }
      }
      List<OverlaySolver.Goal> goals = new ArrayList<>();
      for (int i = random.nextInt(6); i >= 0; i--) {
        List<Object> parts = new ArrayList<>();
        for (int j = random.nextInt(4); j >= 0; j--) {
          parts.add(values.get(random.nextInt(values.size())));
          if (random.nextBoolean()) {
            parts.add("/:-".charAt(random.nextInt(3)) + "s" + i);
          }
        }
        ReferencePattern pattern = pattern(parts.toArray());
        goals.add(new OverlaySolver.Goal(pattern, List.of(pattern.with(texts))));
      }
      Map<StringValue, String> found = OverlaySolver.solve(goals);
      assertThat(goals)
          .as("seed " + seed)
          .allSatisfy(goal -> assertThat(goal.wanted()).contains(goal.pattern().with(found)));
      assertThat(found).as("seed " + seed).hasSizeLessThanOrEqualTo(texts.size());
    }
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(5); i >= 0; i--) {
      text.append("ab/-.".charAt(random.nextInt(5)));
    }
    return text.toString();
  }
}
