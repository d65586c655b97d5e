package ai.kubernaut.airgap.mirror;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;

/**
 * The lines of journals and checkpoints: {@code checksum upload repository digest session} or
 * {@code checksum ended repository digest}. A line whose checksum is wrong is ignored.
 */
final class JournalLines {
  static final int MAX_LINE = 16 << 10;

  private JournalLines() {}

  /** Returns the sessions by repository and digest. */
  static Map<String, String> parse(String text) {
    Map<String, String> sessions = new TreeMap<>();
    text.lines().filter(line -> line.length() <= MAX_LINE).forEach(line -> take(line, sessions));
    return sessions;
  }

  /** Applies a line to the sessions that the lines before it have left. */
  static void take(String line, Map<String, String> sessions) {
    int space = line.indexOf(' ');
    if (space < 0 || !checksum(line.substring(space + 1)).equals(line.substring(0, space))) {
      return;
    }
    String[] words = line.substring(space + 1).split(" ", -1);
    if (words.length == 4 && words[0].equals("upload")) {
      sessions.put(words[1] + " " + words[2], words[3]);
    } else if (words.length == 3 && words[0].equals("ended")) {
      sessions.remove(words[1] + " " + words[2]);
    }
  }

  static String write(Map<String, String> sessions) {
    StringBuilder lines = new StringBuilder();
    new TreeMap<>(sessions).forEach((key, session) -> lines.append(upload(key, session)));
    return lines.toString();
  }

  static String upload(String key, String session) {
    return line("upload " + key + " " + session);
  }

  static String ended(String key) {
    return line("ended " + key);
  }

  private static String line(String text) {
    return checksum(text) + " " + text + "\n";
  }

  private static String checksum(String text) {
    CRC32 crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.ISO_8859_1));
    return String.format(Locale.ROOT, "%08x", crc.getValue());
  }
}
