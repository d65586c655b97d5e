package ai.kubernaut.airgap.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.kubernaut.airgap.cluster.ClusterException.Reason;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every {@link ClusterClient} does: each sentence of its Javadoc. A subclass gives the client
 * and a cluster whose user may do everything; every test uses a namespace of its own, so the
 * cluster may be shared. What the cluster behind the client cannot do, the subclass says by {@link
 * #abilities()}, and the tests of it are skipped with a message that names the ability.
 */
@Timeout(120)
public abstract class ClusterClientContract {
  /** What a cluster for tests may lack. */
  public enum Ability {
    /** It says which types of resources it serves. */
    DISCOVERY,
    /** It says which version it is, and lists its API versions. */
    VERSIONS,
    /** It refuses objects in namespaces that are not there. */
    NAMESPACES,
    /** It refuses to replace an object that was changed meanwhile. */
    CONFLICTS,
    /** It refuses to remove an object that was changed meanwhile. */
    REMOVAL_CONFLICTS,
    /** Its pods have logs: {@link ClusterClientContract#runPod} works. */
    LOGS,
    /** It refuses the log of a pod that is not there. */
    MISSING_LOGS,
    /** It passes requests on to services: {@link ClusterClientContract#runService} works. */
    SERVICES
  }

  private static final ResourceType WIDGET =
      ResourceType.namespaced("contract.example.org/v1", "Widget", "widgets");

  private ClusterClient cluster;
  private final List<String> namespaces = new ArrayList<>();
  private String namespace;

  /** Makes a new client. */
  protected abstract ClusterClient open() throws Exception;

  /** What the cluster can do; everything, unless a subclass says less. */
  protected Set<Ability> abilities() {
    return EnumSet.allOf(Ability.class);
  }

  /** Lets a pod run whose one container has written some lines. */
  protected void runPod(String namespace, String pod, String container, List<String> log)
      throws Exception {
    throw new UnsupportedOperationException("override this, or leave out the ability LOGS");
  }

  /** Puts a pod there whose one container never begins. */
  protected void createWaitingPod(String namespace, String pod, String container) throws Exception {
    throw new UnsupportedOperationException("override this, or leave out the ability LOGS");
  }

  /** Lets a service answer at a path. */
  protected void runService(
      String namespace, String service, int port, String path, ServiceResponse answer)
      throws Exception {
    throw new UnsupportedOperationException("override this, or leave out the ability SERVICES");
  }

  /** Puts a service there that no pod is behind. */
  protected void createServiceWithoutPods(String namespace, String service, int port)
      throws Exception {
    throw new UnsupportedOperationException("override this, or leave out the ability SERVICES");
  }

  /**
   * Whether the cluster is there after the test, so that the namespaces of the test are removed. It
   * is not by default, because a subclass may end it in a method of its own.
   */
  protected boolean isClusterKept() {
    return false;
  }

  @BeforeEach
  final void openClient() throws Exception {
    cluster = open();
    namespace = newNamespace();
  }

  @AfterEach
  final void closeClient() throws Exception {
    if (cluster != null) {
      cluster.close();
      if (isClusterKept()) {
        try (ClusterClient other = open()) {
          namespaces.forEach(name -> removeNamespace(other, name));
        }
      }
    }
  }

  /** Controllers may change a namespace between reading and deleting. */
  private static void removeNamespace(ClusterClient cluster, String name) {
    for (int attempt = 1; ; attempt++) {
      try {
        cluster
            .get(ResourceType.NAMESPACE, null, name)
            .ifPresent(found -> cluster.delete(ResourceType.NAMESPACE, found));
        return;
      } catch (ClusterException e) {
        if (e.reason() != Reason.CONFLICT || attempt == 10) {
          throw e;
        }
      }
    }
  }

  private void require(Ability ability) {
    assumeTrue(
        abilities().contains(ability),
        () -> "skipped: the cluster of this test has no ability " + ability);
  }

  private String newNamespace() {
    String name = "contract-" + UUID.randomUUID();
    cluster.create(
        ResourceType.NAMESPACE, KubernetesObject.named(ResourceType.NAMESPACE, null, name));
    namespaces.add(name);
    return name;
  }

  private KubernetesObject secret(String name, String text) {
    return KubernetesObject.named(ResourceType.SECRET, namespace, name)
        .with("Opaque", "type")
        .with(base64(text), "data", "key");
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private KubernetesObject readSecret(String name) {
    return cluster.get(ResourceType.SECRET, namespace, name).orElseThrow();
  }

  private static ClusterException refused(ThrowingCallable call) {
    ClusterException refusal = catchThrowableOfType(ClusterException.class, call);
    assertThat(refusal).isNotNull();
    assertThat(refusal).hasMessageNotContaining("hunter2");
    assertThat(refusal).hasMessageNotContaining(base64("hunter2"));
    return refusal;
  }

  @Test
  void theAddressHasNoCredentials() {
    assertThat(cluster.address()).isNotBlank().doesNotContain("@");
    if (cluster.address().contains("://")) {
      assertThat(URI.create(cluster.address()).getUserInfo()).isNull();
      assertThat(cluster.address()).doesNotEndWith("/");
    }
  }

  @Test
  void servesWhatThereIsInTheCluster() {
    require(Ability.DISCOVERY);
    assertThat(cluster.serves(ResourceType.SECRET)).isTrue();
    assertThat(cluster.serves(ResourceType.JOB)).isTrue();
    assertThat(cluster.serves(ResourceType.NAMESPACE)).isTrue();
  }

  @Test
  void tellsItsVersions() {
    require(Ability.VERSIONS);
    ClusterVersions versions = cluster.versions();
    assertThat(versions.kubernetes()).matches("v1\\.[0-9]+.*");
    assertThat(versions.apis()).contains("v1", "batch/v1").doesNotHaveDuplicates();
  }

  @Test
  void doesNotServeAnUnknownGroupVersionOrType() {
    require(Ability.DISCOVERY);
    assertThat(cluster.serves(WIDGET)).isFalse();
    assertThat(cluster.serves(ResourceType.namespaced("batch/v0", "Job", "jobs"))).isFalse();
    assertThat(cluster.serves(ResourceType.namespaced("v1", "Widget", "widgets"))).isFalse();
  }

  @Test
  void whatIsCreatedIsReadBack() {
    KubernetesObject created = cluster.create(ResourceType.SECRET, secret("a", "hunter2"));
    assertThat(created.name()).isEqualTo("a");
    assertThat(created.namespace()).contains(namespace);
    assertThat(created.fields().text("metadata", "resourceVersion")).isPresent();
    KubernetesObject read = readSecret("a");
    assertThat(read.kind()).isEqualTo("Secret");
    assertThat(read.apiVersion()).isEqualTo("v1");
    assertThat(read.fields().text("type")).contains("Opaque");
    assertThat(read.fields().text("data", "key")).contains(base64("hunter2"));
    assertThat(read.fields().text("metadata", "resourceVersion"))
        .isEqualTo(created.fields().text("metadata", "resourceVersion"));
  }

  @Test
  void anObjectOfTheWholeClusterHasNoNamespace() {
    KubernetesObject read = cluster.get(ResourceType.NAMESPACE, null, namespace).orElseThrow();
    assertThat(read.name()).isEqualTo(namespace);
    assertThat(read.namespace()).isEmpty();
  }

  @Test
  void whatIsNotThereIsReadAsNothing() {
    assertThat(cluster.get(ResourceType.SECRET, namespace, "missing")).isEmpty();
    assertThat(cluster.get(ResourceType.SECRET, "no-such-namespace", "missing")).isEmpty();
    assertThat(cluster.get(ResourceType.NAMESPACE, null, "no-such-namespace")).isEmpty();
    assertThat(cluster.get(WIDGET, namespace, "missing")).isEmpty();
  }

  @Test
  void objectsAreListedByTheirNames() {
    for (String name : List.of("b", "a", "c")) {
      cluster.create(ResourceType.SECRET, secret(name, name));
    }
    List<KubernetesObject> all = ownSecrets();
    assertThat(all).extracting(KubernetesObject::name).containsExactly("a", "b", "c");
    assertThat(all).extracting(KubernetesObject::kind).containsOnly("Secret");
    assertThat(all).extracting(KubernetesObject::apiVersion).containsOnly("v1");
    assertThat(all).extracting(secret -> secret.namespace().orElse("")).containsOnly(namespace);
  }

  @Test
  void aListHoldsWhatHasAllTheLabels() {
    cluster.create(
        ResourceType.SECRET,
        secret("both", "")
            .with(Map.of("app", "x", "contract.example.org/tier", "db"), "metadata", "labels"));
    cluster.create(
        ResourceType.SECRET, secret("one", "").with(Map.of("app", "x"), "metadata", "labels"));
    cluster.create(ResourceType.SECRET, secret("none", ""));
    assertThat(names(Map.of("app", "x"))).containsExactly("both", "one");
    assertThat(names(Map.of("app", "x", "contract.example.org/tier", "db")))
        .containsExactly("both");
    assertThat(names(Map.of("app", "y"))).isEmpty();
  }

  private List<String> names(Map<String, String> labels) {
    return cluster.list(ResourceType.SECRET, namespace, labels).stream()
        .map(KubernetesObject::name)
        .toList();
  }

  @Test
  void aListHoldsWhatALabelSelectorSelects() {
    label("api", Map.of("app", "x", "contract.example.org/tier", "api"));
    label("db", Map.of("app", "x", "contract.example.org/tier", "db"));
    label("other", Map.of("app", "y"));
    assertThat(selected("app=x")).containsExactly("api", "db");
    assertThat(selected("app==x,contract.example.org/tier!=db")).containsExactly("api");
    assertThat(selected("app in (x, y), !contract.example.org/tier")).containsExactly("other");
    assertThat(selected("app in (z)")).isEmpty();
    assertThat(selected("")).contains("api", "db", "other").isSorted();
    assertThat(cluster.list(WIDGET, namespace, LabelSelector.everything())).isEmpty();
  }

  @Test
  protected void aListHoldsWhatALabelSelectorDoesNotExclude() {
    label("api", Map.of("app", "x", "contract.example.org/tier", "api"));
    label("db", Map.of("app", "x", "contract.example.org/tier", "db"));
    label("other", Map.of("app", "y"));
    assertThat(selected("app,contract.example.org/tier notin (api, cache)"))
        .containsExactly("db", "other");
  }

  private void label(String name, Map<String, String> labels) {
    cluster.create(ResourceType.SECRET, secret(name, "").with(labels, "metadata", "labels"));
  }

  private List<String> selected(String selector) {
    return cluster.list(ResourceType.SECRET, namespace, LabelSelector.parse(selector)).stream()
        .map(KubernetesObject::name)
        .toList();
  }

  @Test
  void aListOfAllNamespacesHoldsThemAll() {
    String first = namespace;
    Map<String, String> label = Map.of("run", UUID.randomUUID().toString());
    cluster.create(ResourceType.SECRET, secret("z", "").with(label, "metadata", "labels"));
    namespace = newNamespace();
    cluster.create(ResourceType.SECRET, secret("y", "").with(label, "metadata", "labels"));
    assertThat(cluster.list(ResourceType.SECRET, null, label))
        .extracting(KubernetesObject::toString)
        .containsExactly("Secret " + namespace + "/y", "Secret " + first + "/z");
    assertThat(cluster.list(ResourceType.NAMESPACE, null, Map.of()))
        .extracting(KubernetesObject::name)
        .contains(first, namespace)
        .isSorted();
  }

  @Test
  void aListOfWhatIsNotThereIsEmpty() {
    assertThat(cluster.list(ResourceType.SECRET, "no-such-namespace", Map.of())).isEmpty();
    assertThat(cluster.list(WIDGET, namespace, Map.of())).isEmpty();
  }

  @Test
  void aNameIsTakenOnce() {
    cluster.create(ResourceType.SECRET, secret("a", "first"));
    ClusterException refusal =
        refused(() -> cluster.create(ResourceType.SECRET, secret("a", "hunter2")));
    assertThat(refusal.reason()).isEqualTo(Reason.ALREADY_EXISTS);
    assertThat(refusal).hasMessageContaining("Secret " + namespace + "/a");
    assertThat(readSecret("a").fields().text("data", "key")).contains(base64("first"));
  }

  @Test
  void noNamespaceIsCreatedOnTheWay() {
    require(Ability.NAMESPACES);
    KubernetesObject object =
        secret("a", "hunter2").with("no-such-namespace", "metadata", "namespace");
    assertThat(refused(() -> cluster.create(ResourceType.SECRET, object)).reason())
        .isEqualTo(Reason.NOT_FOUND);
    assertThat(cluster.get(ResourceType.NAMESPACE, null, "no-such-namespace")).isEmpty();
  }

  @Test
  void whatIsReplacedIsWhollyReplaced() {
    cluster.create(ResourceType.SECRET, secret("a", "old").with(base64("gone"), "data", "other"));
    KubernetesObject read = readSecret("a");
    KubernetesObject replaced =
        cluster.replace(ResourceType.SECRET, read.with(Map.of("key", base64("new")), "data"));
    assertThat(replaced.fields().text("metadata", "resourceVersion"))
        .isNotEqualTo(read.fields().text("metadata", "resourceVersion"));
    assertThat(readSecret("a").fields().strings("data")).isEqualTo(Map.of("key", base64("new")));
    assertThat(readSecret("a").fields().text("metadata", "resourceVersion"))
        .isEqualTo(replaced.fields().text("metadata", "resourceVersion"));
  }

  @Test
  void whatWasChangedMeanwhileIsNotReplaced() {
    require(Ability.CONFLICTS);
    cluster.create(ResourceType.SECRET, secret("a", "old"));
    KubernetesObject read = readSecret("a");
    cluster.replace(ResourceType.SECRET, read.with(base64("theirs"), "data", "key"));
    ClusterException refusal =
        refused(
            () ->
                cluster.replace(ResourceType.SECRET, read.with(base64("hunter2"), "data", "key")));
    assertThat(refusal.reason()).isEqualTo(Reason.CONFLICT);
    assertThat(refusal).hasMessageContaining("Secret " + namespace + "/a");
    assertThat(readSecret("a").fields().text("data", "key")).contains(base64("theirs"));
  }

  @Test
  void whatIsGoneIsNotReplaced() {
    ClusterException refusal =
        refused(() -> cluster.replace(ResourceType.SECRET, secret("gone", "hunter2")));
    assertThat(refusal.reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(cluster.get(ResourceType.SECRET, namespace, "gone")).isEmpty();
  }

  @Test
  void whatIsRemovedIsGone() {
    cluster.create(ResourceType.SECRET, secret("a", "hunter2"));
    cluster.create(ResourceType.SECRET, secret("b", "stays"));
    cluster.delete(ResourceType.SECRET, readSecret("a"));
    assertThat(cluster.get(ResourceType.SECRET, namespace, "a")).isEmpty();
    assertThat(cluster.get(ResourceType.SECRET, namespace, "b")).isPresent();
  }

  @Test
  void whatIsGoneIsNotRemoved() {
    ClusterException refusal =
        refused(() -> cluster.delete(ResourceType.SECRET, secret("gone", "hunter2")));
    assertThat(refusal.reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(refusal).hasMessageContaining("Secret " + namespace + "/gone");
  }

  @Test
  void whatWasChangedMeanwhileIsNotRemoved() {
    require(Ability.REMOVAL_CONFLICTS);
    cluster.create(ResourceType.SECRET, secret("a", "hunter2"));
    KubernetesObject read = readSecret("a");
    cluster.replace(ResourceType.SECRET, read.with(base64("theirs"), "data", "key"));
    assertThat(refused(() -> cluster.delete(ResourceType.SECRET, read)).reason())
        .isEqualTo(Reason.CONFLICT);
    assertThat(readSecret("a").fields().text("data", "key")).contains(base64("theirs"));
  }

  @Test
  void fieldsThatNobodyKnowsSurviveReadingAndWriting() {
    KubernetesObject annotated =
        secret("a", "x").with("{\"deep\": [1, 2]}", "metadata", "annotations", "example.org/odd");
    cluster.create(ResourceType.SECRET, annotated);
    cluster.replace(
        ResourceType.SECRET, readSecret("a").with(base64("y"), "data", "with.dots_and-dashes"));
    KubernetesObject read = readSecret("a");
    assertThat(read.annotations()).containsEntry("example.org/odd", "{\"deep\": [1, 2]}");
    assertThat(read.fields().text("data", "with.dots_and-dashes")).contains(base64("y"));
  }

  @Test
  void manyThreadsMayUseOneClient() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<KubernetesObject>> running = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        String name = "s" + i;
        running.add(
            threads.submit(
                () -> {
                  cluster.create(ResourceType.SECRET, secret(name, name));
                  return readSecret(name);
                }));
      }
      for (int i = 0; i < running.size(); i++) {
        assertThat(running.get(i).get(60, TimeUnit.SECONDS).fields().text("data", "key"))
            .contains(base64("s" + i));
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(ownSecrets()).hasSize(24);
  }

  /** Clusters add Secrets for ServiceAccounts: OpenShift, and Kubernetes before 1.24. */
  private List<KubernetesObject> ownSecrets() {
    return cluster.list(ResourceType.SECRET, namespace, Map.of()).stream()
        .filter(secret -> !secret.fields().text("type").orElse("").startsWith("kubernetes.io/"))
        .toList();
  }

  @Test
  void ofManyWhoReplaceTheSameOneSucceeds() throws Exception {
    require(Ability.CONFLICTS);
    cluster.create(ResourceType.SECRET, secret("a", "old"));
    KubernetesObject read = readSecret("a");
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Boolean>> running = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String text = "writer " + i;
        running.add(
            threads.submit(
                () -> {
                  try {
                    cluster.replace(ResourceType.SECRET, read.with(base64(text), "data", "key"));
                    return true;
                  } catch (ClusterException e) {
                    assertThat(e.reason()).isEqualTo(Reason.CONFLICT);
                    return false;
                  }
                }));
      }
      int succeeded = 0;
      for (Future<Boolean> one : running) {
        succeeded += one.get(60, TimeUnit.SECONDS) ? 1 : 0;
      }
      assertThat(succeeded).isEqualTo(1);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aLogIsReadFromItsEnd() throws Exception {
    require(Ability.LOGS);
    runPod(namespace, "talker", "main", List.of("one", "two", "three"));
    assertThat(cluster.log(namespace, "talker", "main", 2)).isEqualTo("two\nthree\n");
    assertThat(cluster.log(namespace, "talker", "main", 100)).isEqualTo("one\ntwo\nthree\n");
  }

  @Test
  void aContainerThatHasNotBegunHasNoLog() throws Exception {
    require(Ability.LOGS);
    createWaitingPod(namespace, "waiting", "main");
    assertThat(refused(() -> cluster.log(namespace, "waiting", "main", 5)).reason())
        .isEqualTo(Reason.INVALID);
  }

  @Test
  void aPodThatIsNotThereHasNoLog() {
    require(Ability.MISSING_LOGS);
    assertThat(refused(() -> cluster.log(namespace, "nobody", "main", 5)).reason())
        .isEqualTo(Reason.NOT_FOUND);
  }

  @Test
  void aServiceAnswersThroughTheApiServer() throws Exception {
    require(Ability.SERVICES);
    runService(namespace, "gateway", 8080, "/healthz", ServiceResponse.of(200, "ok"));
    ServiceResponse answer = cluster.getFromService(namespace, "gateway", "8080", "/healthz");
    assertThat(answer).isEqualTo(ServiceResponse.of(200, "ok"));
    assertThat(answer.isSuccess()).isTrue();
  }

  @Test
  void whatAServiceAnswersIsNoFailureOfTheCluster() throws Exception {
    require(Ability.SERVICES);
    runService(namespace, "gateway", 8080, "/healthz", ServiceResponse.of(500, "out of order"));
    ServiceResponse answer = cluster.getFromService(namespace, "gateway", "8080", "/healthz");
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.body()).contains("out of order");
    assertThat(answer.isSuccess()).isFalse();
  }

  @Test
  void aServiceWithoutPodsIsUnavailable() throws Exception {
    require(Ability.SERVICES);
    createServiceWithoutPods(namespace, "lonely", 8080);
    assertThat(cluster.getFromService(namespace, "lonely", "8080", "/healthz").status())
        .isEqualTo(503);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/..",
        "/../../../pods",
        "/%2e%2e/%2e%2e/x",
        "/..%2f..",
        "\\..\\..",
        "//other/x",
        "/a?b=c",
        "/a#b",
        "/a\nb",
        "/%"
      })
  void aPathThatIsMoreThanAResourceOfTheServiceIsRefused(String path) {
    ClusterException refusal =
        catchThrowableOfType(
            ClusterException.class,
            () -> cluster.getFromService(namespace, "gateway", "8080", path));
    assertThat(refusal).isNotNull();
    assertThat(refusal.reason()).isEqualTo(ClusterException.Reason.INVALID);
  }

  @Test
  void aPathWithABlankIsEncoded() throws Exception {
    require(Ability.SERVICES);
    runService(namespace, "gateway", 8080, "/health%20check", ServiceResponse.of(200, "ok"));
    assertThat(cluster.getFromService(namespace, "gateway", "8080", "health check").status())
        .isEqualTo(200);
  }

  @Test
  void closingAgainDoesNothing() {
    cluster.close();
    assertThatCode(cluster::close).doesNotThrowAnyException();
  }
}
