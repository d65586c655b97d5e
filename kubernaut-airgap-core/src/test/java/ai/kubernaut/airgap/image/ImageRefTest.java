package ai.kubernaut.airgap.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class ImageRefTest {
  private static final String HEX =
      "6e2cdb22d6ab0264f2a1d3f0ad5dbd3ae16d3b2d8ba9e1a2a1ab4e1cf1d0c0ff";
  private static final Digest DIGEST = Digest.parse("sha256:" + HEX);

  @ParameterizedTest
  @CsvSource({
    "quay.io/kubernaut-ai/gateway:v1.1.0,     quay.io/kubernaut-ai/gateway:v1.1.0",
    "postgres,                                docker.io/library/postgres",
    "postgres:16-alpine,                      docker.io/library/postgres:16-alpine",
    "bitnami/kubectl,                         docker.io/bitnami/kubectl",
    "docker.io/postgres,                      docker.io/library/postgres",
    "Docker.IO/postgres,                      docker.io/library/postgres",
    "index.docker.io/library/postgres,        docker.io/library/postgres",
    "registry-1.docker.io/bitnami/kubectl,    docker.io/bitnami/kubectl",
    "localhost/x,                             localhost/x",
    "LOCALHOST/x,                             localhost/x",
    "localhost:5000/x:1,                      localhost:5000/x:1",
    "harbor.corp:5000/a/b/c/d/e:1,            harbor.corp:5000/a/b/c/d/e:1",
    "HARBOR.corp:5000/a,                      harbor.corp:5000/a",
    "Harbor/x,                                Harbor/x",
    "harbor/x,                                docker.io/harbor/x",
    "[::1]/x,                                 [::1]/x",
    "[::1]:5000/x:1,                          [::1]:5000/x:1",
    "[FD00::1]:5000/x,                        [fd00::1]:5000/x",
    "[::ffff:10.0.0.1]/x,                     [::ffff:10.0.0.1]/x",
    "10.0.0.1:5000/x,                         10.0.0.1:5000/x",
    "a.b/x_y/x__y/x.y/x---y:_T.a-g,           a.b/x_y/x__y/x.y/x---y:_T.a-g",
  })
  void isKeptInFull(String text, String full) {
    assertThat(ImageRef.parse(text)).hasToString(full).isEqualTo(ImageRef.parse(full));
  }

  /** Lengths and ports at their limits. */
  static Stream<String> longest() {
    return Stream.of(
        "quay.io/" + "x".repeat(255),
        "quay.io/x:" + "t".repeat(128),
        "quay.io:1/x",
        "quay.io:65535/x");
  }

  @ParameterizedTest
  @MethodSource
  void longest(String text) {
    assertThat(ImageRef.parse(text)).hasToString(text);
  }

  @Test
  void hasATagADigestBothOrNeither() {
    ImageRef neither = ImageRef.parse("quay.io/a/b");
    assertThat(neither.tag()).isEmpty();
    assertThat(neither.digest()).isEmpty();
    assertThat(neither.tagOrLatest()).contains("latest");
    assertThat(neither.manifestReference()).isEqualTo("latest");

    ImageRef tagged = ImageRef.parse("quay.io/a/b:1");
    assertThat(tagged.tagOrLatest()).contains("1");
    assertThat(tagged.manifestReference()).isEqualTo("1");

    ImageRef pinned = ImageRef.parse("quay.io/a/b@" + DIGEST);
    assertThat(pinned.digest()).contains(DIGEST);
    assertThat(pinned.tagOrLatest()).isEmpty();
    assertThat(pinned.manifestReference()).isEqualTo(DIGEST.toString());

    ImageRef both = ImageRef.parse("quay.io/a/b:1@" + DIGEST);
    assertThat(both.tag()).contains("1");
    assertThat(both.manifestReference()).isEqualTo(DIGEST.toString());
    assertThat(both).hasToString("quay.io/a/b:1@" + DIGEST);
  }

  @Test
  void changesOnePartAndKeepsTheOthers() {
    ImageRef image = ImageRef.parse("quay.io/a/b:1@" + DIGEST);
    assertThat(image.withTag("2")).hasToString("quay.io/a/b:2@" + DIGEST);
    assertThat(image.withoutDigest()).hasToString("quay.io/a/b:1");
    assertThat(image.withoutDigest().withDigest(DIGEST)).isEqualTo(image);
    assertThat(image.repository().tag("1").withDigest(DIGEST))
        .isEqualTo(image)
        .hasSameHashCodeAs(image);
    assertThat(image.repository().digest(DIGEST)).hasToString("quay.io/a/b@" + DIGEST);
    assertThat(image.registry()).isEqualTo("quay.io");
    assertThatThrownBy(() -> image.withTag("not a tag"))
        .isInstanceOf(InvalidReferenceException.class)
        .hasMessageContaining("'not a tag'");
    assertThatThrownBy(() -> image.repository().tag(""))
        .isInstanceOf(InvalidReferenceException.class)
        .hasMessageContaining("nothing follows");
  }

  @Test
  void isSortedByItsFullForm() {
    assertThat(ImageRef.parse("b.io/x")).isLessThan(ImageRef.parse("postgres"));
    assertThat(ImageRef.parse("postgres")).isLessThan(ImageRef.parse("quay.io/x"));
  }

  static String[][] illegal() {
    return new String[][] {
      {"", "it is empty"},
      {" quay.io/x", "the character U+0020 at position 0 may not stand in a reference"},
      {"quay.io/é", "the character U+00E9 at position 8"},
      {"quay.io/x\n", "the character U+000A at position 9"},
      {"https://quay.io/x", "an image reference has no scheme"},
      {"quay.io/x\u007f", "the character U+007F at position 9 may not stand in a reference"},
      {"quay.io/x:", "nothing follows the ':' of the tag"},
      {"quay.io/x:-1", "the tag '-1' is not 1 to 128 letters"},
      {"quay.io/x:" + "t".repeat(129), "is not 1 to 128 letters"},
      {"quay.io/x:<mirror>", "the tag '<mirror>' is not"},
      {"quay.io/x@", "a digest is written algorithm:hex"},
      {"quay.io/x@latest", "a digest is written algorithm:hex"},
      {"quay.io/x@md5:00", "the digest algorithm 'md5' is not sha256 or sha512"},
      {
        "quay.io/x@sha256:00",
        "a sha256 digest has 64 digits 0-9 and a-f, and this has '00' (2 characters)"
      },
      {"quay.io/x@sha256:" + "A".repeat(64), "a sha256 digest has 64 digits"},
      {"quay.io/x@sha256:" + HEX + "@sha256:" + HEX, "a sha256 digest has 64 digits"},
      {"@sha256:" + HEX, "it names no repository"},
      {":1", "it names no repository"},
      {HEX, "64 hexadecimal digits alone would be taken for an image's id"},
      {"quay.io/", "has an empty part"},
      {"quay.io//x", "has an empty part"},
      {"/x", "has an empty part"},
      {"quay.io/x/", "has an empty part"},
      {"quay.io/Gateway", "'Gateway' has an upper-case letter"},
      {"Postgres", "'Postgres' has an upper-case letter"},
      {"quay.io/-x", "'-x' is not lower-case letters and digits"},
      {"quay.io/x..y", "'x..y' is not lower-case letters and digits"},
      {"quay.io/x___y", "'x___y' is not lower-case letters and digits"},
      {"quay.io/" + "x".repeat(256), "has 256 characters, and 255 is the limit"},
      {"quay..io/x", "'quay..io' is not a host name"},
      {"-quay.io/x", "'-quay.io' is not a host name"},
      {"quay_.io/x", "'quay_.io' is not a host name"},
      {":5000/x", "the registry has no host name"},
      {"quay.io:/x", "the port '' is not a number from 1 to 65535"},
      {"quay.io:0/x", "the port '0' is not"},
      {"quay.io:65536/x", "the port '65536' is not"},
      {"quay.io:99999999999/x", "the port '99999999999' is not"},
      {"<mirror-registry>:5000/x", "'<mirror-registry>' is not a host name"},
      {"[::1/x", "the '[' of an IPv6 host has no ']'"},
      {"[::1]5000/x", "after the ']' of an IPv6 host comes ':' and a port, not '5000'"},
      {"[::1]:x/x", "the port 'x' is not"},
      {"[]/x", "'[]' is not lower-case letters and digits"},
      {"[:]/x", "':' in brackets is not an IPv6 address"},
      {"[::1::2]/x", "'::1::2' in brackets is not an IPv6 address"},
      {"[1:2:3]/x", "'1:2:3' in brackets is not an IPv6 address"},
      {"[fe80::1%eth0]/x", "'fe80::1%eth0' in brackets is not an IPv6 address"},
      {"[::1]", "a registry's host alone names no repository"},
      {"[::1]:5000", "a registry's host alone names no repository"},
    };
  }

  @ParameterizedTest
  @MethodSource
  void illegal(String text, String why) {
    InvalidReferenceException refusal =
        catchThrowableOfType(InvalidReferenceException.class, () -> ImageRef.parse(text));
    assertThat(refusal).as(text).isNotNull();
    assertThat(refusal.reference()).isEqualTo(text);
    assertThat(refusal.reason()).contains(why);
    assertThat(refusal).hasMessage("'" + text + "' cannot be used: " + refusal.reason());
  }

  @Test
  void aRepositoryHasNoTagAndNoDigest() {
    assertThat(Repository.parse("postgres"))
        .hasToString("docker.io/library/postgres")
        .isEqualTo(Repository.parse("docker.io/library/postgres"))
        .hasSameHashCodeAs(Repository.parse("docker.io/library/postgres"));
    assertThat(Repository.parse("a.b/x")).isLessThan(Repository.parse("a.b/y"));
    for (String text : new String[] {"quay.io/x:1", "quay.io/x@" + DIGEST}) {
      assertThatThrownBy(() -> Repository.parse(text))
          .isInstanceOf(InvalidReferenceException.class)
          .hasMessageContaining("a repository's name carries no tag and no digest");
    }
  }
}
