package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.yaml.Yaml;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks the SDK config (the guide, step 4c): its endpoints must be reachable in the cluster. */
final class SdkConfig {
  private SdkConfig() {}

  /**
   * Returns a warning for each endpoint in the internet.
   *
   * @param publicDomains domains of services in the internet
   * @throws ai.kubernaut.airgap.yaml.InvalidYamlException when the file is not YAML; the message
   *     has line and column
   */
  static List<Problem> problems(Path file, List<String> publicDomains) {
    List<Problem> problems = new ArrayList<>();
    check(file, publicDomains, "", Yaml.readMapping(file, Yaml.DuplicateKeys.REFUSED), problems);
    return problems;
  }

  private static void check(
      Path file,
      List<String> publicDomains,
      String path,
      @Nullable Object value,
      List<Problem> problems) {
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (key, inner) ->
              check(
                  file,
                  publicDomains,
                  path.isEmpty() ? String.valueOf(key) : path + "." + key,
                  inner,
                  problems));
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        check(file, publicDomains, path + "[" + i + "]", list.get(i), problems);
      }
    } else if (value instanceof String text && isIn(publicDomains, host(text))) {
      problems.add(
          Problem.of(
              ProblemCode.ENDPOINT_PUBLIC,
              new Subject(Subject.Kind.FILE, file.toString()),
              Map.of("value", path, "host", host(text))));
    }
  }

  /** The host of a URL; empty for other texts. */
  private static String host(String text) {
    if (!text.startsWith("http://") && !text.startsWith("https://")) {
      return "";
    }
    try {
      String host = URI.create(text.strip()).getHost();
      return host == null ? "" : host.toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException notAUrl) {
      return "";
    }
  }

  private static boolean isIn(List<String> domains, String host) {
    return domains.stream().anyMatch(domain -> host.equals(domain) || host.endsWith("." + domain));
  }
}
