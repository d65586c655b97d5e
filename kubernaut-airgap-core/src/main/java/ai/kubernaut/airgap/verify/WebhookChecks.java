package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.workload.PodFields;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks the admission webhooks that services of the release serve: without a valid CA or
 * certificate the API server refuses what they apply to.
 */
final class WebhookChecks {
  private static final List<ResourceType> TYPES =
      List.of(ResourceType.MUTATING_WEBHOOKS, ResourceType.VALIDATING_WEBHOOKS);

  /** With these, another controller writes the CA some time after the object was created. */
  private static final List<String> INJECTORS =
      List.of(
          "cert-manager.io/inject-ca-from",
          "cert-manager.io/inject-ca-from-secret",
          "service.beta.openshift.io/inject-cabundle");

  private final Namespaces namespaces;
  private final Instant now;

  /**
   * Creates the checks.
   *
   * @param now the time at which certificates have to be valid
   */
  WebhookChecks(Namespaces namespaces, Instant now) {
    this.namespaces = namespaces;
    this.now = now;
  }

  List<Check> run() {
    List<Check> checks = new ArrayList<>();
    for (ResourceType type : TYPES) {
      Optional<List<KubernetesObject>> found = namespaces.listIfAllowed(type, null);
      if (found.isEmpty()) {
        checks.add(namespaces.notAllowed(Check.Kind.WEBHOOK, type, null));
      } else {
        found.get().stream()
            .filter(configuration -> !webhooks(configuration).isEmpty())
            .forEach(configuration -> checks.add(check(configuration)));
      }
    }
    return checks;
  }

  /** The webhooks that services of the release serve. */
  private List<Fields> webhooks(KubernetesObject configuration) {
    boolean isSelected =
        namespaces
            .selection()
            .map(selection -> selection.selector().matches(configuration.labels()))
            .orElse(true);
    return configuration.fields().list("webhooks").stream()
        .filter(
            webhook -> {
              Fields service = webhook.fields("clientConfig", "service");
              String namespace = service.text("namespace").orElse("");
              return namespaces.names().contains(namespace)
                  && (isSelected
                      || service(namespace, service.text("name").orElse("")).isPresent());
            })
        .toList();
  }

  private Check check(KubernetesObject configuration) {
    Subject subject =
        new Subject(Subject.Kind.OBJECT, configuration.kind() + " " + configuration.name());
    Instant until = Instant.MAX;
    String unread = "";
    for (Fields webhook : webhooks(configuration)) {
      String namespace = webhook.text("clientConfig", "service", "namespace").orElse("");
      String name = webhook.text("clientConfig", "service", "name").orElse("");
      String title = webhook.text("name").orElse("");
      Optional<KubernetesObject> service = service(namespace, name);
      if (service.isEmpty()) {
        return problem(
            Check.Result.FAIL,
            ProblemCode.WEBHOOK_SERVICE_MISSING,
            subject,
            Map.of("webhook", title, "service", namespace + "/" + name));
      }
      String bundle = webhook.text("clientConfig", "caBundle").orElse("");
      if (bundle.isEmpty()) {
        return problem(
            isInjected(configuration) ? Check.Result.PENDING : Check.Result.FAIL,
            ProblemCode.WEBHOOK_CA_MISSING,
            subject,
            Map.of("webhook", title));
      }
      List<X509Certificate> authorities;
      try {
        authorities = Certificates.decode(bundle);
      } catch (CertificateException e) {
        return invalid(ProblemCode.WEBHOOK_CA_INVALID, subject, title, e.getMessage());
      }
      List<X509Certificate> valid =
          authorities.stream()
              .filter(authority -> Certificates.expiry(authority, now).isEmpty())
              .toList();
      Optional<List<KubernetesObject>> secrets =
          namespaces.listIfAllowed(ResourceType.SECRET, namespace);
      List<KubernetesObject> serving = serving(service.get(), secrets.orElse(List.of()));
      // If both have expired, a CA that is set again is the expired one.
      if (valid.isEmpty() && serving.stream().noneMatch(this::isExpired)) {
        return invalid(
            ProblemCode.WEBHOOK_CA_INVALID,
            subject,
            title,
            Certificates.expiry(authorities.get(0), now).orElse(""));
      }
      if (!valid.isEmpty()) {
        until = earlier(until, latestEnd(valid));
      }
      if (secrets.isEmpty()) {
        unread = namespace;
      }
      for (KubernetesObject secret : serving) {
        Optional<String> defect = defect(secret, namespace, name, valid);
        if (defect.isPresent()) {
          return problem(
              Check.Result.FAIL,
              ProblemCode.SERVING_CERTIFICATE_INVALID,
              subject,
              Map.of(
                  "webhook", title,
                  "secret", Namespaces.path(secret),
                  "detail", defect.get()));
        }
        until = earlier(until, end(secret));
      }
    }
    return Check.of(
        Check.Kind.WEBHOOK,
        Check.Result.PASS,
        Fact.of(
            FactCode.WEBHOOK_READY, subject, Map.of("until", until.toString(), "unread", unread)));
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private static Instant latestEnd(List<X509Certificate> certificates) {
    return certificates.stream()
        .map(certificate -> certificate.getNotAfter().toInstant())
        .max(Comparator.naturalOrder())
        .orElseThrow();
  }

  private static boolean isInjected(KubernetesObject configuration) {
    return INJECTORS.stream().anyMatch(configuration.annotations()::containsKey);
  }

  private Optional<KubernetesObject> service(String namespace, String name) {
    return namespaces.services().stream()
        .filter(each -> each.namespace().orElse("").equals(namespace) && each.name().equals(name))
        .findFirst();
  }

  /** The Secrets with a certificate that the pods of a service mount. */
  private List<KubernetesObject> serving(KubernetesObject service, List<KubernetesObject> secrets) {
    List<String> mounted =
        namespaces.pods().stream()
            .filter(pod -> PodFields.isBehind(pod, service))
            .flatMap(pod -> pod.fields().list("spec", "volumes").stream())
            .flatMap(volume -> volume.text("secret", "secretName").stream())
            .distinct()
            .toList();
    return secrets.stream()
        .filter(secret -> mounted.contains(secret.name()))
        .filter(secret -> secret.fields().text("data", "tls.crt").isPresent())
        .toList();
  }

  private Optional<String> defect(
      KubernetesObject secret, String namespace, String name, List<X509Certificate> authorities) {
    List<X509Certificate> chain;
    try {
      chain = Certificates.decode(certificate(secret));
    } catch (CertificateException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
    X509Certificate leaf = chain.get(0);
    Optional<String> expiry = Certificates.expiry(leaf, now);
    if (expiry.isPresent()) {
      return expiry;
    }
    if (chain.stream().noneMatch(each -> Certificates.isSignedBy(each, authorities))) {
      return Optional.of("the CA of the webhook has not signed it");
    }
    String host = name + "." + namespace + ".svc";
    return Certificates.isFor(leaf, host) ? Optional.empty() : Optional.of("it is not for " + host);
  }

  private boolean isExpired(KubernetesObject secret) {
    try {
      return Certificates.expiry(Certificates.decode(certificate(secret)).get(0), now).isPresent();
    } catch (CertificateException e) {
      return false;
    }
  }

  private static Instant end(KubernetesObject secret) {
    try {
      return Certificates.decode(certificate(secret)).get(0).getNotAfter().toInstant();
    } catch (CertificateException e) {
      return Instant.MAX;
    }
  }

  private static String certificate(KubernetesObject secret) {
    return secret.fields().text("data", "tls.crt").orElse("");
  }

  private static Check invalid(
      ProblemCode code, Subject subject, String webhook, @Nullable String detail) {
    return problem(
        Check.Result.FAIL,
        code,
        subject,
        Map.of("webhook", webhook, "detail", String.valueOf(detail)));
  }

  private static Check problem(
      Check.Result result, ProblemCode code, Subject subject, Map<String, String> parameters) {
    return Check.of(Check.Kind.WEBHOOK, result, Problem.of(code, subject, parameters));
  }
}
