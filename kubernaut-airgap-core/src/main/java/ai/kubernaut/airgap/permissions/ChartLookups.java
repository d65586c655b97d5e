package ai.kubernaut.airgap.permissions;

import ai.kubernaut.airgap.cluster.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the calls of {@code lookup} in the templates of a chart read. */
final class ChartLookups {
  private static final Pattern ARGUMENT = Pattern.compile("\"([^\"]*)\"|\\([^)]*\\)|\\S+");

  private ChartLookups() {}

  static NavigableSet<Permission> of(StepContext context) {
    NavigableSet<Permission> permissions = new TreeSet<>();
    for (String lookup : context.lookups()) {
      List<String> arguments = arguments(lookup);
      if (arguments.size() >= 4 && isText(arguments.get(0)) && isText(arguments.get(1))) {
        ResourceType type = ChartObjects.type(text(arguments.get(0)), text(arguments.get(1)));
        boolean isList = arguments.get(3).equals("\"\"");
        String namespace =
            isText(arguments.get(2)) ? text(arguments.get(2)) : context.release().namespace();
        permissions.add(
            Permission.of(
                isList ? "list" : "get",
                type,
                namespace,
                isText(arguments.get(3)) ? text(arguments.get(3)) : ""));
      }
    }
    return permissions;
  }

  private static List<String> arguments(String lookup) {
    List<String> arguments = new ArrayList<>();
    Matcher matcher = ARGUMENT.matcher(lookup);
    while (matcher.find()) {
      arguments.add(matcher.group());
    }
    return arguments;
  }

  private static boolean isText(String argument) {
    return argument.length() >= 2 && argument.startsWith("\"");
  }

  private static String text(String argument) {
    return argument.substring(1, argument.length() - 1);
  }
}
