package ai.kubernaut.airgap.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.preflight.Finding.Support;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.DockerRegistry;
import ai.kubernaut.airgap.registry.FaultProxy;
import ai.kubernaut.airgap.registry.FaultProxy.Fault;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryPreset;
import ai.kubernaut.airgap.registry.RoutingRegistryClient;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import ai.kubernaut.airgap.registry.http.RawServer;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found out of a mirror before anything is sent, and what is said of it. */
@Timeout(120)
final class PreflightTest {
  private static final PreflightOptions DEFAULTS = PreflightOptions.builder().build();
  private static final PreflightOptions WRITING = PreflightOptions.builder().mayWrite(true).build();

  private static MirrorPlan plan(Target target, String... images) {
    MirrorPlan.Builder plan = MirrorPlan.builder(target);
    for (String image : images) {
      plan.image(ImageRef.parse(image));
    }
    return plan.build();
  }

  private static MirrorPlan plan(String target, String... images) {
    return plan(Target.registry(target), images);
  }

  private static PreflightReport preflight(
      RegistryClient client, PreflightOptions options, MirrorPlan plan) {
    return new Preflight(client, options, event -> {}).check(plan);
  }

  private static PreflightOptions with(RegistryPreset preset) {
    return PreflightOptions.builder().preset(preset).build();
  }

  /** Checks that a capability has the only problem of a report, and returns the problem. */
  private static Problem problem(PreflightReport report, Capability capability) {
    assertThat(report.isOk()).isFalse();
    assertThat(report.problems()).hasSize(1);
    Problem problem = report.problems().get(0);
    assertThat(report.finding(capability).problem()).containsSame(problem);
    assertThat(report.finding(capability).support()).isEqualTo(Support.NO);
    assertThat(problem.subject())
        .isEqualTo(new Subject(Subject.Kind.REGISTRY, report.plan().target().registry()));
    assertThat(catchThrowable(report::orElseThrow))
        .isInstanceOfSatisfying(
            PreflightFailedException.class,
            e -> {
              assertThat(e.report()).isSameAs(report);
              assertThat(e.problems()).containsExactly(problem);
              assertThat(Optional.ofNullable(e.getCause())).isEqualTo(problem.cause());
            })
        .hasMessageContaining(
            "does not accept the images of the plan: 1 problem; nothing was sent:\n")
        .hasMessageContaining(problem.describe());
    return problem;
  }

  /** Returns the code of the fact that was found about a capability. */
  private static FactCode fact(PreflightReport report, Capability capability) {
    return report.finding(capability).fact().orElseThrow().code();
  }

  /** Checks that the registry rejected a request with this status. */
  private static void assertRejected(Problem problem, int status) {
    assertThat(problem.parameters().get("detail")).contains("answered " + status);
    assertThat(problem.cause())
        .get()
        .isInstanceOfSatisfying(
            RegistryException.class, e -> assertThat(e.status()).hasValue(status));
  }

  /** No request is made of it. */
  private static RegistryClient silent() {
    return (RegistryClient)
        Proxy.newProxyInstance(
            PreflightTest.class.getClassLoader(),
            new Class<?>[] {RegistryClient.class},
            (proxy, method, arguments) -> {
              throw new AssertionError(method.getName() + " was called");
            });
  }

  @Nested
  final class NotReached {
    @Test
    void aProxyThatRefusesIsAProblemOfItsOwn() {
      try (RawServer proxy =
              RawServer.start(
                  connection -> {
                    connection.readHead();
                    connection
                        .out()
                        .write(
                            "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
                  });
          HttpRegistryClient client =
              HttpRegistryClient.builder()
                  .credentials(CredentialProvider.none())
                  .proxy(proxy.host())
                  .build()) {
        Problem problem =
            problem(
                preflight(client, DEFAULTS, plan("harbor.test.invalid", "quay.io/a/b:1")),
                Capability.REACHABLE);

        assertThat(problem.code()).isEqualTo(ProblemCode.PROXY_REFUSED);
        assertThat(problem.parameters().get("detail")).contains("the proxy " + proxy.host());
      }
    }

    @Test
    void aRegistryWithoutAClientIsAProblemOfItsOwn() {
      try (RegistryClient client =
          RoutingRegistryClient.builder().route("quay.io", MemoryRegistryClient.create()).build()) {
        Problem problem =
            problem(
                preflight(client, DEFAULTS, plan("harbor.corp", "quay.io/a/b:1")),
                Capability.REACHABLE);

        assertThat(problem.code()).isEqualTo(ProblemCode.REGISTRY_WITHOUT_CLIENT);
      }
    }
  }

  @Nested
  final class WithoutAnyRequest {
    @Test
    void namesThatThePresetKnowsToBeTooDeepAreAProblem() {
      Problem problem =
          problem(
              preflight(
                  silent(),
                  with(RegistryPreset.dockerHub()),
                  plan("docker.io/myorg", "quay.io/a/b:1", "quay.io/c:1", "quay.io/d/e:1")),
              Capability.NAMES);

      assertThat(problem.code()).isEqualTo(ProblemCode.REPOSITORY_NAMES_TOO_DEEP);
      assertThat(problem.message())
          .isEqualTo(
              "Docker Hub accepts repository names with at most 2 components"
                  + " (https://github.com/moby/moby/issues/31760),"
                  + " but names of the plan have 3: myorg/a/b, myorg/d/e");
      assertThat(problem.remedy())
          .isEqualTo(
              "plan with Target.registry(\"docker.io/myorg\").depth(2),"
                  + " which joins the remaining components with dashes");
    }

    @Test
    void namesThatThePresetKnowsToBeTooShortAreAProblem() {
      Problem problem =
          problem(
              preflight(
                  silent(), with(RegistryPreset.harbor()), plan("harbor.corp", "quay.io/gather:1")),
              Capability.NAMES);

      assertThat(problem.code()).isEqualTo(ProblemCode.REPOSITORY_NAMES_TOO_SHORT);
      assertThat(problem.message())
          .startsWith("Harbor requires repository names with at least 2 components (https://")
          .endsWith("), but names of the plan have 1: gather");
      assertThat(problem.remedy())
          .isEqualTo("plan with a path in the target, for example harbor.corp/<project>");
    }

    @Test
    void manyNamesAreCounted() {
      String[] images = new String[7];
      for (int i = 0; i < images.length; i++) {
        images[i] = "quay.io/a/b" + i + ":1";
      }
      PreflightReport report =
          preflight(silent(), with(RegistryPreset.dockerHub()), plan("docker.io/o", images));

      assertThat(problem(report, Capability.NAMES).parameters())
          .containsEntry("repositories", "o/a/b0, o/a/b1, o/a/b2, o/a/b3, o/a/b4 and 2 more");
    }
  }

  @Nested
  final class OfARegistryInMemory {
    private final MemoryRegistryClient client = MemoryRegistryClient.create();
    private final MirrorPlan plan = plan("harbor.corp", "quay.io/a/b:1", "quay.io/a/c:1");

    @Test
    void aPlanWithoutImagesAsksForTheRegistryAlone() {
      PreflightReport report = preflight(client, DEFAULTS, plan("harbor.corp")).orElseThrow();

      assertThat(report.findings())
          .filteredOn(finding -> finding.support() == Support.YES)
          .extracting(Finding::capability)
          .containsExactly(Capability.REACHABLE, Capability.TLS, Capability.CREDENTIALS);
      assertThat(report.findings())
          .filteredOn(finding -> finding.support() == Support.NOT_CHECKED)
          .hasSize(Capability.values().length - 3);
    }

    @Test
    void everyQuestionHasItsAnswerAndNothingIsLeft() {
      List<ProgressEvent> events = new ArrayList<>();
      PreflightReport report = new Preflight(client, DEFAULTS, events::add).check(plan);

      assertThat(report.orElseThrow()).isSameAs(report);
      assertThat(report.summary())
          .isEqualTo("harbor.corp accepts the images of the plan, as far as was checked");
      assertThat(report.findings())
          .extracting(Finding::support)
          .containsExactly(
              Support.YES, // names
              Support.YES, // reachable
              Support.YES, // TLS
              Support.YES, // credentials
              Support.YES, // exists
              Support.YES, // push
              Support.UNKNOWN, // pieces
              Support.UNKNOWN, // mount
              Support.UNKNOWN, // index
              Support.NOT_CHECKED, // sparse index
              Support.YES); // referrers
      assertThat(client.tags(Repository.parse("harbor.corp/a/b"))).isEmpty();
      assertThat(events)
          .extracting(ProgressEvent::toString)
          .containsExactly("Checking harbor.corp", report.summary());
    }

    @Test
    void whereTracesAreAllowedTheRestIsFoundOut() {
      PreflightReport report = preflight(client, WRITING, plan).orElseThrow();

      assertThat(report.findings())
          .filteredOn(finding -> finding.capability() != Capability.SPARSE_INDEX)
          .extracting(Finding::support)
          .containsOnly(Support.YES);
      assertThat(fact(report, Capability.SPARSE_INDEX)).isEqualTo(FactCode.SPARSE_INDEX_NOT_NEEDED);
      assertThat(fact(report, Capability.INDEX)).isEqualTo(FactCode.INDEX_ACCEPTED);
      assertThat(report.finding(Capability.INDEX).message())
          .isEqualTo("an image index was accepted and stored as harbor.corp/a/b:airgap-preflight");
      assertThat(client.tags(Repository.parse("harbor.corp/a/b")))
          .containsExactly("airgap-preflight");
      assertThat(client.tags(Repository.parse("harbor.corp/a/c"))).isEmpty();
    }

    @Test
    void whatNothingDependsOnIsNotAsked() {
      MirrorPlan small =
          MirrorPlan.builder(Target.registry("harbor.corp"))
              .image(ImageRef.parse("quay.io/a/b:1"))
              .platforms(Platforms.withoutIndex(Platform.of("linux", "amd64")))
              .build();

      PreflightReport report = preflight(client, WRITING, small).orElseThrow();

      assertThat(report.finding(Capability.INDEX).support()).isEqualTo(Support.NOT_CHECKED);
      assertThat(report.finding(Capability.MOUNT).support()).isEqualTo(Support.NOT_CHECKED);
    }

    @Test
    void whatThePresetKnowsComesAlong() {
      assertThat(preflight(client, with(RegistryPreset.harbor()), plan).limits())
          .isEqualTo(RegistryPreset.harbor().limits());
    }

    @Test
    void anInterruptedThreadGetsNoReport() {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> preflight(client, DEFAULTS, plan))
          .isInstanceOfSatisfying(
              CancelledException.class,
              e -> assertThat(e.reason()).isEqualTo(CancelledException.Reason.INTERRUPTED))
          .hasCauseInstanceOf(RegistryException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Nested
  final class OfARealRegistry {
    private static DockerRegistry registry;
    private FaultProxy link;
    private HttpRegistryClient client;
    private String host;

    @BeforeAll
    static void start() {
      registry = DockerRegistry.start();
    }

    @AfterAll
    static void stop() {
      if (registry != null) {
        registry.close();
      }
    }

    @BeforeEach
    void connect() {
      link = FaultProxy.before(registry.host());
      host = link.host();
      client =
          HttpRegistryClient.builder()
              .plainHttp(host)
              .credentials(CredentialProvider.none())
              .build();
    }

    @AfterEach
    void disconnect() {
      client.close();
      link.close();
    }

    private void refuse(String method, String pattern, Fault fault) {
      link.faults(
          request ->
              request.method().equals(method) && request.uri().matches(pattern)
                  ? Optional.of(fault)
                  : Optional.empty());
    }

    @Test
    void fourRequestsAreEnoughAndLeaveNothing() {
      PreflightReport report =
          preflight(client, DEFAULTS, plan(host, "quay.io/few/b:1", "quay.io/few/c/d:1"));

      assertThat(report.orElseThrow().finding(Capability.REFERRERS).support())
          .isEqualTo(Support.NO);
      assertThat(fact(report, Capability.REFERRERS)).isEqualTo(FactCode.REFERRERS_NOT_LISTED);
      assertThat(report.finding(Capability.REFERRERS).message())
          .endsWith("signatures and SBOMs are listed under tags sha256-…");
      assertThat(link.requests())
          .extracting(
              request ->
                  request.method() + " " + request.uri().replaceAll("uploads/.+", "uploads/…"))
          .satisfiesExactly(
              ping -> assertThat(ping).isEqualTo("GET /v2/"),
              begin -> assertThat(begin).isEqualTo("POST /v2/few/c/d/blobs/uploads/"),
              abandon -> assertThat(abandon).isEqualTo("DELETE /v2/few/c/d/blobs/uploads/…"),
              referrers -> assertThat(referrers).startsWith("GET /v2/few/c/d/referrers/sha256:"));
      assertThat(link.answers())
          .extracting(FaultProxy.Answered::status)
          .containsExactly(200, 202, 204, 404);
      assertThat(registry.storage().resolve("docker/registry/v2/repositories/few/c/d"))
          .isDirectoryNotContaining("glob:**/_layers")
          .isDirectoryNotContaining("glob:**/_manifests");
    }

    @Test
    void whereTracesAreAllowedPiecesMountsAndIndexesAreTried() {
      PreflightReport report =
          preflight(client, WRITING, plan(host, "quay.io/traces/b:1", "quay.io/traces/c:1"));

      for (Capability capability :
          List.of(Capability.CHUNKED_UPLOADS, Capability.MOUNT, Capability.INDEX)) {
        assertThat(report.orElseThrow().finding(capability).support()).isEqualTo(Support.YES);
      }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403})
    void aNameThatIsTooDeepIsToldFromAMissingRight(int status) {
      refuse("POST", "/v2/[^/]+/[^/]+/.+/blobs/uploads/", Fault.Answer.of(status));

      PreflightReport report =
          preflight(client, DEFAULTS, plan(host + "/org", "quay.io/a/b:1", "quay.io/c:1"));

      Problem problem = problem(report, Capability.NAMES);
      assertThat(problem.code()).isEqualTo(ProblemCode.REPOSITORY_NAMES_REJECTED);
      assertRejected(problem, status);
      assertThat(problem.message())
          .startsWith(
              "repository names with 3 components are rejected,"
                  + " but org/a-b with 2 is accepted: ");
      assertThat(problem.remedy())
          .startsWith("plan with Target.registry(\"" + host + "/org\").depth(2), which joins");
      assertThat(fact(report, Capability.PUSH)).isEqualTo(FactCode.PUSH_ALLOWED);
      assertThat(
              preflight(
                      client,
                      DEFAULTS,
                      plan(Target.registry(host + "/org").depth(2), "quay.io/a/b:1"))
                  .problems())
          .isEmpty();
    }

    @Test
    void aMissingRightIsToldWithTheRepositoriesThatItIsMissingFor() {
      refuse("POST", ".*/uploads/", Fault.Answer.of(403));

      PreflightReport report =
          preflight(client, DEFAULTS, plan(host, "quay.io/a/b:1", "quay.io/c/d:1"));

      Problem problem = problem(report, Capability.PUSH);
      assertThat(problem.code()).isEqualTo(ProblemCode.PUSH_DENIED);
      assertRejected(problem, 403);
      assertThat(problem.message())
          .startsWith(
              "pushing to a/b, c/d is not allowed: sending a blob to " + host + "/a/b failed");
      assertThat(problem.remedy())
          .isEqualTo(
              "request permission to push to these repositories (some registries give the same response if a project does not exist),"
                  + " or plan with a path that the credentials allow to push to");
      assertThat(fact(report, Capability.EXISTS)).isEqualTo(FactCode.EXISTENCE_NOT_CONFIRMED);
      assertThat(fact(report, Capability.INDEX)).isEqualTo(FactCode.NOT_CHECKED_NO_UPLOAD);
    }

    @Test
    void aMissingRightIsNotTakenForADepth() {
      refuse("POST", ".*/uploads/", Fault.Answer.of(401));

      Problem problem =
          problem(preflight(client, DEFAULTS, plan(host, "quay.io/a/b/c/d:1")), Capability.PUSH);

      assertThat(problem.code()).isEqualTo(ProblemCode.PUSH_DENIED);
      assertThat(problem.parameters()).containsEntry("repositories", "a/b/c/d");
      assertThat(link.requests())
          .extracting(FaultProxy.Request::toString)
          .contains("POST /v2/a/b/c-d/blobs/uploads/", "POST /v2/a/b-c-d/blobs/uploads/");
    }

    @Test
    void whatHasToBeCreatedIsNamedAtOnce() {
      refuse("POST", ".*/uploads/", Fault.Answer.of(404));
      MirrorPlan plan = plan(host, "quay.io/a/b:1", "quay.io/a/c:1", "quay.io/d/e:1");

      PreflightReport report = preflight(client, DEFAULTS, plan);
      Problem either = problem(report, Capability.EXISTS);
      assertThat(either.code()).isEqualTo(ProblemCode.PROJECTS_OR_REPOSITORIES_MISSING);
      assertRejected(either, 404);
      assertThat(either.remedy())
          .isEqualTo(
              "create these projects: a, d; if the registry does not create repositories with the"
                  + " first push, also create these repositories: a/b, d/e, a/c");
      assertThat(fact(report, Capability.PUSH)).isEqualTo(FactCode.PUSH_NOT_CHECKED);

      Problem projects =
          problem(preflight(client, with(RegistryPreset.harbor()), plan), Capability.EXISTS);
      assertThat(projects.code()).isEqualTo(ProblemCode.PROJECTS_MISSING);
      assertThat(projects.remedy()).isEqualTo("create these projects: a, d");

      Problem repositories =
          problem(preflight(client, with(RegistryPreset.ecr()), plan), Capability.EXISTS);
      assertThat(repositories.code()).isEqualTo(ProblemCode.REPOSITORIES_MISSING);
      assertThat(repositories.remedy()).isEqualTo("create these repositories: a/b, a/c, d/e");
    }

    @Test
    void aLeastPieceIsReported() {
      refuse(
          "POST",
          ".*/uploads/",
          Fault.Answer.of(
              202, "Location: /v2/a/b/blobs/uploads/1", "OCI-Chunk-Min-Length: 5242880"));

      Finding pieces =
          preflight(client, DEFAULTS, plan(host, "quay.io/a/b:1"))
              .finding(Capability.CHUNKED_UPLOADS);

      assertThat(pieces.support()).isEqualTo(Support.YES);
      assertThat(pieces.code()).isEqualTo(FactCode.CHUNKED_UPLOADS_OFFERED.name());
      assertThat(pieces.message()).contains("5242880 bytes or more (OCI-Chunk-Min-Length)");
    }

    @Test
    void mountsThatAreRefusedCostOnlyTraffic() {
      refuse("POST", ".*[?]mount=.*", Fault.Answer.of(405));

      PreflightReport report =
          preflight(client, WRITING, plan(host, "quay.io/nomount/b:1", "quay.io/nomount/c:1"));

      Finding mount = report.orElseThrow().finding(Capability.MOUNT);
      assertThat(mount.support()).isEqualTo(Support.NO);
      assertThat(fact(report, Capability.MOUNT)).isEqualTo(FactCode.BLOB_NOT_MOUNTED);
      assertThat(mount.message())
          .endsWith("; what several images share is sent once for each repository");
      assertThat(mount.remedy()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 500})
    void indexesThatAreRefusedAreAProblem(int status) {
      refuse("PUT", ".*/manifests/airgap-preflight", Fault.Answer.of(status));

      Problem problem =
          problem(
              preflight(client, WRITING, plan(host, "quay.io/noindex/b" + status + ":1")),
              Capability.INDEX);

      assertThat(problem.code()).isEqualTo(ProblemCode.INDEX_REFUSED);
      assertRejected(problem, status);
      assertThat(problem.remedy())
          .startsWith("mirror one platform only: set platformWhereIndexRefused");
    }

    @Test
    void aTestPushThatFailsLeavesItsCapabilitiesUnknownAndSaysWhy() {
      refuse("PUT", ".*/manifests/sha256:.*", Fault.Answer.of(503));

      PreflightReport report =
          preflight(client, WRITING, plan(host, "quay.io/nopush/b:1", "quay.io/nopush/c:1"))
              .orElseThrow();

      assertThat(fact(report, Capability.CHUNKED_UPLOADS)).isEqualTo(FactCode.CHUNK_ACCEPTED);
      for (Capability capability : List.of(Capability.INDEX, Capability.MOUNT)) {
        assertThat(report.finding(capability).support()).isEqualTo(Support.UNKNOWN);
        assertThat(fact(report, capability)).isEqualTo(FactCode.TEMPORARY_FAILURE);
        assertThat(report.finding(capability).message()).contains("answered 503");
      }
    }

    @Test
    void piecesThatAreRefusedOnlyMakeBrokenUploadsBeginAnew() {
      refuse("PATCH", ".*", Fault.Answer.of(405));

      PreflightReport report = preflight(client, WRITING, plan(host, "quay.io/nopieces/b:1"));

      assertThat(report.orElseThrow().finding(Capability.CHUNKED_UPLOADS).support())
          .isEqualTo(Support.NO);
      assertThat(fact(report, Capability.CHUNKED_UPLOADS)).isEqualTo(FactCode.CHUNK_REJECTED);
      assertThat(report.finding(Capability.INDEX).support()).isEqualTo(Support.YES);
    }

    @Test
    void whatMayPassIsNoProblem() {
      MirrorPlan plan = plan(host, "quay.io/passing/b:1");
      refuse("GET", "/v2/", Fault.Answer.of(503));
      PreflightReport unreached = preflight(client, DEFAULTS, plan).orElseThrow();
      assertThat(unreached.finding(Capability.REACHABLE).support()).isEqualTo(Support.UNKNOWN);
      assertThat(fact(unreached, Capability.REACHABLE)).isEqualTo(FactCode.TEMPORARY_FAILURE);
      assertThat(unreached.finding(Capability.REACHABLE).message()).contains("answered 503");
      assertThat(fact(unreached, Capability.PUSH)).isEqualTo(FactCode.NOT_CHECKED_UNREACHABLE);
      assertThat(unreached.finding(Capability.PUSH).support()).isEqualTo(Support.NOT_CHECKED);

      refuse("POST", ".*", Fault.Answer.of(429));
      PreflightReport limited = preflight(client, DEFAULTS, plan).orElseThrow();
      assertThat(limited.finding(Capability.PUSH).support()).isEqualTo(Support.UNKNOWN);
      assertThat(fact(limited, Capability.PUSH)).isEqualTo(FactCode.TEMPORARY_FAILURE);
      assertThat(limited.finding(Capability.PUSH).message())
          .endsWith("; the failure may be temporary, mirroring retries");
    }

    @Test
    void whereNothingListensIsAProblem() throws IOException {
      int free;
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        free = socket.getLocalPort();
      }
      Problem problem =
          problem(
              preflight(client, DEFAULTS, plan("127.0.0.1:" + free, "quay.io/a/b:1")),
              Capability.REACHABLE);

      assertThat(problem.code()).isEqualTo(ProblemCode.REGISTRY_UNREACHABLE);
      assertThat(problem.parameters().get("detail")).contains("refused the connection");
    }
  }

  @Nested
  final class OfARegistryWithAPasswordAndACertificate {
    private static DockerRegistry registry;

    @BeforeAll
    static void start() {
      registry = DockerRegistry.builder().basicAuth().tls().start();
    }

    @AfterAll
    static void stop() {
      if (registry != null) {
        registry.close();
      }
    }

    private PreflightReport preflight(boolean trusted, String password) {
      HttpRegistryClient.Builder builder =
          HttpRegistryClient.builder()
              .credentials(
                  CredentialProvider.forRegistry(
                      registry.host(), Credentials.of(DockerRegistry.USER, password)));
      if (trusted) {
        builder.caFile(registry.host(), registry.authority());
      }
      try (HttpRegistryClient client = builder.build()) {
        return PreflightTest.preflight(client, DEFAULTS, plan(registry.host(), "quay.io/a/b:1"));
      }
    }

    @Test
    void anUnknownAuthorityIsAProblem() {
      Problem problem = problem(preflight(false, DockerRegistry.PASSWORD), Capability.TLS);

      assertThat(problem.code()).isEqualTo(ProblemCode.REGISTRY_TLS_FAILED);
      assertThat(problem.parameters().get("detail"))
          .contains("comes from an authority that is not trusted here");
    }

    @Test
    void aWrongPasswordIsAProblemAndDoesNotPrint() {
      PreflightReport report = preflight(true, "hunter2");
      Problem problem = problem(report, Capability.CREDENTIALS);

      assertThat(problem.code()).isEqualTo(ProblemCode.REGISTRY_UNAUTHORIZED);
      assertThat(report.finding(Capability.TLS).support()).isEqualTo(Support.YES);
      assertThat(report.toString()).doesNotContain("hunter2");
    }

    @Test
    void theRightOnesAreNone() {
      assertThat(preflight(true, DockerRegistry.PASSWORD).problems()).isEmpty();
    }
  }
}
