package ai.kubernaut.airgap;

import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Random input for tests of properties; the same for the same seed. */
public final class RandomText {
  private final Random random;

  /** Creates a generator. */
  public RandomText(long seed) {
    this.random = new Random(seed);
  }

  /** Returns a number from 0 up to, and including, a limit. */
  public int upTo(int limit) {
    return random.nextInt(limit + 1);
  }

  /** Returns one of two values. */
  public <T> T either(T one, T other) {
    return random.nextBoolean() ? one : other;
  }

  /** Returns one of several values. */
  @SafeVarargs
  public final <T> T of(T... values) {
    return values[random.nextInt(values.length)];
  }

  /** Returns a string of some characters. */
  public String text(String characters, int minLength, int maxLength) {
    return IntStream.range(0, minLength + upTo(maxLength - minLength))
        .mapToObj(i -> String.valueOf(characters.charAt(random.nextInt(characters.length()))))
        .collect(Collectors.joining());
  }

  /** Returns some strings with something between them. */
  public String joined(String between, int min, int max, Supplier<String> part) {
    return Stream.generate(part).limit(min + upTo(max - min)).collect(Collectors.joining(between));
  }

  /** Returns a string of any code points, unpaired surrogates included. */
  public String anyText(int maxLength) {
    StringBuilder text = new StringBuilder();
    for (int i = upTo(maxLength); i > 0; i--) {
      switch (random.nextInt(4)) {
        case 0 -> text.append((char) random.nextInt(0x80));
        case 1 -> text.append((char) random.nextInt(0x10000));
        case 2 -> text.appendCodePoint(random.nextInt(Character.MAX_CODE_POINT + 1));
        default -> text.append((char) (' ' + random.nextInt(0x5f)));
      }
    }
    return text.toString();
  }
}
