package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ObjectTexts;
import ai.kubernaut.airgap.cluster.workload.LogLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The end of the log of a container that has ended: whether it gives a service as the reason. A log
 * that gives another reason rules all services out, whatever the environment of the container
 * names.
 */
final class CrashLog {
  private static final Pattern STATEMENTS = Pattern.compile("\\s\\|\\s|\\R|;\\s");

  private static final Pattern UNREACHABLE =
      Pattern.compile(
          "(?i)connection (refused|reset|timed out|timeout|error)|connect(ing)?:? timed? ?out"
              + "|no such host|name or service not known|name resolution|unknown ?host|server misbehaving"
              + "|could not translate host|i/o timeout|(request|read|dial|operation) timed out"
              + "|deadline exceeded|no route to host|(host|network) is unreachable|not reachable"
              + "|no endpoints|(cannot|can't|could not|couldn't|failed to|unable to) (connect|reach|resolve)"
              + "|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH"
              + "|does not (answer|respond)|no response|all connection attempts failed|connecterror"
              + "|max retries exceeded|server disconnected|connection aborted|socket hang up");

  /** An error that gives its reason, so that what was logged before it may be something else. */
  private static final Pattern SPECIFIC =
      Pattern.compile(
          "\\b\\w+(Error|Exception)\\b|(?i)\\b(panic|invalid|illegal|pars(e|ing)|validation|unsupported|undefined"
              + "|required|missing|denied|forbidden|assert(ion)?|not allowed|does not exist)\\b");

  /** Host and port, a URL, and how resolvers and database drivers name a host. */
  private static final Pattern HOST =
      Pattern.compile(
          "\\w+://(?:[^@/\\s]*@)?([\\w.-]+)(?::(\\d{2,5}))?"
              + "|(?<![\\w.:/-])([A-Za-z0-9][\\w.-]*):(\\d{2,5})(?!\\d)"
              + "|\\blookup ([\\w.-]+)"
              + "|\\bhost(?:name| name)?[ =:]+\"?([A-Za-z0-9][\\w.-]*)");

  private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

  /** A line of a source file, or a time, looks like a host with a port. */
  private static final Pattern NO_HOST =
      Pattern.compile(".*\\.(go|py|java|kt|js|ts|rs|rb|c|cc|cpp|yaml|yml|json)|[0-9T:-]+|is|for");

  private record Host(String name, String port) {
    boolean isAddress() {
      return ADDRESS.matcher(name).matches();
    }
  }

  private final List<String> statements;

  private CrashLog(List<String> statements) {
    this.statements = statements;
  }

  static CrashLog of(String log) {
    List<String> statements =
        STATEMENTS.splitAsStream(log).map(String::strip).filter(each -> !each.isEmpty()).toList();
    boolean givesReason =
        statements.stream()
            .filter(statement -> LogLine.of(statement) == LogLine.ERROR)
            .anyMatch(
                statement ->
                    SPECIFIC.matcher(statement).find() && !UNREACHABLE.matcher(statement).find());
    return new CrashLog(
        givesReason
            ? statements.stream()
                .filter(statement -> LogLine.of(statement) == LogLine.ERROR)
                .toList()
            : statements);
  }

  /** Whether the log says that a service is the reason. */
  boolean blames(KubernetesObject service) {
    return Stream.concat(unreachable(), reason())
        .anyMatch(
            statement ->
                ObjectTexts.hasName(statement, service.name())
                    || hosts(statement).stream()
                        .anyMatch(host -> host.name().equals(clusterIp(service))));
  }

  /**
   * Whether a service may be the reason although the log does not name it: the log, if there is
   * one, gives no reason, or says only that something could not be reached.
   *
   * @param others names of other services
   */
  boolean leavesOpen(KubernetesObject service, Set<String> others) {
    return statements.stream().noneMatch(CrashLog::isReason)
        || unreachable().anyMatch(statement -> namesNobodyElse(statement, service, others));
  }

  /** Whether the log has a text. */
  boolean has(Pattern text) {
    return statements.stream().anyMatch(statement -> text.matcher(statement).find());
  }

  private static boolean namesNobodyElse(
      String statement, KubernetesObject service, Set<String> others) {
    return others.stream().noneMatch(other -> ObjectTexts.hasName(statement, other))
        && hosts(statement).stream()
            .allMatch(host -> host.isAddress() && hasPort(service, host.port()));
  }

  private static boolean hasPort(KubernetesObject service, String port) {
    return service.fields().list("spec", "ports").stream()
        .flatMap(each -> Stream.of(each.text("port"), each.text("targetPort")))
        .anyMatch(each -> each.filter(port::equals).isPresent());
  }

  private static String clusterIp(KubernetesObject service) {
    Fields fields = service.fields();
    return fields.text("spec", "clusterIP").orElse("None");
  }

  private Stream<String> unreachable() {
    return statements.stream().filter(statement -> UNREACHABLE.matcher(statement).find());
  }

  private static boolean isFailure(String statement) {
    return LogLine.of(statement) != LogLine.OTHER;
  }

  private static boolean isReason(String statement) {
    return isFailure(statement) || UNREACHABLE.matcher(statement).find();
  }

  /** The last statement that tells of a failure, or the last one. */
  private Stream<String> reason() {
    List<String> failures = statements.stream().filter(statement -> isFailure(statement)).toList();
    List<String> candidates = failures.isEmpty() ? statements : failures;
    return candidates.isEmpty() ? Stream.of() : Stream.of(candidates.get(candidates.size() - 1));
  }

  private static List<Host> hosts(String statement) {
    List<Host> hosts = new ArrayList<>();
    Matcher matcher = HOST.matcher(statement);
    while (matcher.find()) {
      String name = group(matcher, 1) + group(matcher, 3) + group(matcher, 5) + group(matcher, 6);
      if (!NO_HOST.matcher(name).matches()) {
        hosts.add(new Host(name, group(matcher, 2) + group(matcher, 4)));
      }
    }
    return hosts;
  }

  private static String group(Matcher matcher, int group) {
    String text = matcher.group(group);
    return text == null ? "" : text;
  }
}
