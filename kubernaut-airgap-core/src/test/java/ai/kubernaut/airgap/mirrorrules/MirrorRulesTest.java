package ai.kubernaut.airgap.mirrorrules;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.mirrorrules.MirrorRule.Pulls;
import ai.kubernaut.airgap.mirrorrules.MirrorRule.SourcePolicy;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What mirror rules mean on a node. */
final class MirrorRulesTest {
  private static final String DIGEST = "@sha256:" + "0".repeat(64);

  private static MirrorRule digest(String source, String... mirrors) {
    return rule(Pulls.DIGEST, source, mirrors);
  }

  private static MirrorRule tag(String source, String... mirrors) {
    return rule(Pulls.TAG, source, mirrors);
  }

  private static MirrorRule rule(Pulls pulls, String source, String... mirrors) {
    return MirrorRule.builder()
        .object(pulls + " " + source)
        .pulls(pulls)
        .source(source)
        .addMirrors(mirrors)
        .build();
  }

  private static MirrorRule never(MirrorRule rule) {
    return MirrorRule.builder().from(rule).sourcePolicy(SourcePolicy.NEVER_CONTACT_SOURCE).build();
  }

  private static List<String> locations(String image, MirrorRule... rules) {
    return MirrorRules.of(List.of(rules)).locations(ImageRef.parse(image)).stream()
        .map(ImageRef::toString)
        .toList();
  }

  @Test
  void withoutRulesAnImageIsPulledFromItsSource() {
    assertThat(locations("quay.io/a/b:1")).containsExactly("quay.io/a/b:1");
  }

  @Test
  void aMirrorReplacesTheSourceAndTheSourceIsLast() {
    assertThat(locations("quay.io/a/b" + DIGEST, digest("quay.io/a", "m.io/x", "n.io")))
        .containsExactly("m.io/x/b" + DIGEST, "n.io/b" + DIGEST, "quay.io/a/b" + DIGEST);
  }

  @Test
  void theMostSpecificSourceCountsAlone() {
    MirrorRule[] rules = {digest("quay.io", "m.io"), digest("quay.io/a", "n.io/a")};
    assertThat(locations("quay.io/a/b" + DIGEST, rules))
        .containsExactly("n.io/a/b" + DIGEST, "quay.io/a/b" + DIGEST);
    assertThat(locations("quay.io/ab/c" + DIGEST, rules))
        .containsExactly("m.io/ab/c" + DIGEST, "quay.io/ab/c" + DIGEST);
  }

  @Test
  void rulesForDigestsDoNotApplyToTags() {
    assertThat(locations("quay.io/a/b:1", digest("quay.io/a", "m.io/a")))
        .containsExactly("quay.io/a/b:1");
    assertThat(locations("quay.io/a/b" + DIGEST, tag("quay.io/a", "m.io/a")))
        .containsExactly("quay.io/a/b" + DIGEST);
  }

  @Test
  void aReferenceWithTagAndDigestIsPulledByDigest() {
    assertThat(locations("quay.io/a/b:1" + DIGEST, digest("quay.io/a", "m.io/a")).get(0))
        .isEqualTo("m.io/a/b:1" + DIGEST);
  }

  @Test
  void aMoreSpecificSourceForTagsHidesOneForDigests() {
    assertThat(
            locations(
                "quay.io/a/b" + DIGEST, digest("quay.io", "m.io"), tag("quay.io/a", "n.io/a")))
        .containsExactly("quay.io/a/b" + DIGEST);
  }

  @Test
  void aSourceThatIsNeverContactedIsNotPulledFromByTagEither() {
    MirrorRule rule = never(digest("quay.io/a", "m.io/a"));
    assertThat(locations("quay.io/a/b" + DIGEST, rule)).containsExactly("m.io/a/b" + DIGEST);
    assertThat(locations("quay.io/a/b:1", rule)).isEmpty();
  }

  @Test
  void aMirrorBelowASourceThatIsNeverContactedIsNotPulledFrom() {
    assertThat(
            locations(
                "docker.io/library/postgres" + DIGEST,
                never(digest("quay.io", "m.io")),
                digest("docker.io/library", "quay.io/mirror")))
        .containsExactly("docker.io/library/postgres" + DIGEST);
  }

  @Test
  void aMoreSpecificSourceMayBeContacted() {
    assertThat(
            locations(
                "quay.io/a/b" + DIGEST,
                never(digest("quay.io", "m.io")),
                digest("quay.io/a", "n.io/a")))
        .containsExactly("n.io/a/b" + DIGEST, "quay.io/a/b" + DIGEST);
  }

  @Test
  void theMirrorsOfSeveralObjectsAreMergedInTheirOrder() {
    assertThat(
            locations(
                "quay.io/a/b" + DIGEST,
                digest("quay.io/a", "c.io", "d.io", "e.io"),
                digest("quay.io/a", "a.io", "b.io", "c.io")))
        .containsExactly(
            "a.io/b" + DIGEST,
            "b.io/b" + DIGEST,
            "c.io/b" + DIGEST,
            "d.io/b" + DIGEST,
            "e.io/b" + DIGEST,
            "quay.io/a/b" + DIGEST);
  }

  @Test
  void contradictingOrdersStillNameEveryMirror() {
    assertThat(
            locations(
                "quay.io/a/b" + DIGEST,
                digest("quay.io/a", "a.io", "b.io"),
                digest("quay.io/a", "b.io", "a.io")))
        .containsExactlyInAnyOrder("a.io/b" + DIGEST, "b.io/b" + DIGEST, "quay.io/a/b" + DIGEST);
  }

  @Test
  void aRuleWithoutAMirrorHasNoEffect() {
    assertThat(
            locations(
                "quay.io/a/b" + DIGEST,
                digest("quay.io", "m.io"),
                never(digest("quay.io/a")),
                digest("quay.io/a", "quay.io/a")))
        .containsExactly("m.io/a/b" + DIGEST, "quay.io/a/b" + DIGEST);
  }

  @Test
  void onlyImagesThatPodsPullByTheirDigestAreChecked() {
    MirrorPlan.Builder builder = MirrorPlan.builder(Target.registry("harbor.corp"));
    for (String source : List.of("quay.io/a/b:1", "quay.io/c/d:1")) {
      ImageRef image = ImageRef.parse(source);
      builder.addEntries(
          MirrorEntry.builder()
              .source(image)
              .target(ImageRef.parse(source.replace("quay.io", "harbor.corp")))
              .digest(Digest.parse(DIGEST.substring(1)))
              .build());
    }
    MirrorPlan plan = builder.build();
    MirrorRules rules = MirrorRules.of(List.of(digest("quay.io/a", "harbor.corp/a")));
    ImageRef redirected = ImageRef.parse("quay.io/a/b" + DIGEST);
    ImageRef unknown = ImageRef.parse("quay.io/c/d" + DIGEST);
    assertThat(rules.problems(plan, List.of(redirected))).isEmpty();
    assertThat(rules.problems(plan, List.of(redirected, unknown)))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.code()).isEqualTo(ProblemCode.MIRROR_RULE_MISSING);
              assertThat(problem.subject()).isEqualTo(Subject.image(unknown));
            });
    assertThat(rules.problems(plan, List.of())).isEmpty();
  }

  @Test
  void aHostAloneIsNotARepository() {
    assertThat(locations("quay.io/a/b" + DIGEST, digest("quay.io/a/b", "m.io"))).hasSize(1);
  }

  @Test
  void aWildcardStandsForTheHost() {
    MirrorRule rule = digest("*.redhat.io", "m.io/redhat");
    assertThat(locations("registry.redhat.io/ubi9/x" + DIGEST, rule).get(0))
        .isEqualTo("m.io/redhat/ubi9/x" + DIGEST);
    assertThat(locations("redhat.io/ubi9/x" + DIGEST, rule)).hasSize(1);
    assertThat(locations("quay.io/a.redhat.io/x" + DIGEST, rule)).hasSize(1);
  }

  @Test
  void aPortIsPartOfTheHost() {
    assertThat(locations("quay.io:443/a/b" + DIGEST, digest("quay.io", "m.io"))).hasSize(1);
    assertThat(locations("quay.io:443/a/b" + DIGEST, digest("quay.io:443/a", "m.io"))).hasSize(2);
  }

  /**
   * 500 random sets of rules, against an implementation that was written from the documentation
   * alone. Where several objects name mirrors for one source, the documentation leaves the order
   * open except for that of each list; then the same locations in an order that keeps each list are
   * right.
   */
  @Test
  void randomRulesMeanWhatTheDocumentationSays() {
    int redirected = 0;
    int blocked = 0;
    int compared = 0;
    for (int seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      List<MirrorRule> rules = randomRules(random);
      MirrorRules ours = MirrorRules.of(rules);
      DocumentedRules documented = new DocumentedRules(rules);
      for (int i = 0; i < 20; i++) {
        ImageRef image = randomImage(random);
        List<String> found = ours.locations(image).stream().map(ImageRef::toString).toList();
        List<String> wanted = documented.locations(image);
        assertThat(found)
            .as("seed %d, %s", seed, image)
            .containsExactlyInAnyOrderElementsOf(wanted);
        assertThat(found.indexOf(image.toString())).isEqualTo(wanted.indexOf(image.toString()));
        requireListOrder(rules, image, found, seed);
        compared++;
        redirected += found.size() > 1 ? 1 : 0;
        blocked += found.contains(image.toString()) ? 0 : 1;
      }
    }
    System.out.printf(
        "%d references compared: %d with mirrors, %d with a source that is never contacted%n",
        compared, redirected, blocked);
    assertThat(redirected).isGreaterThan(1500);
    assertThat(blocked).isGreaterThan(500);
  }

  private static void requireListOrder(
      List<MirrorRule> rules, ImageRef image, List<String> found, int seed) {
    Pulls pulls = image.digest().isPresent() ? Pulls.DIGEST : Pulls.TAG;
    String source =
        MirrorRules.of(rules)
            .entry(image.repository().toString())
            .map(MirrorRules.Entry::source)
            .orElse("");
    for (MirrorRule rule : rules) {
      List<Integer> places = new ArrayList<>();
      for (String mirror : rule.mirrors()) {
        String rest = image.toString().replaceFirst("^" + Pattern.quote(rule.source()), "");
        int place = found.indexOf(mirror + rest);
        if (place >= 0 && rule.pulls() == pulls && rule.source().equals(source)) {
          places.add(place);
        }
      }
      assertThat(places)
          .as("seed %d, %s", seed, image)
          .isSortedAccordingTo(Comparator.naturalOrder());
    }
  }

  private static final List<String> NAMES = List.of("a", "b", "ab");
  private static final List<String> HOSTS =
      List.of("quay.io", "reg.corp", "sub.reg.corp", "quay.io:5000");

  private static List<MirrorRule> randomRules(Random random) {
    List<MirrorRule> rules = new ArrayList<>();
    int count = 1 + random.nextInt(8);
    for (int i = 0; i < count; i++) {
      String source = random.nextInt(8) == 0 ? "*.reg.corp" : randomName(random, random.nextInt(4));
      List<String> mirrors = new ArrayList<>();
      // Drawn in one order, so that no two lists contradict each other.
      for (String mirror :
          List.of("m1.io", "m2.io/x", "quay.io/mirror", "m3.io:5000/y/z", "reg.corp/a")) {
        if (random.nextInt(3) == 0 && !mirror.equals(source)) {
          mirrors.add(mirror);
        }
      }
      if (random.nextInt(10) == 0) {
        mirrors.add(source);
      }
      if (source.startsWith("*.")) {
        mirrors.remove(source);
      }
      MirrorRule rule =
          rule(
              random.nextBoolean() ? Pulls.DIGEST : Pulls.TAG,
              source,
              mirrors.toArray(String[]::new));
      rules.add(random.nextInt(4) == 0 ? never(rule) : rule);
    }
    return rules;
  }

  private static String randomName(Random random, int components) {
    StringBuilder name = new StringBuilder(HOSTS.get(random.nextInt(HOSTS.size())));
    for (int i = 0; i < components; i++) {
      name.append('/').append(NAMES.get(random.nextInt(NAMES.size())));
    }
    return name.toString();
  }

  private static ImageRef randomImage(Random random) {
    String name = randomName(random, 1 + random.nextInt(3));
    return ImageRef.parse(
        switch (random.nextInt(3)) {
          case 0 -> name + ":1";
          case 1 -> name + DIGEST;
          default -> name + ":1" + DIGEST;
        });
  }
}
