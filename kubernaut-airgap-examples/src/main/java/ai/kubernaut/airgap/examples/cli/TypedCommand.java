package ai.kubernaut.airgap.examples.cli;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** A command line that can be typed again in a shell, without values that may be secret. */
final class TypedCommand {
  /** Stands for a value that may be secret. */
  static final String MASK = "***";

  private static final Set<String> SETTINGS = Set.of("--set", "--set-string", "--set-json");
  private static final Pattern PASSWORD =
      Pattern.compile("([^/=\\s:@]+):[^/\\s@]+@(?!sha(?:256|512):)");
  private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./-]+");

  private TypedCommand() {}

  static String of(String program, List<String> arguments) {
    StringBuilder typed = new StringBuilder(program);
    String before = "";
    for (String argument : arguments) {
      typed.append(' ').append(quoted(masked(before, argument)));
      before = argument;
    }
    return typed.toString();
  }

  private static String masked(String before, String argument) {
    if (SETTINGS.contains(before)) {
      return maskedSetting(argument);
    }
    int end = argument.indexOf('=');
    if (end > 0 && SETTINGS.contains(argument.substring(0, end))) {
      return argument.substring(0, end + 1) + maskedSetting(argument.substring(end + 1));
    }
    return PASSWORD.matcher(argument).replaceAll("$1:***@");
  }

  /** Keeps the key. Several settings in one argument have one mask. */
  private static String maskedSetting(String setting) {
    return setting.substring(0, setting.indexOf('=') + 1) + MASK;
  }

  private static String quoted(String argument) {
    return PLAIN.matcher(argument).matches()
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }
}
