package ai.kubernaut.airgap.examples.lab.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.examples.cli.CommandLineRun;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import ai.kubernaut.airgap.registry.server.RegistryServer;
import ai.kubernaut.airgap.seal.ImagePolicyDraft;
import ai.kubernaut.airgap.seal.ImagePolicyDrafter;
import ai.kubernaut.airgap.seal.ImagePolicyOptions;
import ai.kubernaut.airgap.seal.RootOfTrust;
import ai.kubernaut.airgap.yaml.Yaml;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The API server accepts the drafts of image policies. They are created in dry runs only, because
 * the nodes of a cluster that is OpenShift would follow them.
 */
@Timeout(120)
final class ImagePolicyOnClusterTest {
  private static final String KEY = pem("PUBLIC KEY");
  private static final String CERTIFICATE = pem("CERTIFICATE");
  private static final List<String> IMAGES =
      List.of(
          "quay.io/kubernaut-ai/gateway:v1",
          "quay.io/kubernaut-ai/datastorage:v1",
          "registry.redhat.io/rhel10/postgresql-16:latest",
          "postgres:16-alpine");

  @TempDir Path directory;

  private TestCluster cluster;
  private KubernetesClient kubernetes;
  private ClusterClient client;
  private ImagePolicyKinds kinds;
  private String namespace;

  private static String pem(String label) {
    return "-----BEGIN %1$s-----\nMIIB\n-----END %1$s-----\n".formatted(label);
  }

  @BeforeEach
  void start() {
    cluster = TestCluster.startWithoutPods(directory);
    kubernetes = cluster.client();
    kinds = new ImagePolicyKinds(kubernetes);
    client = Fabric8ClusterClient.fromKubeconfig(cluster.kubeconfig());
    namespace = cluster.name("signed");
    cluster.createNamespace(
        new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build());
    for (ResourceType type :
        List.of(
            ResourceType.cluster(
                "config.openshift.io/v1", "ClusterImagePolicy", "clusterimagepolicies"),
            ResourceType.namespaced("config.openshift.io/v1", "ImagePolicy", "imagepolicies"))) {
      WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(50))
          .until(() -> client.serves(type), serves -> serves);
    }
  }

  @AfterEach
  void stop() {
    client.close();
    kinds.close();
    kubernetes.close();
    cluster.close();
  }

  private static MirrorPlan plan(Target target) {
    MirrorPlan.Builder plan = MirrorPlan.builder(target);
    IMAGES.forEach(image -> plan.image(ImageRef.parse(image)));
    return plan.build();
  }

  private void assertAccepted(String policy) {
    assertThat(ImagePolicyKinds.violations(policy)).as(policy).isEmpty();
    GenericKubernetesResource resource =
        Serialization.unmarshal(policy, GenericKubernetesResource.class);
    assertThat(
            kubernetes
                .resource(resource)
                .dryRun()
                .fieldValidation(Validation.STRICT)
                .create()
                .getKind())
        .isEqualTo(resource.getKind());
  }

  @Test
  void eachRootOfTrustAndIdentityIsAccepted() {
    ImagePolicyDrafter drafter = new ImagePolicyDrafter(client, MemoryRegistryClient.create());
    for (Target target :
        List.of(
            Target.registry("harbor.corp:5000"),
            Target.registry("harbor.corp:5000/mirror").separator(Separator.DASH),
            Target.registry("harbor.corp"),
            Target.registry("localhost:5000"))) {
      for (RootOfTrust root :
          List.of(
              RootOfTrust.publicKey(KEY, Optional.of(KEY)),
              RootOfTrust.fulcio(CERTIFICATE, KEY, "https://issuer.corp", "a@b.corp"),
              RootOfTrust.pki(CERTIFICATE, Optional.of(CERTIFICATE), "a@b.corp"))) {
        for (ImagePolicyOptions.Identity identity : ImagePolicyOptions.Identity.values()) {
          ImagePolicyOptions.Builder options =
              ImagePolicyOptions.builder().rootOfTrust(root).identity(identity);
          ImagePolicyDraft ofCluster = drafter.draft(plan(target), options.build());
          ImagePolicyDraft ofNamespace =
              drafter.draft(plan(target), options.addNamespaces(namespace).build());
          assertThat(ofNamespace.policies()).hasSameSizeAs(ofCluster.policies()).isNotEmpty();
          ofCluster.policies().forEach(policy -> assertAccepted(yaml(policy)));
          ofNamespace.policies().forEach(policy -> assertAccepted(yaml(policy)));
        }
      }
    }
  }

  private static String yaml(KubernetesObject policy) {
    return Yaml.write(policy.fields().content());
  }

  @Test
  void theSchemaRefusesWhatOpenShiftRefuses() {
    String policy =
        """
        apiVersion: config.openshift.io/v1
        kind: ClusterImagePolicy
        metadata: {name: mirror}
        spec:
          scopes: [SCOPE]
          policy:
            rootOfTrust: {policyType: PublicKey, publicKey: {keyData: bm9uZQ==}}
            signedIdentity: {matchPolicy: RemapIdentity, remapIdentity: {prefix: PREFIX, signedPrefix: quay.io}}
        """;
    String valid = policy.replace("SCOPE", "harbor.corp:5000/a").replace("PREFIX", "harbor.corp");
    assertThat(ImagePolicyKinds.violations(valid)).isEmpty();
    assertThat(
            List.of(
                policy.replace("SCOPE", "harbor.corp/a").replace("PREFIX", "harbor.corp:5000"),
                policy.replace("SCOPE", "harbor/a").replace("PREFIX", "harbor.corp"),
                valid.replace("PublicKey,", "PKI,"),
                valid.replace("keyData", "key"),
                valid.replace("bm9uZQ==", "A".repeat(8196))))
        .noneMatch(invalid -> ImagePolicyKinds.violations(invalid).isEmpty());
  }

  @Test
  void theCommandWritesPoliciesForSignedImages() throws Exception {
    MemoryRegistryClient content = MemoryRegistryClient.create();
    try (RegistryServer mirror = RegistryServer.builder(content, "harbor.corp").start()) {
      for (String image : IMAGES) {
        ImageRef target = Target.registry("harbor.corp").nameOf(ImageRef.parse(image));
        write(content, target, image);
        Digest digest = content.readManifest(target).digest();
        write(
            content,
            target.repository().tag(digest.algorithm() + "-" + digest.hex() + ".sig"),
            "signature of " + image);
      }
      Path policies = directory.resolve("policies.yaml");
      CommandLineRun run =
          CommandLineRun.of(
              "seal",
              "--images",
              Files.writeString(directory.resolve("images.txt"), String.join("\n", IMAGES)),
              "--offline",
              "--target",
              mirror.host(),
              "--plain-http",
              mirror.host(),
              "--kubeconfig",
              cluster.kubeconfig(),
              "--image-policy",
              policies,
              "--signature-key",
              Files.writeString(directory.resolve("cosign.pub"), KEY),
              "--json");
      assertThat(run.status()).as("%s", run).isZero();
      assertThat(run.out())
          .contains("\"kind\" : \"ImagePolicyDraft\"", "\"ok\" : true", "\"problems\" : [ ]");
      List<String> documents = List.of(Files.readString(policies).substring(4).split("---\n"));
      assertThat(documents).hasSameSizeAs(IMAGES).allSatisfy(this::assertAccepted);
    }
  }

  private static void write(MemoryRegistryClient registry, ImageRef image, String name) {
    byte[] config = "{}".getBytes(UTF_8);
    Descriptor descriptor =
        Descriptor.of(
            "application/vnd.oci.image.config.v1+json", Digest.sha256(config), config.length);
    registry.writeBlob(image.repository(), descriptor, new ByteArrayInputStream(config));
    registry.writeManifest(
        image,
        Manifest.of(
            Manifest.OCI_MANIFEST,
            """
            {"schemaVersion": 2, "mediaType": "%s", "annotations": {"name": "%s"},
             "config": {"mediaType": "%s", "digest": "%s", "size": %d}, "layers": []}
            """
                .formatted(
                    Manifest.OCI_MANIFEST,
                    name,
                    descriptor.mediaType(),
                    descriptor.digest(),
                    descriptor.size())
                .getBytes(UTF_8)));
  }
}
