package ai.kubernaut.airgap.examples.lab;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.StepRun;
import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.common.Secret;
import ai.kubernaut.airgap.examples.MarkdownDocument;
import ai.kubernaut.airgap.examples.Snippets;
import ai.kubernaut.airgap.examples.cli.CommandLineRun;
import ai.kubernaut.airgap.examples.cli.DocumentedCommand;
import ai.kubernaut.airgap.examples.lab.cluster.Flavour;
import ai.kubernaut.airgap.examples.lab.cluster.TestUser;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.install.InstallOptions;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.permissions.ClusterStep;
import ai.kubernaut.airgap.permissions.Permission;
import ai.kubernaut.airgap.permissions.PermissionReport;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.DockerRegistry;
import ai.kubernaut.airgap.registry.Programs;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import ai.kubernaut.airgap.registry.retry.RateLimit;
import ai.kubernaut.airgap.registry.retry.ThrottledClient;
import ai.kubernaut.airgap.verify.VerificationReport;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The pages about tasks: their classes are compiled together and run, and so are their commands, in
 * a lab on whose cluster the release is installed as the page about the transfer says.
 */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public final class TaskPagesTest {
  private static final String CI = "docs/plan-in-ci.md";
  private static final String TRANSFER = "docs/two-sided-transfer.md";
  private static final String SCHEDULED = "docs/scheduled-verification.md";
  private static final String SERVICE = "docs/embed-in-a-service.md";

  private static final Credentials ANYBODY = Credentials.of("anybody", "anything");

  /** The registries that {@code quay.io} and others, and the mirror of the pages, stand for. */
  private static DockerRegistry source;

  private static DockerRegistry mirror;

  @TempDir static Path directory;

  private Lab lab;
  private URLClassLoader pages;
  private Airgap airgap;
  private MirrorPlan plan;

  /** What {@code HttpRegistryClient.create()} of a page stands for. */
  public static RegistryClient registries() {
    HttpRegistryClient.Builder client =
        HttpRegistryClient.builder()
            .credentials(CredentialProvider.none())
            .plainHttp(source.host())
            .plainHttp(mirror.host());
    Lab.PUBLISHERS.forEach(publisher -> client.endpoint(publisher, source.host()));
    return client.build();
  }

  @BeforeAll
  void installFromABundle() throws Exception {
    source = DockerRegistry.start();
    mirror = DockerRegistry.start();
    prepareFiles();
    pages = compile();
    lab =
        Lab.builder()
            .flavour(Flavour.KUBERNETES)
            .withoutSource()
            .externalMirror(mirror.host(), client -> client.plainHttp(mirror.host()))
            .start();
    airgap =
        Airgap.builder()
            .registry(registries())
            .cluster(Fabric8ClusterClient.fromKubeconfig(lab.kubeconfig()))
            .helm(HelmJavaClient.withKubeconfig(lab.kubeconfig()))
            .closeClients(true)
            .build();
    KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    Path medium = directory.resolve("java/medium");
    Path carried = Files.createDirectory(directory.resolve("installed"));
    Target target = Target.registry(mirror.host()).separator(Separator.SLASH);

    MirrorPlan planned = airgap.plan(chart(), Target.registry("harbor.site"));
    callStatic("ConnectedSide", "write", airgap, planned, medium, keys.getPrivate());
    Object site = create("DisconnectedSide", airgap);
    MirrorReport loaded =
        (MirrorReport) call(site, "load", medium, keys.getPublic(), target, carried);
    plan = MirrorPlan.read(carried.resolve("plan.yaml"));
    assertThat(loaded.plan().target()).isEqualTo(plan.target()).isEqualTo(target);
    InstallOptions options =
        InstallOptions.builder().putLlmCredentials("OPENAI_API_KEY", Secret.of("none")).build();
    VerificationReport verified =
        (VerificationReport) call(site, "install", plan, ANYBODY, options);
    assertThat(verified.isOk()).isTrue();
  }

  @AfterAll
  void stop() throws Exception {
    for (AutoCloseable one : Arrays.asList(airgap, lab, pages, mirror, source)) {
      if (one != null) {
        one.close();
      }
    }
  }

  /** Compiles the classes of all pages, with files of this test in place of relative ones. */
  private URLClassLoader compile() throws IOException {
    List<String> declarations = new ArrayList<>();
    for (String page : List.of(CI, TRANSFER, SCHEDULED, SERVICE)) {
      MarkdownDocument.read(page).blocks("java").stream()
          .map(block -> block.replace("Path.of(\"", "Path.of(\"" + directory + "/"))
          .map(
              block ->
                  block.replace(
                      "HttpRegistryClient.create()", getClass().getName() + ".registries()"))
          .forEach(declarations::add);
    }
    Path classes = Files.createDirectory(directory.resolve("classes"));
    assertThat(Snippets.compileClasses(declarations, classes)).isEmpty();
    return new URLClassLoader(new URL[] {classes.toUri().toURL()}, getClass().getClassLoader());
  }

  /** Puts the files that the pages name into the working directory of their commands. */
  private void prepareFiles() throws IOException {
    LabImages.push(source.host(), ANYBODY, LabVersion.V1_1, directory.resolve("images"));
    LabChart.unpack(directory);
    for (String name : List.of("airgap", "src/test", "java", "state")) {
      Files.createDirectories(directory.resolve(name));
    }
    Files.writeString(directory.resolve("my-sdk-config.yaml"), "llm:\n  provider: litellm\n");
    Files.writeString(directory.resolve("llm-key"), "none");
    String anybody = ANYBODY.username() + ":" + ANYBODY.password().reveal();
    Files.writeString(
        directory.resolve("auth.json"),
        "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}"
            .formatted(mirror.host(), Base64.getEncoder().encodeToString(anybody.getBytes(UTF_8))));
  }

  private Chart chart() {
    return Chart.at(directory.resolve("charts/kubernaut"))
        .values(directory.resolve("charts/kubernaut/values-ocp.yaml"))
        .set("global.image.tag", "v1.1.0")
        .sdkConfig(directory.resolve("my-sdk-config.yaml"));
  }

  private Object create(String name, Object... arguments) throws Exception {
    Constructor<?> constructor =
        Stream.of(pages.loadClass(name).getDeclaredConstructors())
            .filter(one -> one.getParameterCount() == arguments.length)
            .findFirst()
            .orElseThrow();
    constructor.setAccessible(true);
    return constructor.newInstance(arguments);
  }

  private static Object call(Object object, String method, Object... arguments) throws Exception {
    return invoke(object.getClass(), object, method, arguments);
  }

  private Object callStatic(String name, String method, Object... arguments) throws Exception {
    return invoke(pages.loadClass(name), null, method, arguments);
  }

  private static Object invoke(
      Class<?> type, @Nullable Object object, String name, Object... arguments) throws Exception {
    Method method =
        Stream.of(type.getDeclaredMethods())
            .filter(one -> one.getName().equals(name))
            .filter(one -> one.getParameterCount() == arguments.length)
            .findFirst()
            .orElseThrow();
    method.setAccessible(true);
    try {
      return method.invoke(object, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Exception failure) {
        throw failure;
      }
      throw (Error) e.getCause();
    }
  }

  private List<DocumentedCommand> commands(String page) throws IOException {
    return DocumentedCommand.in(MarkdownDocument.read(page)).stream()
        .map(command -> command.replace("harbor.site", mirror.host()))
        .toList();
  }

  /** Runs a command in the directory of this test, where registries and cluster are those here. */
  private CommandLineRun run(DocumentedCommand command) {
    return run(command, lab.kubeconfig());
  }

  private CommandLineRun run(DocumentedCommand command, Path kubeconfig) {
    return command
        .with("--authfile", "auth.json", "--kubeconfig", kubeconfig)
        .with("--plain-http", source.host())
        .with("--plain-http", mirror.host())
        .with("--source", "quay.io=" + source.host())
        .with("--source", "registry.redhat.io=" + source.host())
        .run(directory);
  }

  private void assertStatus(int status, DocumentedCommand command) {
    CommandLineRun run = run(command);
    assertThat(run.status()).as("%s%n%s", command, run).isEqualTo(status);
  }

  @Test
  void aPlanIsComparedInACiJob() throws Exception {
    List<DocumentedCommand> commands = commands(CI);
    assertStatus(0, commands.get(0));
    Path approved = directory.resolve("airgap/plan.approved.yaml");
    MirrorPlan first = MirrorPlan.read(approved);
    MirrorPlan.builder(first.target())
        .from(first)
        .entries(first.entries().subList(1, first.entries().size()))
        .build()
        .save(approved);

    assertStatus(1, commands.get(1));
    assertThat(directory.resolve("airgap/plan.xml"))
        .content()
        .contains("<failure", "PLAN_IMAGE_ADDED");
    assertThat(directory.resolve("airgap/plan.md"))
        .content()
        .contains(first.entries().get(0).source().toString());

    Path received = directory.resolve("airgap/plan.received.yaml");
    Files.move(received, approved, StandardCopyOption.REPLACE_EXISTING);
    assertStatus(
        0,
        DocumentedCommand.of(
            "plan --plan airgap/plan.approved.yaml --approved airgap/plan.approved.yaml"));
    Files.copy(approved, directory.resolve("src/test/plan.approved.yaml"));
    call(create("ImagesOfTheChartTest"), "theImagesAreThoseThatWereApproved");
  }

  @Test
  void aBundleIsTransferredByCommands() throws Exception {
    for (String block : MarkdownDocument.read(TRANSFER).blocks("sh")) {
      if (block.startsWith("openssl")) {
        Programs.require("openssl");
        Process shell =
            new ProcessBuilder("sh", "-ec", block)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(shell.getInputStream().readAllBytes(), UTF_8);
        assertThat(shell.waitFor()).as(said).isZero();
      }
    }
    List<DocumentedCommand> commands = commands(TRANSFER);
    assertThat(commands).hasSize(11);
    for (DocumentedCommand command : commands) {
      // The classes of the page have installed the release already.
      if (List.of("bundle", "mirror", "inventory").contains(command.words().get(0))
          && !command.words().contains("--dry-run")) {
        assertStatus(0, command);
      }
    }
    assertThat(directory.resolve("medium/bundle.sig")).exists();
    DocumentedCommand inspect = DocumentedCommand.of("bundle inspect delta --json");
    assertThat(run(inspect).out()).contains("\"delta\" : true");
  }

  @Test
  void aReleaseIsVerifiedByACronJob() throws Exception {
    try (KubernetesClient client =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(lab.kubeconfig().toFile()))
            .build()) {
      client
          .resource(
              new NamespaceBuilder()
                  .withNewMetadata()
                  .withName("kubernaut-verify")
                  .endMetadata()
                  .build())
          .create();
      String manifest = MarkdownDocument.read(SCHEDULED).blocks("yaml").get(0);
      List<HasMetadata> objects =
          client.load(new ByteArrayInputStream(manifest.getBytes(UTF_8))).items();
      objects.forEach(object -> client.resource(object).create());
      TestUser user = TestUser.of(client, "kubernaut-verify", "verify", directory);

      assertHasExactlyWhatIsNeeded(objects, user);
      assertVerifies(objects, user);
    }
  }

  private void assertHasExactlyWhatIsNeeded(List<HasMetadata> objects, TestUser user) {
    List<String> granted =
        objects.stream()
            .flatMap(
                object ->
                    object instanceof Role role
                        ? permissions(role.getRules(), " in " + role.getMetadata().getNamespace())
                        : object instanceof ClusterRole role
                            ? permissions(role.getRules(), "")
                            : Stream.of())
            .toList();
    try (Airgap asUser =
        Airgap.builder()
            .cluster(Fabric8ClusterClient.fromKubeconfig(user.kubeconfig()))
            .helm(HelmJavaClient.withKubeconfig(user.kubeconfig()))
            .closeClients(true)
            .build()) {
      PermissionReport report = asUser.checkPermissions(ClusterStep.VERIFY, plan);
      assertThat(report.missing()).isEmpty();
      assertThat(granted)
          .containsExactlyInAnyOrderElementsOf(
              report.needed().stream().map(Permission::toString).toList());
    }
  }

  private static Stream<String> permissions(List<PolicyRule> rules, String place) {
    return rules.stream()
        .flatMap(
            rule ->
                rule.getVerbs().stream()
                    .flatMap(
                        verb ->
                            rule.getResources().stream()
                                .map(
                                    resource ->
                                        verb
                                            + " "
                                            + resource
                                            + (rule.getApiGroups().get(0).isEmpty()
                                                ? ""
                                                : "." + rule.getApiGroups().get(0))
                                            + place)));
  }

  /** Runs the command of the CronJob, and the others of the page, as its user. */
  private void assertVerifies(List<HasMetadata> objects, TestUser user) throws IOException {
    Files.createSymbolicLink(directory.resolve("state/carried"), directory.resolve("installed"));
    CronJob job =
        objects.stream()
            .filter(CronJob.class::isInstance)
            .map(CronJob.class::cast)
            .findFirst()
            .orElseThrow();
    Container container =
        job.getSpec().getJobTemplate().getSpec().getTemplate().getSpec().getContainers().get(0);
    DocumentedCommand inPod =
        new DocumentedCommand(container.getArgs())
            .replace("=/state/", "=" + directory + "/state/")
            .replace("/mirror/.dockerconfigjson", directory + "/auth.json");
    CommandLineRun verified = run(inPod, user.kubeconfig());
    assertThat(verified.status()).as("%s", verified).isZero();
    assertThat(directory.resolve("state/verification.xml")).content().contains("<testsuite");

    Path alone = Files.createDirectory(directory.resolve("alone"));
    Files.copy(directory.resolve("installed/plan.yaml"), alone.resolve("plan.yaml"));
    DocumentedCommand byLabels = commands(SCHEDULED).get(2).replace("carried", "alone");
    assertThat(byLabels.words()).contains("--selector");
    CommandLineRun selected = run(byLabels, user.kubeconfig());
    assertThat(selected.status()).as("%s", selected).isZero();
  }

  @Test
  void aReleaseIsVerifiedByASchedule() throws Exception {
    BlockingQueue<String> alarms = new LinkedBlockingQueue<>();
    Consumer<String> alarm = alarms::add;
    BlockingQueue<String> finished = new LinkedBlockingQueue<>();
    try (RegistryClient registries = registries();
        Fabric8ClusterClient cluster = Fabric8ClusterClient.fromKubeconfig(lab.kubeconfig());
        HelmJavaClient helm = HelmJavaClient.withKubeconfig(lab.kubeconfig());
        Airgap observed =
            Airgap.builder()
                .registry(registries)
                .cluster(cluster)
                .helm(helm)
                .onProgress(
                    event -> {
                      if (event instanceof ProgressEvent.StepFinished) {
                        finished.add(event.toString());
                      }
                    })
                .build();
        AutoCloseable schedule =
            (AutoCloseable) create("ScheduledVerification", observed, plan, alarm)) {
      call(schedule, "start", Duration.ofMillis(10));
      assertThat(finished.poll(60, TimeUnit.SECONDS)).contains("pods are up");
      assertThat(finished.poll(60, TimeUnit.SECONDS)).contains("pods are up");
      assertThat(alarms).isEmpty();
    }
  }

  @Test
  void aServiceMirrorsTwoPlansAtOnce_andContinuesAPausedRun() throws Exception {
    Path state = Files.createDirectory(directory.resolve("service"));
    ExecutorService executor = Executors.newFixedThreadPool(2);
    AtomicInteger asked = new AtomicInteger();
    Supplier<Credentials> vault =
        () -> {
          asked.incrementAndGet();
          return ANYBODY;
        };
    Queue<String> calls = new ConcurrentLinkedQueue<>();
    Consumer<String> metrics = calls::add;
    try (RegistryClient vaulted =
        (RegistryClient) callStatic("Registries", "create", "harbor.corp", vault, metrics)) {
      assertThatThrownBy(() -> vaulted.ping("127.0.0.1:1")).isInstanceOf(RegistryException.class);
      assertThat(calls).isNotEmpty();
    }

    MirrorPlan slow = plan.forTarget(Target.registry(mirror.host() + "/slow"));
    RateLimit limit = RateLimit.builder().bytesPerSecond(20_000).build();
    try (RegistryClient throttled =
            ThrottledClient.of(
                registries(),
                Map.of(mirror.host(), limit),
                Progress.of(ProgressEvent.Step.MIRROR, event -> {}));
        AutoCloseable service = service(throttled, executor, state)) {
      StepRun<?> run = start(service, "slow", slow);
      WaitPolicy.of(Duration.ofSeconds(60), Duration.ofMillis(10))
          .until(run::progress, progress -> progress.bytesSent() > 0);
      assertThat((Optional<?>) call(service, "progress", "slow")).isPresent();
      assertThatThrownBy(() -> start(service, "slow", slow))
          .isInstanceOf(IllegalStateException.class);
      call(service, "pause", "slow");
      assertThatThrownBy(run::await).isInstanceOf(CancelledException.class);
    }
    assertThat(state.resolve("slow.checkpoint")).exists();
    try (RegistryClient registries = registries();
        AutoCloseable service = service(registries, executor, state)) {
      StepRun<?> first = start(service, "slow", slow);
      StepRun<?> second =
          start(service, "other", plan.forTarget(Target.registry(mirror.host() + "/other")));
      assertThat(((MirrorReport) first.await()).isOk()).isTrue();
      assertThat(((MirrorReport) second.await()).isOk()).isTrue();
    } finally {
      executor.shutdownNow();
    }
  }

  private AutoCloseable service(RegistryClient registries, Executor executor, Path state)
      throws Exception {
    return (AutoCloseable)
        create("MirrorService", registries, executor, InstantSource.system(), state);
  }

  private static StepRun<?> start(Object service, String id, MirrorPlan plan) throws Exception {
    return (StepRun<?>) call(service, "start", id, plan, Duration.ofMinutes(2));
  }
}
