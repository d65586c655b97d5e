package ai.kubernaut.airgap.plan;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.ImageReason;
import ai.kubernaut.airgap.chart.TemplateHelm;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MirrorPlannerTest {
  private static final Target HARBOR = Target.registry("harbor.corp");
  private static final ImageRef GATEWAY = ImageRef.parse("quay.io/kubernaut-ai/gateway:v1.1.0");
  private static final ImageRef POSTGRES =
      ImageRef.parse("registry.redhat.io/rhel10/postgresql-16");
  private static final ImageRef GATHER = ImageRef.parse("quay.io/kubernaut-ai/must-gather:v1.1.0");

  private final MemoryRegistryClient registries = MemoryRegistryClient.create();

  private static TemplateHelm helm(ImageRef... images) {
    StringBuilder manifests = new StringBuilder();
    for (ImageRef image : images) {
      manifests.append(
          """
          ---
          # Source: kubernaut/templates/pod.yaml
          apiVersion: v1
          kind: Pod
          metadata: {name: %s}
          spec: {containers: [{name: c, image: "%s"}]}
          """
              .formatted(image.repository().name().replace('/', '-'), image));
    }
    return TemplateHelm.rendering(manifests.toString());
  }

  private Digest publish(ImageRef image) {
    Manifest manifest =
        Manifest.of(
            Manifest.OCI_INDEX,
            "{\"schemaVersion\":2,\"manifests\":[],\"annotations\":{\"of\":\"%s\"}}"
                .formatted(image)
                .getBytes(UTF_8));
    registries.writeManifest(image.tag().isPresent() ? image : image.withTag("latest"), manifest);
    return manifest.digest();
  }

  private MirrorPlan plan(TemplateHelm helm, PlanOptions options) {
    return new MirrorPlanner(helm, registries).plan(TemplateHelm.chart(), HARBOR, options);
  }

  @Test
  void everyImageHasItsNameItsDigestAndItsReasons() {
    Digest gateway = publish(GATEWAY);
    Digest postgres = publish(POSTGRES);
    MirrorPlan plan = plan(helm(GATEWAY, POSTGRES), PlanOptions.builder().build());
    assertThat(plan.target()).isEqualTo(HARBOR);
    assertThat(plan.chart()).contains(TemplateHelm.chart().relocated(Path::toAbsolutePath));
    assertThat(plan.entries())
        .containsExactly(
            MirrorEntry.builder()
                .source(GATEWAY)
                .target(ImageRef.parse("harbor.corp/kubernaut-ai/gateway:v1.1.0"))
                .digest(gateway)
                .addReasons(
                    ImageReason.of(
                        "kubernaut/templates/pod.yaml",
                        "Pod kubernaut-ai-gateway",
                        "spec.containers[0].image"))
                .build(),
            MirrorEntry.builder()
                .source(POSTGRES)
                .target(ImageRef.parse("harbor.corp/rhel10/postgresql-16:latest"))
                .digest(postgres)
                .addReasons(
                    ImageReason.of(
                        "kubernaut/templates/pod.yaml",
                        "Pod rhel10-postgresql-16",
                        "spec.containers[0].image"))
                .build());
  }

  @Test
  void extraImagesComeAlongOnce() {
    publish(GATEWAY);
    Digest gather = publish(GATHER);
    MirrorPlan plan =
        plan(helm(GATEWAY), PlanOptions.builder().addExtraImages(GATHER, GATEWAY, GATHER).build());
    assertThat(plan.entries()).extracting(MirrorEntry::source).containsExactly(GATEWAY, GATHER);
    assertThat(plan.entries().get(1).digest()).contains(gather);
    assertThat(plan.entries().get(1).reasons()).isEmpty();
    assertThat(plan.entries().get(0).reasons()).hasSize(1);
  }

  @Test
  void anImageNamedWithLatestAndWithoutATagComesOnceWithTheReasonsOfBoth() {
    ImageRef latest = POSTGRES.withTag("latest");
    publish(POSTGRES);
    MirrorPlan plan =
        plan(helm(POSTGRES, latest), PlanOptions.builder().addExtraImages(latest).build());
    assertThat(plan.entries()).extracting(MirrorEntry::source).containsExactly(POSTGRES);
    assertThat(plan.entries().get(0).reasons()).isNotEmpty();
    assertThat(plan.pullReferences()).containsKeys(POSTGRES, latest);
  }

  @Test
  void aHostsOwnRuleNamesTheImages() {
    publish(GATEWAY);
    publish(POSTGRES);
    MirrorPlan plan =
        plan(
            helm(GATEWAY, POSTGRES),
            PlanOptions.builder()
                .naming(
                    image ->
                        Repository.parse(
                            "harbor.corp/by-host/"
                                + image.registry().replace('.', '-')
                                + "/"
                                + image.repository().name()))
                .build());
    assertThat(plan.entries())
        .extracting(entry -> entry.target().toString())
        .containsExactly(
            "harbor.corp/by-host/quay-io/kubernaut-ai/gateway:v1.1.0",
            "harbor.corp/by-host/registry-redhat-io/rhel10/postgresql-16:latest");
    assertThatThrownBy(
            () ->
                plan(
                    helm(GATEWAY, POSTGRES),
                    PlanOptions.builder()
                        .naming(image -> Repository.parse("elsewhere.corp/x"))
                        .build()))
        .isInstanceOf(InvalidPlanException.class)
        .hasMessageContaining("does not lie in the target harbor.corp");
  }

  @Test
  void aPinnedImageIsLookedForByItsDigest() {
    Digest digest = publish(GATEWAY);
    ImageRef pinned = GATEWAY.withDigest(digest);
    MirrorPlan plan = plan(helm(pinned), PlanOptions.builder().build());
    assertThat(plan.entries().get(0).digest()).contains(digest);
    assertThat(plan.entries().get(0).target())
        .isEqualTo(ImageRef.parse("harbor.corp/kubernaut-ai/gateway:v1.1.0"));
  }

  @Test
  void allMissingImagesAreNamedAtOnceWithTheTagThatIsThere() {
    publish(POSTGRES);
    publish(GATEWAY);
    ImageRef other = GATEWAY.withTag("1.1.0");
    ImageRef missing = ImageRef.parse("quay.io/kubernaut-ai/datastorage:1.1.0");
    publish(ImageRef.parse("quay.io/kubernaut-ai/notification:2.0"));
    ImageRef tooNew = ImageRef.parse("quay.io/kubernaut-ai/notification:v2.0");
    UnresolvedImagesException failure =
        catchThrowableOfType(
            UnresolvedImagesException.class,
            () -> plan(helm(POSTGRES, other, missing, tooNew), PlanOptions.builder().build()));
    Map<Subject, Problem> problems = bySubject(failure);
    assertThat(problems)
        .containsOnlyKeys(Subject.image(missing), Subject.image(other), Subject.image(tooNew));
    assertThat(problems.get(Subject.image(missing)))
        .returns(ProblemCode.IMAGE_NOT_PUBLISHED, Problem::code)
        .returns(
            "there is no such image (needed by Pod kubernaut-ai-datastorage)", Problem::message);
    assertThat(problems.get(Subject.image(other)))
        .returns(ProblemCode.IMAGE_HAS_OTHER_TAG, Problem::code)
        .returns("set the chart's image tag to v1.1.0", Problem::remedy);
    assertThat(problems.get(Subject.image(other)).message()).endsWith("but there is " + GATEWAY);
    assertThat(problems.get(Subject.image(tooNew)).remedy())
        .isEqualTo("set the chart's image tag to 2.0");
    assertThat(failure)
        .hasMessageStartingWith(
            "3 of 4 images cannot be read at their source; nothing was mirrored:")
        .hasMessageContaining(missing.toString());
  }

  @Test
  void aRegistryThatCannotBeAskedIsAProblemOfItsImages() {
    RegistryClient unreachable =
        answering(
            () -> {
              throw new RegistryException(
                  RegistryException.Reason.UNREACHABLE, "quay.io", 0, "quay.io is not there", null);
            });
    UnresolvedImagesException failure =
        catchThrowableOfType(
            UnresolvedImagesException.class,
            () ->
                new MirrorPlanner(helm(GATEWAY, POSTGRES), unreachable)
                    .plan(TemplateHelm.chart(), HARBOR, PlanOptions.builder().build()));
    assertThat(bySubject(failure))
        .containsOnlyKeys(Subject.image(GATEWAY), Subject.image(POSTGRES));
    assertThat(failure.problems())
        .allSatisfy(
            problem -> {
              assertThat(problem.code()).isEqualTo(ProblemCode.REGISTRY_UNREACHABLE);
              assertThat(problem.parameters())
                  .containsEntry("registry", "quay.io")
                  .containsEntry("detail", "quay.io is not there");
              assertThat(problem.cause()).containsInstanceOf(RegistryException.class);
            });
  }

  private static Map<Subject, Problem> bySubject(UnresolvedImagesException failure) {
    return failure.problems().stream()
        .collect(Collectors.toMap(Problem::subject, Function.identity()));
  }

  @Test
  void anInterruptEndsPlanning() {
    CountDownLatch never = new CountDownLatch(1);
    RegistryClient silent =
        answering(
            () -> {
              never.await();
              return Optional.empty();
            });
    Thread.currentThread().interrupt();

    CancelledException ended =
        catchThrowableOfType(
            CancelledException.class,
            () ->
                new MirrorPlanner(silent)
                    .plan(List.of(GATEWAY), HARBOR, PlanOptions.builder().build()));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(ended.reason()).isEqualTo(CancelledException.Reason.INTERRUPTED);
  }

  private static RegistryClient answering(Callable<Object> answer) {
    return (RegistryClient)
        Proxy.newProxyInstance(
            RegistryClient.class.getClassLoader(),
            new Class<?>[] {RegistryClient.class},
            (proxy, method, arguments) -> answer.call());
  }

  @Test
  void withoutResolvingNobodyIsAsked() {
    registries.close();
    assertThatThrownBy(() -> registries.findManifest(GATEWAY)).hasMessageContaining("closed");
    Digest digest = Digest.sha256("x".getBytes(UTF_8));
    MirrorPlan plan =
        plan(
            helm(GATEWAY, POSTGRES.withDigest(digest)),
            PlanOptions.builder().resolveDigests(false).build());
    assertThat(plan.entries().get(0).digest()).isEmpty();
    assertThat(plan.entries().get(1).digest()).contains(digest);
  }

  @Test
  void aChartWithoutImagesHasAnEmptyPlan() {
    assertThat(plan(helm(), PlanOptions.builder().build()).entries()).isEmpty();
  }

  @Test
  void theSdkConfigBecomesTheValueThatTheChartKeepsForIt() {
    TemplateHelm helm =
        TemplateHelm.of("kubernautAgent: {llm: {sdkConfigContent: \"\"}}\n", values -> "");
    Chart chart = TemplateHelm.chart().sdkConfig(Path.of("sdk.yaml"));
    MirrorPlan plan =
        new MirrorPlanner(helm, registries).plan(chart, HARBOR, PlanOptions.builder().build());
    assertThat(plan.chart()).as("as it was given").contains(chart.relocated(Path::toAbsolutePath));
  }

  @Test
  void chosenPlatformsArePlannedWithTheDigestThatTheIndexWillHave(@TempDir Path directory) {
    List<Manifest> children = new ArrayList<>();
    for (String name : List.of("amd64", "arm64", "attestation of arm64")) {
      Manifest child =
          Manifest.of(
              Manifest.OCI_MANIFEST,
              "{\"schemaVersion\":2,\"annotations\":{\"is\":\"%s\"}}"
                  .formatted(name)
                  .getBytes(UTF_8));
      registries.writeManifest(GATEWAY.repository().digest(child.digest()), child);
      children.add(child);
    }
    byte[] index =
        """
        {"schemaVersion":2,"manifests":[
          {"mediaType":"%1$s","digest":"%2$s","size":7,"platform":{"os":"linux","architecture":"amd64"}},
          {"mediaType":"%1$s","digest":"%3$s","size":7,"platform":{"os":"linux","architecture":"arm64","variant":"v8"}},
          {"mediaType":"%1$s","digest":"%4$s","size":7,"platform":{"os":"unknown","architecture":"unknown"},
           "annotations":{"vnd.docker.reference.digest":"%3$s"}}]}"""
            .formatted(
                Manifest.OCI_MANIFEST,
                children.get(0).digest(),
                children.get(1).digest(),
                children.get(2).digest())
            .getBytes(UTF_8);
    Manifest manifest = Manifest.of(Manifest.OCI_INDEX, index);
    registries.writeManifest(GATEWAY, manifest);
    Platforms arm64 = Platforms.of(Platform.of("linux", "arm64"));

    MirrorPlan plan = plan(helm(GATEWAY), PlanOptions.builder().platforms(arm64).build());

    Manifest reduced =
        manifest.reducedTo(
            arm64,
            child -> {
              throw new AssertionError("nothing but the index is needed");
            });
    assertThat(reduced.children())
        .extracting(Descriptor::digest)
        .containsExactly(children.get(1).digest(), children.get(2).digest());
    assertThat(plan.entries().get(0).digest()).contains(manifest.digest());
    assertThat(plan.entries().get(0).mirroredDigest()).contains(reduced.digest());
    plan.save(directory.resolve("plan.yaml"));
    assertThat(MirrorPlan.read(directory.resolve("plan.yaml"))).isEqualTo(plan);
  }

  @Test
  void imagesInTheChartsAnnotationsAreMentioned() {
    publish(GATEWAY);
    TemplateHelm helm =
        helm(GATEWAY)
            .about(
                """
                apiVersion: v2
                name: kubernaut
                version: 1.1.0
                annotations:
                  artifacthub.io/images: |
                    - name: gateway
                      image: %s
                    - name: tools
                      image: quay.io/kubernaut-ai/tools:v1.1.0
                """
                    .formatted(GATEWAY));

    MirrorPlan plan = plan(helm, PlanOptions.builder().build());

    assertThat(plan.entries()).extracting(MirrorEntry::source).containsExactly(GATEWAY);
    assertThat(plan.mentions())
        .singleElement()
        .satisfies(
            mention -> {
              assertThat(mention.image())
                  .isEqualTo(ImageRef.parse("quay.io/kubernaut-ai/tools:v1.1.0"));
              assertThat(mention.reasons().get(0))
                  .isEqualTo(
                      ImageReason.of(
                          "Chart.yaml",
                          "Chart kubernaut",
                          "metadata.annotations.artifacthub.io/images"));
            });
  }

  @Test
  void platformsCannotBeChosenWithoutAskingForDigests() {
    assertThatThrownBy(
            () ->
                PlanOptions.builder()
                    .platforms(Platforms.withoutIndex(Platform.of("linux", "amd64")))
                    .resolveDigests(false)
                    .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("linux/amd64 alone")
        .hasMessageContaining("resolveDigests");
  }

  @Test
  void anInterruptEndsPlanningAndStaysSet() {
    CountDownLatch never = new CountDownLatch(1);
    RegistryClient silent =
        answering(
            () -> {
              never.await();
              return Optional.empty();
            });
    MirrorPlanner planner = new MirrorPlanner(helm(GATEWAY), silent);
    Thread.currentThread().interrupt();
    assertThatThrownBy(
            () -> planner.plan(TemplateHelm.chart(), HARBOR, PlanOptions.builder().build()))
        .isInstanceOf(AirgapException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
  }
}
