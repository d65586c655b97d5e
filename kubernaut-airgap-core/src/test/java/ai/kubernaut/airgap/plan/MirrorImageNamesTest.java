package ai.kubernaut.airgap.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.image.Target;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MirrorImageNamesTest {
  private static final Target TARGET = Target.registry("harbor.corp").separator(Separator.DASH);
  private static final Digest PINNED = digest("pinned");
  private static final Digest OTHER = digest("other");
  private static final MirrorPlan PLAN =
      MirrorPlan.builder(TARGET)
          .image(ImageRef.parse("postgres:16"))
          .image(ImageRef.parse("testcontainers/ryuk:0.13.0"))
          .image(ImageRef.parse("quay.io/acme/untagged"))
          .image(ImageRef.parse("quay.io/acme/pinned:1@" + PINNED))
          .build();

  private static Digest digest(String content) {
    return Digest.sha256(content.getBytes(StandardCharsets.UTF_8));
  }

  private static String map(String image) {
    return MirrorImageNames.of(PLAN).apply(image);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgres:16",
        "library/postgres:16",
        "docker.io/postgres:16",
        "docker.io/library/postgres:16",
        "index.docker.io/library/postgres:16"
      })
  void everyNameOfAnImageOfDockerHubIsKnown(String name) {
    assertThat(map(name)).isEqualTo("harbor.corp/library-postgres:16");
  }

  @Test
  void anImageIsFoundByItsTag() {
    assertThat(map("testcontainers/ryuk:0.13.0"))
        .isEqualTo("harbor.corp/testcontainers-ryuk:0.13.0");
    assertThat(map("quay.io/acme/untagged")).isEqualTo("harbor.corp/acme-untagged:latest");
    assertThat(map("quay.io/acme/untagged:latest")).isEqualTo("harbor.corp/acme-untagged:latest");
    assertThat(map("quay.io/acme/pinned:1")).isEqualTo("harbor.corp/acme-pinned:1");
  }

  @Test
  void aDigestStaysADigest() {
    assertThat(map("quay.io/acme/pinned@" + PINNED)).isEqualTo("harbor.corp/acme-pinned@" + PINNED);
    assertThat(map("quay.io/acme/pinned:1@" + PINNED))
        .isEqualTo("harbor.corp/acme-pinned@" + PINNED);
  }

  @Test
  void aDigestBecomesThatOfTheMirrorWherePlatformsAreLeftOut() {
    MirrorPlan plan =
        MirrorPlan.builder(TARGET)
            .platforms(Platforms.of(Platform.parse("linux/amd64")))
            .image(ImageRef.parse("quay.io/acme/pinned@" + PINNED))
            .build();
    MirrorImageNames mirrored =
        MirrorImageNames.of(
            plan.withMirroredDigests(
                Map.of(ImageRef.parse("quay.io/acme/pinned@" + PINNED), OTHER)));

    assertThat(mirrored.apply("quay.io/acme/pinned@" + PINNED))
        .isEqualTo("harbor.corp/acme-pinned@" + OTHER);
    assertThat(mirrored.apply("quay.io/acme/pinned@" + OTHER))
        .isEqualTo("harbor.corp/acme-pinned@" + OTHER);
    assertThat(MirrorImageNames.of(plan).apply("quay.io/acme/pinned@" + PINNED))
        .as("before the mirror run")
        .isEqualTo("harbor.corp/acme-pinned@" + PINNED);
  }

  @Test
  void whatIsInTheMirrorKeepsItsName() {
    assertThat(map(map("postgres:16"))).isEqualTo("harbor.corp/library-postgres:16");
  }

  @Test
  void anImageThatIsNotInThePlanIsRefused() {
    ImageNotInPlanException refusal =
        catchThrowableOfType(ImageNotInPlanException.class, () -> map("postgres:17"));
    assertThat(refusal)
        .hasMessage(
            "docker.io/library/postgres:17 cannot be pulled from harbor.corp: the plan does not have it,"
                + " but has docker.io/library/postgres:16; add the image to the plan and mirror it");
    assertThat(refusal.image()).isEqualTo(ImageRef.parse("postgres:17"));
    assertThatThrownBy(() -> map("quay.io/acme/pinned:1@" + OTHER))
        .isInstanceOf(ImageNotInPlanException.class);
    assertThatThrownBy(() -> map("harbor.corp/library-postgres:17"))
        .isInstanceOf(ImageNotInPlanException.class);
    assertThatThrownBy(() -> map("Not a name")).isInstanceOf(InvalidReferenceException.class);
  }

  @Test
  void otherImagesAreKeptOnRequest() {
    MirrorImageNames names = MirrorImageNames.of(PLAN).keepOthers();
    assertThat(names.apply("redis:7")).isEqualTo("redis:7");
    assertThat(names.apply("postgres:16")).isEqualTo("harbor.corp/library-postgres:16");
    assertThat(names).hasToString("names in harbor.corp");
  }
}
