package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.rbac.RoleRules;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The answer of an API server that RBAC does not allow a request of a ServiceAccount, as clients
 * write it into their logs.
 *
 * @param namespace the namespace of the ServiceAccount
 * @param account the name of the ServiceAccount
 * @param request what was refused; empty when the log does not say it
 */
record AccessDenial(String namespace, String account, Optional<Request> request) {
  private static final Pattern DENIAL =
      Pattern.compile(
          "system:serviceaccount:([a-z0-9.-]+):([a-z0-9.-]+)\\\\?\"?"
              + "(?: cannot (\\w+) resource \\\\?\"([\\w./-]+)\\\\?\" in API group \\\\?\"([\\w.-]*)\\\\?\""
              + "(?: in the namespace \\\\?\"([a-z0-9-]+))?)?");

  private static final Pattern REFUSED =
      Pattern.compile("(?i)\\b(forbidden|cannot \\w+ resource|not allowed|permission denied)\\b");

  /**
   * A request.
   *
   * @param namespace empty for the whole cluster
   */
  record Request(String verb, String group, String resource, String namespace) {}

  /** The denials in a log. */
  static Stream<AccessDenial> in(String log) {
    return REFUSED.matcher(log).find()
        ? DENIAL.matcher(log).results().map(AccessDenial::of)
        : Stream.of();
  }

  private static AccessDenial of(MatchResult found) {
    Optional<Request> request =
        Optional.ofNullable(found.group(3))
            .map(
                verb ->
                    new Request(
                        verb,
                        found.group(5),
                        found.group(4),
                        Optional.ofNullable(found.group(6)).orElse("")));
    return new AccessDenial(found.group(1), found.group(2), request);
  }

  /** Whether a role, if it is bound, allows what was refused. */
  boolean isAllowedBy(KubernetesObject role) {
    return request
        .map(refused -> RoleRules.of(role).allow(refused.verb, refused.group, refused.resource))
        .orElse(true);
  }

  /** Whether what is granted in a namespace, or in the whole cluster, applies to the request. */
  boolean isIn(Optional<String> granted) {
    return granted.isEmpty() || request.isEmpty() || request.get().namespace.equals(granted.get());
  }
}
