package ai.kubernaut.airgap.examples;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.common.Secret;
import ai.kubernaut.airgap.examples.lab.Lab;
import ai.kubernaut.airgap.examples.lab.cluster.Flavour;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.install.InstallOptions;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.plan.PlanOptions;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import ai.kubernaut.airgap.verify.VerificationReport;
import java.io.PrintStream;
import java.time.Duration;

/**
 * The five steps as a host application would call them, in the lab's world instead of one's own.
 */
public final class WholeFlow {
  private WholeFlow() {}

  /**
   * Runs the five steps and prints what comes of each.
   *
   * @param arguments not looked at
   */
  public static void main(String[] arguments) {
    run(System.out);
  }

  /**
   * Runs the five steps.
   *
   * @param out told what comes of each
   * @return what the verification saw
   */
  public static VerificationReport run(PrintStream out) {
    try (Lab lab = Lab.start(Flavour.OPENSHIFT);
        Airgap airgap =
            Airgap.builder()
                .registry(lab.newRegistryClient())
                .cluster(Fabric8ClusterClient.fromKubeconfig(lab.kubeconfig()))
                .helm(HelmJavaClient.withKubeconfig(lab.kubeconfig()))
                .closeClients(true)
                .build()) {

      // Step 1: the chart is rendered and its images are looked up. Nothing is touched.
      MirrorPlan plan =
          airgap.plan(
              lab.chart(),
              lab.target(Separator.DASH),
              PlanOptions.builder().addExtraImages(Lab.MUST_GATHER).build());
      plan.entries()
          .forEach(
              entry ->
                  out.println(
                      entry.source() + " is needed by " + entry.reasons().size() + " containers"));

      // Step 2: the images are copied. A second run would find all of them there.
      MirrorReport mirrored = airgap.mirror(plan).orElseThrow();
      out.println(mirrored.summary());
      out.println(airgap.mirror(plan).summary());

      // Step 3: the nodes get the mirror's credentials.
      PullSecretReport secret = airgap.configurePullSecret(mirrored, lab.mirrorCredentials());
      out.println(secret.summary());

      // Step 4: the chart is installed with an overlay that the library writes.
      Installation installation =
          airgap.install(
              mirrored,
              secret,
              InstallOptions.builder()
                  .putLlmCredentials("OPENAI_API_KEY", Secret.of("the key of the LLM"))
                  .hookTimeout(Duration.ofMinutes(1))
                  .build());
      installation.facts().forEach(fact -> out.println(fact.describe()));

      // Step 5: every pod is looked at.
      VerificationReport verified = airgap.verify(installation).orElseThrow();
      out.println(verified.summary());
      return verified;
    }
  }
}
