package ai.kubernaut.airgap.cluster.workload;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a line of the log of a program is about, by its level and its words. */
public enum LogLine {
  /** An error, or a text without a level that tells of one. */
  ERROR,
  /** A warning or an information about a failure. */
  NOTICE,
  /** Anything else. */
  OTHER;

  /** The level as klog, logfmt, JSON and most loggers write it. */
  private static final Pattern LEVEL =
      Pattern.compile(
          "^\\W*(?<klog>[IWEF])\\d{4} \\d"
              + "|\\b(?i:level|severity|lvl)\"?[=:]\\s*\"?(?<field>\\w+)"
              + "|(?<![\\w-])(?<word>TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|LOG|HINT|DETAIL|ERROR|FATAL|PANIC|CRITICAL|SEVERE)(?![\\w-])");

  private static final Pattern LOW = Pattern.compile("(?i)[IW]|trace|debug|info|notice|warn.*|log");

  private static final Pattern FAILURE =
      Pattern.compile(
          "(?i)\\b(panic|fatal|errors?|err|\\w*exception|\\w+error|traceback|goroutine|abort(ed|ing)?|assert(ion)?"
              + "|fail(s|ed|ure)?|cannot|can't|could not|couldn't|unable|refused|denied|forbidden"
              + "|invalid|illegal|unknown|unexpected|unsupported|undefined|corrupt(ed)?|missing"
              + "|required|must|no such|not found|does not exist|is not|segmentation fault)\\b");

  /**
   * Classifies a line.
   *
   * @param line the line
   * @return what it is about
   */
  public static LogLine of(String line) {
    Matcher level = LEVEL.matcher(line);
    boolean fails = FAILURE.matcher(line).find();
    if (!level.find()) {
      return fails ? ERROR : OTHER;
    }
    String name = text(level, "klog") + text(level, "field") + text(level, "word");
    if (!LOW.matcher(name).matches()) {
      return ERROR;
    }
    return fails ? NOTICE : OTHER;
  }

  private static String text(Matcher level, String group) {
    String text = level.group(group);
    return text == null ? "" : text;
  }
}
