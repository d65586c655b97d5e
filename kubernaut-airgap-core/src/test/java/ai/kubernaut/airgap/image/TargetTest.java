package ai.kubernaut.airgap.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class TargetTest {
  private static final Digest DIGEST = Digest.parse("sha256:" + "0123456789abcdef".repeat(4));

  /** The guide, steps 2b and 4b, and what it leaves open. */
  @ParameterizedTest
  @CsvSource({
    "harbor.corp,                 /, quay.io/kubernaut-ai/gateway:v1.1.0, harbor.corp/kubernaut-ai/gateway:v1.1.0",
    "quay.io/myorg,               -, quay.io/kubernaut-ai/gateway:v1.1.0, quay.io/myorg/kubernaut-ai-gateway:v1.1.0",
    "mirror.corp.example.com:5000,/, registry.redhat.io/rhel10/postgresql-16, mirror.corp.example.com:5000/rhel10/postgresql-16:latest",
    "mirror.corp.example.com:5000,-, registry.redhat.io/rhel10/valkey-8, mirror.corp.example.com:5000/rhel10-valkey-8:latest",
    "harbor.corp,                 /, registry.redhat.io/openshift4/ose-cli-rhel9:v4.17, harbor.corp/openshift4/ose-cli-rhel9:v4.17",
    "ocp-registry:5000/kubernaut-system, -, quay.io/kubernaut-ai/gateway:v1.1.0, ocp-registry:5000/kubernaut-system/kubernaut-ai-gateway:v1.1.0",
    "harbor.corp/a/b,             /, quay.io/kubernaut-ai/gateway:v1.1.0, harbor.corp/a/b/kubernaut-ai/gateway:v1.1.0",
    "harbor.corp/a/b,             -, quay.io/x/y/z:1,                     harbor.corp/a/b/x-y-z:1",
    "harbor.corp,                 /, postgres:16-alpine,                  harbor.corp/library/postgres:16-alpine",
    "harbor.corp,                 -, postgres:16-alpine,                  harbor.corp/library-postgres:16-alpine",
    "harbor.corp,                 -, quay.io/must-gather,                 harbor.corp/must-gather:latest",
    "docker.io/myorg,             -, quay.io/kubernaut-ai/gateway:v1.1.0, docker.io/myorg/kubernaut-ai-gateway:v1.1.0",
    "[fd00::1]:5000,              /, quay.io/kubernaut-ai/gateway:v1.1.0, '[fd00::1]:5000/kubernaut-ai/gateway:v1.1.0'",
    "HARBOR.corp,                 /, quay.io/kubernaut-ai/gateway:v1.1.0, harbor.corp/kubernaut-ai/gateway:v1.1.0",
  })
  void nameOf(String registry, String separator, String source, String expected) {
    Target target = Target.registry(registry).separator(Separator.parse(separator));
    ImageRef name = target.nameOf(ImageRef.parse(source));
    assertThat(name).hasToString(expected);
    assertThat(ImageRef.parse(expected)).isEqualTo(name);
    assertThat(target.contains(name)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "quay.io/myorg,   2, /, quay.io/kubernaut-ai/gateway:1, quay.io/myorg/kubernaut-ai-gateway:1",
    "quay.io/myorg,   2, -, quay.io/kubernaut-ai/gateway:1, quay.io/myorg/kubernaut-ai-gateway:1",
    "quay.io/myorg,   3, /, quay.io/kubernaut-ai/gateway:1, quay.io/myorg/kubernaut-ai/gateway:1",
    "quay.io/myorg,   3, /, quay.io/a/b/c/d:1,              quay.io/myorg/a/b-c-d:1",
    "harbor.corp,     2, /, quay.io/kubernaut-ai/gateway:1, harbor.corp/kubernaut-ai/gateway:1",
    "harbor.corp,     2, /, quay.io/a/b/c:1,                harbor.corp/a/b-c:1",
    "harbor.corp,     1, /, quay.io/a/b/c:1,                harbor.corp/a-b-c:1",
    "harbor.corp/a/b, 3, /, quay.io/x/y/z:1,                harbor.corp/a/b/x-y-z:1",
    "harbor.corp,     2, /, quay.io/gather:1,               harbor.corp/gather:1",
  })
  void aDepthJoinsThePartsThatAreTooMany(
      String registry, int depth, String separator, String source, String expected) {
    Target target = Target.registry(registry).separator(Separator.parse(separator)).depth(depth);

    assertThat(target.nameOf(ImageRef.parse(source))).hasToString(expected);
    assertThat(target.depth()).hasValue(depth);
    assertThat(target)
        .isNotEqualTo(Target.registry(registry))
        .hasToString(registry + " (separator " + separator + ", depth " + depth + ")");
  }

  @Test
  void aDepthLeavesAPartForTheImage() {
    assertThatThrownBy(() -> Target.registry("harbor.corp/a/b").depth(2))
        .isInstanceOf(InvalidReferenceException.class)
        .hasMessage(
            "'harbor.corp/a/b' cannot be used: names may have 2 components here, and its own path has 2 already; take a shorter path");
    assertThatThrownBy(() -> Target.registry("harbor.corp").depth(0))
        .isInstanceOf(InvalidReferenceException.class);
    assertThat(Target.registry("harbor.corp").depth()).isEmpty();
  }

  @Test
  void aDigestStaysOnlyWhereThereIsNoTag() {
    Target target = Target.registry("harbor.corp");
    assertThat(target.nameOf(ImageRef.parse("quay.io/a/b@" + DIGEST)))
        .hasToString("harbor.corp/a/b@" + DIGEST);
    assertThat(target.nameOf(ImageRef.parse("quay.io/a/b:1@" + DIGEST)))
        .hasToString("harbor.corp/a/b:1");
  }

  @Test
  void hasAnAddressAsTheChartTakesIt() {
    Target target = Target.registry("quay.io/myorg").separator(Separator.DASH);
    assertThat(target.address()).isEqualTo("quay.io/myorg");
    assertThat(target.registry()).isEqualTo("quay.io");
    assertThat(target.prefix()).isEqualTo("myorg");
    assertThat(target).hasToString("quay.io/myorg (separator -)");
    assertThat(Target.registry("harbor.corp:5000").address()).isEqualTo("harbor.corp:5000");
    assertThat(Target.registry("harbor.corp").separator()).isEqualTo(Separator.SLASH);
    assertThat(target)
        .isEqualTo(Target.registry("QUAY.io/myorg").separator(Separator.DASH))
        .hasSameHashCodeAs(Target.registry("quay.io/myorg").separator(Separator.DASH))
        .isNotEqualTo(Target.registry("quay.io/myorg"));
  }

  @Test
  void holdsOnlyWhatLiesUnderItsPrefix() {
    Target target = Target.registry("quay.io/myorg");
    assertThat(target.contains(ImageRef.parse("quay.io/myorg/x"))).isTrue();
    assertThat(target.contains(ImageRef.parse("quay.io/myorganisation/x"))).isFalse();
    assertThat(target.contains(ImageRef.parse("quay.io/myorg"))).isFalse();
    assertThat(target.contains(ImageRef.parse("harbor.corp/myorg/x"))).isFalse();
    assertThat(Target.registry("quay.io").contains(ImageRef.parse("quay.io/x"))).isTrue();
  }

  static String[][] isRefused() {
    return new String[][] {
      {"", "the registry has no host name"},
      {"https://harbor.corp", "without a scheme"},
      {"docker://harbor.corp", "without a scheme"},
      {"harbor.corp/", "has an empty part"},
      {"harbor.corp/Project", "has an upper-case letter"},
      {"harbor.corp/a:1", "'a:1' is not lower-case letters"},
      {"harbor.corp:port", "the port 'port' is not a number"},
      {"<mirror-registry>", "'<mirror-registry>' is not a host name"},
      {"harbor corp", "'harbor corp' is not a host name"},
      {"[::1", "has no ']'"},
      {"harbor", "would be taken for a user of docker.io"},
      {"harbor/project", "would be taken for a user of docker.io"},
    };
  }

  @ParameterizedTest
  @MethodSource
  void isRefused(String text, String why) {
    assertThatThrownBy(() -> Target.registry(text))
        .isInstanceOf(InvalidReferenceException.class)
        .hasMessageContaining(why);
  }

  @Test
  void isRefusedWithoutShowingCredentials() {
    for (String text :
        new String[] {"robot:hunter2@harbor.corp", "https://robot:hunter2@harbor.corp/a"}) {
      assertThatThrownBy(() -> Target.registry(text))
          .isInstanceOf(InvalidReferenceException.class)
          .hasMessageContaining("harbor.corp")
          .hasMessageNotContaining("hunter2");
    }
  }

  @Test
  void anImageOfDockerHubNeedsAUsersName() {
    assertThatThrownBy(
            () ->
                Target.registry("docker.io")
                    .separator(Separator.DASH)
                    .nameOf(ImageRef.parse("quay.io/kubernaut-ai/gateway")))
        .isInstanceOf(InvalidReferenceException.class)
        .hasMessageContaining("docker.io/<user>");
  }

  @Test
  void aNameThatBecomesTooLongIsRefused() {
    assertThatThrownBy(
            () ->
                Target.registry("harbor.corp/" + "p".repeat(100))
                    .nameOf(ImageRef.parse("quay.io/" + "n".repeat(200))))
        .isInstanceOf(InvalidReferenceException.class)
        .hasMessageContaining("harbor.corp/ppp")
        .hasMessageContaining("301 characters, and 255 is the limit");
  }

  @Test
  void aSeparatorIsASlashOrADash() {
    assertThat(Separator.parse("/")).isEqualTo(Separator.SLASH).hasToString("/");
    assertThat(Separator.parse("-")).isEqualTo(Separator.DASH).hasToString("-");
    assertThatThrownBy(() -> Separator.parse("_"))
        .isInstanceOf(InvalidReferenceException.class)
        .hasMessageContaining("'/' for nested registries or '-' for flat ones");
  }
}
