package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.InstallationFailedException;
import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.common.Secret;
import ai.kubernaut.airgap.diagnosis.Diagnosis;
import ai.kubernaut.airgap.examples.lab.Lab;
import ai.kubernaut.airgap.examples.lab.LabVersion;
import ai.kubernaut.airgap.examples.lab.cluster.Flavour;
import ai.kubernaut.airgap.examples.lab.cluster.LabNodes;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.install.InstallOptions;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.mirror.MirroredImage;
import ai.kubernaut.airgap.mirrorrules.MirrorRuleOptions;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.plan.PlanOptions;
import ai.kubernaut.airgap.pullsecret.PullSecretOptions;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import ai.kubernaut.airgap.report.ReportDocument;
import ai.kubernaut.airgap.verify.VerificationReport;
import ai.kubernaut.airgap.verify.VerifyOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "lab",
    description = {
      "Runs all five steps in an air-gapped world inside this process.",
      "Every part that is named on the command line is a real one: --source, --target, --chart, --kubeconfig."
    },
    mixinStandardHelpOptions = true)
final class LabCommand implements Callable<Integer>, Interruptible {
  @Mixin ChartArguments chart = new ChartArguments();
  @Mixin TargetArguments target = new TargetArguments();
  @Mixin RegistryArguments registries = new RegistryArguments();
  @Mixin ReleaseArguments release = new ReleaseArguments();
  @Mixin Output output = new Output();

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description =
          "A real cluster instead of the lab's. If it has no nodes, those of the lab run its pods until the end of the command.")
  @Nullable Path kubeconfig;

  @Option(
      names = "--flavour",
      defaultValue = "OPENSHIFT",
      description = "The lab's cluster: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
  Flavour flavour = Flavour.OPENSHIFT;

  @Option(
      names = "--chart-version",
      paramLabel = "VERSION",
      defaultValue = "1.1",
      description =
          "The version of the lab's chart: 1.1, 1.2, 1.5, or 2.0, which has keys of its own. Default: ${DEFAULT-VALUE}")
  String version = "1.1";

  @Option(
      names = "--leave-out",
      paramLabel = "NAME",
      description = "An image that is not mirrored, to see what the verification reports.")
  List<String> leaveOut = new ArrayList<>();

  @Option(names = "--pin-digests", description = "Let pods pull their images by digest.")
  boolean pinDigests;

  @Option(
      names = "--through-mirror-rules",
      description =
          "Keep the source names of the images and pull them by digest; mirror rules that the lab applies redirect them.")
  boolean throughMirrorRules;

  @Option(
      names = "--timeout",
      defaultValue = "60",
      paramLabel = "SECONDS",
      description = "For each hook, and for the pods. Default: ${DEFAULT-VALUE}")
  int timeout = 60;

  @Override
  public Integer call() {
    long begin = System.nanoTime();
    List<String> publishers = new ArrayList<>(Lab.PUBLISHERS);
    publishers.removeAll(registries.endpoints.keySet());
    output.tell("Building the lab: " + describe(publishers));
    try (Lab lab = start(publishers);
        HttpRegistryClient client = client(lab, publishers);
        Airgap airgap = airgap(lab, client)) {
      output.tell(
          String.format(
              Locale.ROOT, "The lab is ready after %.1f s.", (System.nanoTime() - begin) / 1e9));
      int status = run(lab, airgap);
      output.tell(
          String.format(Locale.ROOT, "Done after %.1f s.", (System.nanoTime() - begin) / 1e9));
      return status;
    }
  }

  private String describe(List<String> publishers) {
    List<String> parts = new ArrayList<>();
    parts.add(
        publishers.isEmpty()
            ? "your source registries"
            : "a registry with the images of " + String.join(" and ", publishers));
    parts.add(target.target == null ? "an empty mirror" : "your mirror " + target.target.address());
    parts.add(chart.chart == null ? "a chart of Kubernaut's shape" : "your chart " + chart.chart);
    parts.add(
        kubeconfig == null
            ? "a cluster (" + flavour + ") whose nodes reach only the mirror"
            : "your cluster of " + kubeconfig);
    return String.join(", ", parts);
  }

  private Lab start(List<String> publishers) {
    Lab.Builder lab = Lab.builder().flavour(flavour).version(LabVersion.parse(version));
    if (publishers.isEmpty()) {
      lab.withoutSource();
    }
    if (target.target != null) {
      lab.externalMirror(target.target.registry(), this::reachAsNode);
    }
    if (kubeconfig != null && hasNodes(kubeconfig)) {
      lab.withoutCluster();
    } else if (kubeconfig != null) {
      output.tell("The cluster has no nodes. Those of the lab are attached to it.");
      lab.attachTo(kubeconfig);
    }
    return lab.start();
  }

  private static boolean hasNodes(Path kubeconfig) {
    try (ClusterClient cluster = Fabric8ClusterClient.fromKubeconfig(kubeconfig)) {
      // An earlier run that was killed may have left nodes of the lab.
      return cluster.list(ResourceType.NODE, null, Map.of()).stream()
          .anyMatch(node -> node.fields().text("metadata", "labels", LabNodes.LABEL).isEmpty());
    }
  }

  /** Nodes know how to reach the mirror, but not the sources. */
  private HttpRegistryClient.Builder reachAsNode(HttpRegistryClient.Builder client) {
    registries.plainHttp.forEach(client::plainHttp);
    registries.authorities.forEach(client::caFile);
    return client;
  }

  private CredentialProvider credentials(Lab lab) {
    return lab.credentials().orElse(registries.credentials());
  }

  private HttpRegistryClient client(Lab lab, List<String> publishers) {
    return lab.reach(
            registries.reach(HttpRegistryClient.builder().credentials(credentials(lab))),
            publishers)
        .build();
  }

  private Airgap airgap(Lab lab, HttpRegistryClient client) {
    Path config = kubeconfig == null ? lab.kubeconfig() : kubeconfig;
    return Airgap.builder()
        .registry(client)
        .cluster(Fabric8ClusterClient.fromKubeconfig(config))
        .helm(HelmJavaClient.withKubeconfig(config))
        .closeClients(true)
        .onProgress(output)
        .build();
  }

  private int run(Lab lab, Airgap airgap) {
    Target mirror = target.target == null ? lab.target(target.separator()) : target.target();
    Chart planned = chart.chart(airgap).orElseGet(() -> chart.layeredOn(lab.chart()));
    List<ImageRef> extra = new ArrayList<>(chart.extraImages);
    if (extra.isEmpty() && chart.chart == null) {
      extra.add(LabVersion.parse(version).mustGather());
    }

    heading("Step 1: find every image");
    MirrorPlan plan =
        airgap.plan(
            planned.release(release.or(planned.release())),
            mirror,
            PlanOptions.builder().addAllExtraImages(extra).platforms(chart.platforms()).build());
    ReportDocument planReport = ReportDocument.of(plan);
    output.tell(planReport.toText().indent(2).stripTrailing());
    output.addStep("plan", planReport);

    heading("Step 2: mirror them");
    MirrorReport mirrored = mirror(airgap, plan);
    output.closeBar();
    output.addStep("mirror", ReportDocument.of(mirrored));

    heading("Step 3: give the cluster the credentials");
    PullSecretReport secret =
        credentials(lab)
            .credentialsFor(Repository.parse(mirror.address() + "/kubernaut"))
            .map(
                found ->
                    airgap.configurePullSecret(plan, found, PullSecretOptions.builder().build()))
            .orElseGet(PullSecretReport::none);
    output.addStep("pullSecret", ReportDocument.of(secret));

    if (throughMirrorRules) {
      applyMirrorRules(lab, airgap, plan);
    }

    heading("Step 4: install from the mirror");
    Installation installation;
    try {
      installation = install(airgap, mirrored, secret);
    } catch (InstallationFailedException e) {
      output.tell("error: " + e.getMessage());
      output.addStep("verification", ReportDocument.of(e.report(), plan));
      return explain(e.diagnosis());
    }
    output.addStep("installation", ReportDocument.of(installation));

    heading("Step 5: verify that it runs from there");
    VerificationReport verified =
        airgap.verify(
            installation,
            VerifyOptions.builder()
                .waitPolicy(WaitPolicy.of(Duration.ofSeconds(timeout), Duration.ofMillis(500)))
                .build());
    output.addStep("verification", ReportDocument.of(verified, plan));
    if (!verified.isOk()) {
      return explain(airgap.diagnose(installation, verified));
    }
    output.reportSteps("LabReport", "All steps, in the lab");
    return 0;
  }

  private void applyMirrorRules(Lab lab, Airgap airgap, MirrorPlan plan) {
    ClusterChange change = airgap.planMirrorRules(plan, MirrorRuleOptions.builder().build());
    Optional<String> sources =
        change.problems().stream()
            .filter(problem -> problem.code() == ProblemCode.HOSTED_CLUSTER_SETTING)
            .map(problem -> problem.parameters().get("value"))
            .findFirst();
    if (sources.isPresent() && flavour == Flavour.HOSTED) {
      output.tell(
          "  the administrator of the management cluster adds the mirror rules of the plan");
      lab.setImageContentSources(sources.get());
    } else {
      output.tell("  applying the mirror rules of the plan");
      airgap.apply(change.orElseThrow()).orElseThrow();
    }
  }

  private Installation install(Airgap airgap, MirrorReport mirrored, PullSecretReport secret) {
    return airgap.install(
        mirrored,
        secret,
        InstallOptions.builder()
            // The LLM of the lab asks for no key, but the chart names the Secret.
            .putLlmCredentials("OPENAI_API_KEY", Secret.of("none"))
            .hookTimeout(Duration.ofSeconds(timeout))
            .allowIncompleteMirror(!leaveOut.isEmpty())
            .pinDigests(pinDigests)
            .throughMirrorRules(throughMirrorRules)
            .build());
  }

  /** Ends the report with the causes. */
  private int explain(Diagnosis diagnosis) {
    heading("Why it does not run");
    output.addStep("diagnosis", ReportDocument.of(diagnosis));
    output.reportSteps("LabReport", "All steps, in the lab");
    return 1;
  }

  private void heading(String title) {
    output.tell("");
    output.tell("== " + title);
  }

  /** Mirrors the plan but for what is to be left out, which is reported as missing. */
  private MirrorReport mirror(Airgap airgap, MirrorPlan plan) {
    if (leaveOut.isEmpty()) {
      return airgap.mirror(plan).orElseThrow();
    }
    MirrorPlan.Builder rest = MirrorPlan.builder(plan.target()).chart(plan.chart());
    plan.entries().stream().filter(entry -> !isLeftOut(entry.source())).forEach(rest::addEntries);
    if (rest.build().entries().size() == plan.entries().size()) {
      throw new IllegalArgumentException(
          "no image of the plan is called "
              + String.join(" or ", leaveOut)
              + "; --leave-out takes the last part of its name");
    }
    List<MirroredImage> images =
        new ArrayList<>(airgap.mirror(rest.build()).orElseThrow().images());
    plan.entries().stream()
        .filter(entry -> isLeftOut(entry.source()))
        .forEach(
            entry ->
                images.add(
                    MirroredImage.builder()
                        .entry(entry)
                        .outcome(MirroredImage.Outcome.FAILED)
                        .failure(
                            Problem.of(
                                ProblemCode.IMAGE_NOT_IN_MIRROR, Subject.image(entry.target())))
                        .build()));
    leaveOut.forEach(name -> output.tell("  " + name + " is left out on request"));
    return MirrorReport.of(plan, images);
  }

  private boolean isLeftOut(ImageRef image) {
    return leaveOut.contains(
        image.repository().name().substring(image.repository().name().lastIndexOf('/') + 1));
  }

  @Override
  public String afterInterruption() {
    return "The lab has ended; changes to real registries and clusters remain. The same command starts again:";
  }
}
