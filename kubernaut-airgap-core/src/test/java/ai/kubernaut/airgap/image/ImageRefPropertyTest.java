package ai.kubernaut.airgap.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

final class ImageRefPropertyTest {
  private static final String SEED = "20261122";

  private static Arbitrary<String> hex(int length) {
    return Arbitraries.strings().withChars("0123456789abcdef").ofLength(length);
  }

  private static Arbitrary<String> word() {
    return Arbitraries.strings().withChars("abcxyz0189").ofMinLength(1).ofMaxLength(6);
  }

  private static Arbitrary<String> host() {
    Arbitrary<String> label = Arbitraries.of("quay", "Harbor", "a", "x-y", "REGISTRY", "0", "a--b");
    Arbitrary<String> dotted =
        label.list().ofMinSize(2).ofMaxSize(4).map(labels -> String.join(".", labels));
    Arbitrary<String> ipv6 =
        Arbitraries.of("[::1]", "[fd00::1]", "[FD00::A]", "[2001:db8::1:2]", "[::ffff:10.0.0.1]");
    Arbitrary<String> port =
        Arbitraries.oneOf(
            Arbitraries.just(""), Arbitraries.integers().between(1, 65535).map(p -> ":" + p));
    return Combinators.combine(
            Arbitraries.oneOf(dotted, ipv6, Arbitraries.of("localhost", "docker.io", "Harbor")),
            port)
        .as((name, number) -> name + number);
  }

  private static Arbitrary<String> path() {
    Arbitrary<String> joint = Arbitraries.of(".", "_", "__", "-", "---");
    Arbitrary<String> component =
        Combinators.combine(word(), joint, word())
            .as((left, between, right) -> left + between + right);
    return Arbitraries.oneOf(word(), component)
        .list()
        .ofMinSize(1)
        .ofMaxSize(4)
        .map(components -> String.join("/", components));
  }

  @Provide
  Arbitrary<String> references() {
    Arbitrary<String> registry =
        Arbitraries.oneOf(Arbitraries.just(""), host().map(host -> host + "/"));
    Arbitrary<String> tag =
        Arbitraries.oneOf(
            Arbitraries.just(""),
            Arbitraries.strings()
                .withChars("aZ09_")
                .ofLength(1)
                .flatMap(
                    first ->
                        Arbitraries.strings()
                            .withChars("aZ09_.-")
                            .ofMaxLength(127)
                            .map(rest -> ":" + first + rest)));
    Arbitrary<String> digest =
        Arbitraries.oneOf(
            Arbitraries.just(""),
            hex(64).map(hex -> "@sha256:" + hex),
            hex(128).map(hex -> "@sha512:" + hex));
    return Combinators.combine(registry, path(), tag, digest).as((r, p, t, d) -> r + p + t + d);
  }

  @Property(seed = SEED, edgeCases = EdgeCasesMode.NONE)
  void everyLegalReferenceIsReadAndPrintedAndReadAgain(@ForAll("references") String text) {
    ImageRef image = ImageRef.parse(text);
    assertThat(ImageRef.parse(image.toString())).isEqualTo(image).hasSameHashCodeAs(image);
    assertThat(Repository.parse(image.repository().toString())).isEqualTo(image.repository());
    assertThat(image.toString()).endsWith(text.substring(text.lastIndexOf('/') + 1));
  }

  @Property(seed = SEED, edgeCases = EdgeCasesMode.NONE)
  void aNameInTheMirrorIsALegalReferenceThatLiesThere(
      @ForAll("references") String text, @ForAll Separator separator, @ForAll boolean prefix) {
    Target target =
        Target.registry(prefix ? "harbor.corp:5000/mirror/one" : "harbor.corp:5000")
            .separator(separator);
    ImageRef name = target.nameOf(ImageRef.parse(text));
    assertThat(ImageRef.parse(name.toString())).isEqualTo(name);
    assertThat(target.holds(name)).isTrue();
    assertThat(name.tag().isPresent()).isNotEqualTo(name.digest().isPresent());
  }

  @Property(seed = SEED)
  void anyTextIsAReferenceOrIsRefused(@ForAll String text) {
    parseOrRefuse(text);
  }

  @Property(seed = SEED, edgeCases = EdgeCasesMode.NONE)
  void anyTextOfTheGrammarsOwnCharactersIsAReferenceOrIsRefused(@ForAll("almost") String text) {
    parseOrRefuse(text);
  }

  @Provide
  Arbitrary<String> almost() {
    return Arbitraries.oneOf(
        Arbitraries.strings().withChars("aA0.:/@-_[]").ofMaxLength(40),
        Combinators.combine(
                references(),
                Arbitraries.integers().between(0, 30),
                Arbitraries.of('/', ':', '@', '[', ']', '.', '-', 'A', ' '))
            .as(
                (text, at, inserted) -> {
                  int position = Math.min(at, text.length());
                  return text.substring(0, position) + inserted + text.substring(position);
                }));
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

  @Property(seed = SEED, edgeCases = EdgeCasesMode.NONE)
  void aDigestIsReadAndPrinted(@ForAll("digests") String text) {
    Digest digest = Digest.parse(text);
    assertThat(digest).hasToString(text);
    assertThat(text).startsWith(digest.abbreviated());
    assertThat(text)
        .isEqualTo(digest.algorithm().toString().toLowerCase(Locale.ROOT) + ":" + digest.hex());
  }

  @Provide
  Arbitrary<String> digests() {
    return Arbitraries.oneOf(hex(64).map("sha256:"::concat), hex(128).map("sha512:"::concat));
  }
}
