package ai.kubernaut.airgap.image;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.RandomText;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Properties of many random references, the same ones in every build. */
final class ImageRefPropertyTest {
  private static final int TRIES = 1000;

  private final RandomText random = new RandomText(20261122);

  private String word() {
    return random.text("abcxyz0189", 1, 6);
  }

  private String host() {
    String host =
        switch (random.upTo(2)) {
          case 0 ->
              random.joined(
                  ".",
                  2,
                  4,
                  () -> random.of("quay", "Harbor", "a", "x-y", "REGISTRY", "0", "a--b"));
          case 1 ->
              random.of("[::1]", "[fd00::1]", "[FD00::A]", "[2001:db8::1:2]", "[::ffff:10.0.0.1]");
          default -> random.of("localhost", "docker.io", "Harbor");
        };
    return random.either(host, host + ":" + (1 + random.upTo(65534)));
  }

  private String path() {
    return random.joined(
        "/",
        1,
        4,
        () -> random.either(word(), word() + random.of(".", "_", "__", "-", "---") + word()));
  }

  private String digest() {
    return random.either(
        "sha256:" + random.text("0123456789abcdef", 64, 64),
        "sha512:" + random.text("0123456789abcdef", 128, 128));
  }

  private String reference() {
    String tag = ":" + random.text("aZ09_", 1, 1) + random.text("aZ09_.-", 0, 127);
    return random.either("", host() + "/")
        + path()
        + random.either("", tag)
        + random.either("", "@" + digest());
  }

  @Test
  void everyLegalReferenceIsReadAndPrintedAndReadAgain() {
    for (int i = 0; i < TRIES; i++) {
      String text = reference();
      ImageRef image = ImageRef.parse(text);
      assertThat(ImageRef.parse(image.toString())).isEqualTo(image).hasSameHashCodeAs(image);
      assertThat(Repository.parse(image.repository().toString())).isEqualTo(image.repository());
      assertThat(image.toString()).endsWith(text.substring(text.lastIndexOf('/') + 1));
    }
  }

  @Test
  void aNameInTheMirrorIsALegalReferenceThatLiesThere() {
    for (int i = 0; i < TRIES; i++) {
      Target target =
          Target.registry(random.of("harbor.corp:5000/mirror/one", "harbor.corp:5000"))
              .separator(random.of(Separator.SLASH, Separator.DASH));
      ImageRef name = target.nameOf(ImageRef.parse(reference()));
      assertThat(ImageRef.parse(name.toString())).isEqualTo(name);
      assertThat(target.contains(name)).isTrue();
      assertThat(name.tag().isPresent()).isNotEqualTo(name.digest().isPresent());
    }
  }

  @Test
  void anyTextIsAReferenceOrIsRefused() {
    for (int i = 0; i < TRIES; i++) {
      parseOrRefuse(random.anyText(60));
    }
  }

  @Test
  void anyTextOfTheGrammarsOwnCharactersIsAReferenceOrIsRefused() {
    for (int i = 0; i < TRIES; i++) {
      parseOrRefuse(random.text("aA0.:/@-_[]", 0, 40));
      String text = reference();
      int position = random.upTo(text.length());
      parseOrRefuse(
          text.substring(0, position)
              + random.of("/", ":", "@", "[", "]", ".", "-", "A", " ")
              + text.substring(position));
    }
  }

  private static void parseOrRefuse(String text) {
    try {
      ImageRef image = ImageRef.parse(text);
      assertThat(ImageRef.parse(image.toString())).isEqualTo(image);
    } catch (InvalidReferenceException refused) {
      assertThat(refused.reason()).isNotBlank();
      assertThat(refused.reference()).isEqualTo(text);
    }
    for (ThrowingParser parser :
        new ThrowingParser[] {
          Repository::parse, Digest::parse, Platform::parse, Separator::parse, Target::registry
        }) {
      try {
        assertThat(parser.parse(text)).isNotNull();
      } catch (InvalidReferenceException refused) {
        assertThat(refused.reason()).isNotBlank();
      }
    }
  }

  private interface ThrowingParser {
    Object parse(String text);
  }

  @Test
  void aDigestIsReadAndPrinted() {
    for (int i = 0; i < TRIES; i++) {
      String text = digest();
      Digest digest = Digest.parse(text);
      assertThat(digest).hasToString(text);
      assertThat(text).startsWith(digest.abbreviated());
      assertThat(text)
          .isEqualTo(digest.algorithm().toString().toLowerCase(Locale.ROOT) + ":" + digest.hex());
    }
  }
}
