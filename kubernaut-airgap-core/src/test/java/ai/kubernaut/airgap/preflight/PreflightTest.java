package ai.kubernaut.airgap.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Target;
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
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
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

  private static Finding problem(PreflightReport report) {
    assertThat(report.problems()).hasSize(1);
    Finding problem = report.problems().get(0);
    assertThat(problem.support()).isEqualTo(Support.NO);
    assertThat(catchThrowable(report::orElseThrow))
        .isInstanceOfSatisfying(
            PreflightFailedException.class, e -> assertThat(e.report()).isSameAs(report))
        .hasMessageContaining("cannot take the images as planned: 1 problem(s); nothing was sent:")
        .hasMessageContaining(problem.evidence())
        .hasMessageContaining(problem.consequence());
    return problem;
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
  final class WithoutAnyRequest {
    @Test
    void namesThatThePresetKnowsToBeTooDeepAreAProblem() {
      Finding problem =
          problem(
              preflight(
                  silent(),
                  with(RegistryPreset.dockerHub()),
                  plan("docker.io/myorg", "quay.io/a/b:1", "quay.io/c:1", "quay.io/d/e:1")));

      assertThat(problem.capability()).isEqualTo(Capability.NAMES);
      assertThat(problem.evidence())
          .isEqualTo(
              "docker.io/myorg/a/b has 3 components, and Docker Hub takes at most 2"
                  + " (https://github.com/moby/moby/issues/31760), and so have 1 more");
      assertThat(problem.consequence())
          .isEqualTo(
              "plan with a target of depth 2, which joins the rest with dashes:"
                  + " Target.registry(\"docker.io/myorg\").depth(2)");
    }

    @Test
    void namesThatThePresetKnowsToBeTooShortAreAProblem() {
      Finding problem =
          problem(
              preflight(
                  silent(),
                  with(RegistryPreset.harbor()),
                  plan("harbor.corp", "quay.io/gather:1")));

      assertThat(problem.evidence())
          .startsWith("harbor.corp/gather has 1 component, and Harbor wants 2 or more (https://");
      assertThat(problem.consequence())
          .isEqualTo("plan with a path behind the host, as in harbor.corp/<name>");
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
          .filteredOn(finding -> finding.support() == Support.NOT_ASKED)
          .hasSize(Capability.values().length - 3);
    }

    @Test
    void everyQuestionHasItsAnswerAndNothingIsLeft() {
      List<ProgressEvent> events = new ArrayList<>();
      PreflightReport report = new Preflight(client, DEFAULTS, events::add).check(plan);

      assertThat(report.orElseThrow()).isSameAs(report);
      assertThat(report.summary()).isEqualTo("harbor.corp can take the images, as far as it says");
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
              Support.YES); // referrers
      assertThat(client.tags(Repository.parse("harbor.corp/a/b"))).isEmpty();
      assertThat(events)
          .extracting(ProgressEvent::toString)
          .containsExactly("Asking harbor.corp what it can do", report.summary());
    }

    @Test
    void whereTracesAreAllowedTheRestIsFoundOut() {
      PreflightReport report = preflight(client, WRITING, plan).orElseThrow();

      assertThat(report.findings()).extracting(Finding::support).containsOnly(Support.YES);
      assertThat(report.finding(Capability.INDEX).evidence())
          .isEqualTo("it took one, which is harbor.corp/a/b:airgap-preflight now");
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

      assertThat(report.finding(Capability.INDEX).support()).isEqualTo(Support.NOT_ASKED);
      assertThat(report.finding(Capability.MOUNT).support()).isEqualTo(Support.NOT_ASKED);
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
          .isInstanceOf(RegistryException.class);
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
      assertThat(report.finding(Capability.REFERRERS).consequence())
          .isEqualTo("signatures and SBOMs are listed under tags sha256-…");
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

      Finding problem =
          problem(preflight(client, DEFAULTS, plan(host + "/org", "quay.io/a/b:1", "quay.io/c:1")));

      assertThat(problem.capability()).isEqualTo(Capability.NAMES);
      assertThat(problem.evidence())
          .contains("answered " + status)
          .endsWith("but it takes " + host + "/org/a-b: names may have 2 components here");
      assertThat(problem.consequence())
          .isEqualTo(
              "plan with a target of depth 2, which joins the rest with dashes: Target.registry(\""
                  + host
                  + "/org\").depth(2)");
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

      Finding problem =
          problem(preflight(client, DEFAULTS, plan(host, "quay.io/a/b:1", "quay.io/c/d:1")));

      assertThat(problem.capability()).isEqualTo(Capability.PUSH);
      assertThat(problem.evidence())
          .contains("sending a blob to " + host + "/a/b failed")
          .contains("answered 403")
          .endsWith("; so were c/d");
      assertThat(problem.consequence())
          .isEqualTo(
              "ask for the right to push to a/b, c/d (some registries answer the same where a project is missing),"
                  + " or plan with a path that these credentials may push to");
    }

    @Test
    void aMissingRightIsNotTakenForADepth() {
      refuse("POST", ".*/uploads/", Fault.Answer.of(401));

      Finding problem = problem(preflight(client, DEFAULTS, plan(host, "quay.io/a/b/c/d:1")));

      assertThat(problem.capability()).isEqualTo(Capability.PUSH);
      assertThat(problem.consequence()).startsWith("ask for the right to push to a/b/c/d (");
      assertThat(link.requests())
          .extracting(FaultProxy.Request::toString)
          .contains("POST /v2/a/b/c-d/blobs/uploads/", "POST /v2/a/b-c-d/blobs/uploads/");
    }

    @Test
    void whatHasToBeCreatedIsNamedAtOnce() {
      refuse("POST", ".*/uploads/", Fault.Answer.of(404));
      MirrorPlan plan = plan(host, "quay.io/a/b:1", "quay.io/a/c:1", "quay.io/d/e:1");

      Finding problem = problem(preflight(client, DEFAULTS, plan));
      assertThat(problem.capability()).isEqualTo(Capability.EXISTS);
      assertThat(problem.evidence()).contains("answered 404");
      assertThat(problem.consequence())
          .isEqualTo(
              "create the project 'a' and 'd' first, or, where each repository has to be there, these: a/b, d/e, a/c");
      assertThat(problem(preflight(client, with(RegistryPreset.harbor()), plan)).consequence())
          .isEqualTo("create the project 'a' and 'd' first");
      assertThat(problem(preflight(client, with(RegistryPreset.ecr()), plan)).consequence())
          .isEqualTo("create these repositories first: a/b, a/c, d/e");
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
      assertThat(pieces.evidence()).contains("5242880 bytes or more (OCI-Chunk-Min-Length)");
    }

    @Test
    void mountsThatAreRefusedCostOnlyTraffic() {
      refuse("POST", ".*[?]mount=.*", Fault.Answer.of(405));

      PreflightReport report =
          preflight(client, WRITING, plan(host, "quay.io/nomount/b:1", "quay.io/nomount/c:1"));

      Finding mount = report.orElseThrow().finding(Capability.MOUNT);
      assertThat(mount.support()).isEqualTo(Support.NO);
      assertThat(mount.consequence())
          .isEqualTo("what several images share is sent once for each repository");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 500})
    void indexesThatAreRefusedAreAProblem(int status) {
      refuse("PUT", ".*/manifests/airgap-preflight", Fault.Answer.of(status));

      Finding problem =
          problem(preflight(client, WRITING, plan(host, "quay.io/noindex/b" + status + ":1")));

      assertThat(problem.capability()).isEqualTo(Capability.INDEX);
      assertThat(problem.evidence()).contains("answered " + status);
      assertThat(problem.consequence())
          .startsWith("choose one platform: platformWhereIndexRefused");
    }

    @Test
    void piecesThatAreRefusedOnlyMakeBrokenUploadsBeginAnew() {
      refuse("PATCH", ".*", Fault.Answer.of(405));

      PreflightReport report = preflight(client, WRITING, plan(host, "quay.io/nopieces/b:1"));

      assertThat(report.orElseThrow().finding(Capability.CHUNKED_UPLOADS).support())
          .isEqualTo(Support.NO);
      assertThat(report.finding(Capability.INDEX).support()).isEqualTo(Support.YES);
    }

    @Test
    void whatMayPassIsNoProblem() {
      MirrorPlan plan = plan(host, "quay.io/passing/b:1");
      refuse("GET", "/v2/", Fault.Answer.of(503));
      PreflightReport unreached = preflight(client, DEFAULTS, plan).orElseThrow();
      assertThat(unreached.finding(Capability.REACHABLE).support()).isEqualTo(Support.UNKNOWN);
      assertThat(unreached.finding(Capability.REACHABLE).evidence()).contains("answered 503");
      assertThat(unreached.finding(Capability.PUSH).support()).isEqualTo(Support.NOT_ASKED);

      refuse("POST", ".*", Fault.Answer.of(429));
      PreflightReport limited = preflight(client, DEFAULTS, plan).orElseThrow();
      assertThat(limited.finding(Capability.PUSH).support()).isEqualTo(Support.UNKNOWN);
      assertThat(limited.finding(Capability.PUSH).consequence())
          .isEqualTo("it may pass: the mirroring tries again");
    }

    @Test
    void whereNothingListensIsAProblem() throws IOException {
      int free;
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        free = socket.getLocalPort();
      }
      Finding problem =
          problem(preflight(client, DEFAULTS, plan("127.0.0.1:" + free, "quay.io/a/b:1")));

      assertThat(problem.capability()).isEqualTo(Capability.REACHABLE);
      assertThat(problem.evidence()).contains("refused the connection");
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
      Finding problem = problem(preflight(false, DockerRegistry.PASSWORD));

      assertThat(problem.capability()).isEqualTo(Capability.TLS);
      assertThat(problem.evidence()).contains("comes from an authority that is not trusted here");
    }

    @Test
    void aWrongPasswordIsAProblemAndDoesNotPrint() {
      PreflightReport report = preflight(true, "hunter2");
      Finding problem = problem(report);

      assertThat(problem.capability()).isEqualTo(Capability.CREDENTIALS);
      assertThat(report.finding(Capability.TLS).support()).isEqualTo(Support.YES);
      assertThat(report.toString()).doesNotContain("hunter2");
    }

    @Test
    void theRightOnesAreNone() {
      assertThat(preflight(true, DockerRegistry.PASSWORD).problems()).isEmpty();
    }
  }
}
