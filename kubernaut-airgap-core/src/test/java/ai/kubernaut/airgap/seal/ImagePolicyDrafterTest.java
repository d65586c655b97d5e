package ai.kubernaut.airgap.seal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.memory.MemoryClusterClient;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Image policies of OpenShift, and what has to be so before they are applied. */
final class ImagePolicyDrafterTest {
  private static final ResourceType CLUSTER_POLICY =
      ResourceType.cluster("config.openshift.io/v1", "ClusterImagePolicy", "clusterimagepolicies");
  private static final String KEY =
      "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQ==\n-----END PUBLIC KEY-----\n";
  private static final String CERTIFICATE =
      "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
  private static final String GATEWAY = "quay.io/kubernaut-ai/gateway:v1";
  private static final String POSTGRESQL = "registry.redhat.io/rhel10/postgresql-16:latest";

  private final MemoryClusterClient cluster = MemoryClusterClient.openShift();
  private final MemoryRegistryClient mirror = MemoryRegistryClient.create();

  private static MirrorPlan plan(Target target, String... images) {
    MirrorPlan.Builder plan = MirrorPlan.builder(target);
    for (String image : images) {
      plan.image(ImageRef.parse(image));
    }
    return plan.build();
  }

  private static MirrorPlan plan(Separator separator) {
    return plan(Target.registry("harbor.corp").separator(separator), GATEWAY, POSTGRESQL);
  }

  private static ImagePolicyOptions.Builder options() {
    return ImagePolicyOptions.builder().rootOfTrust(RootOfTrust.publicKey(KEY, Optional.empty()));
  }

  private ImagePolicyDraft draft(MirrorPlan plan, ImagePolicyOptions.Builder options) {
    return new ImagePolicyDrafter(cluster, mirror).draft(plan, options.build());
  }

  private static List<ProblemCode> codes(ImagePolicyDraft draft) {
    return draft.problems().stream().map(Problem::code).toList();
  }

  private void write(ImageRef image, Manifest manifest) {
    byte[] config = "{}".getBytes(UTF_8);
    mirror.writeBlob(
        image.repository(),
        Descriptor.of("a/b", Digest.sha256(config), config.length),
        new ByteArrayInputStream(config));
    mirror.writeManifest(image, manifest);
  }

  private static Manifest manifest(String name) {
    return Manifest.of(
        Manifest.OCI_MANIFEST,
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"annotations\":{\"for\":\"%s\"},\"config\":{\"mediaType\":\"a/b\",\"digest\":\"%s\",\"size\":2},\"layers\":[]}"
            .formatted(Manifest.OCI_MANIFEST, name, Digest.sha256("{}".getBytes(UTF_8)))
            .getBytes(UTF_8));
  }

  private void sign(Repository repository, Digest digest) {
    write(
        repository.tag(digest.algorithm() + "-" + digest.hex() + ".sig"),
        manifest("signature of " + digest));
  }

  /** Puts images for two platforms into the mirror. */
  private void mirror(MirrorPlan plan, boolean signPlatforms, boolean signIndex) {
    for (MirrorEntry entry : plan.entries()) {
      Repository repository = entry.target().repository();
      List<Descriptor> children = new ArrayList<>();
      for (String architecture : List.of("amd64", "arm64")) {
        Manifest child = manifest(entry.source() + " " + architecture);
        write(repository.digest(child.digest()), child);
        children.add(
            Descriptor.builder()
                .from(child.descriptor())
                .platform(Platform.of("linux", architecture))
                .build());
        if (signPlatforms) {
          sign(repository, child.digest());
        }
      }
      Manifest index = Manifest.index(children);
      mirror.writeManifest(entry.target(), index);
      if (signIndex) {
        sign(repository, index.digest());
      }
    }
  }

  private static String data(String pem) {
    return Base64.getEncoder().encodeToString(pem.getBytes(UTF_8));
  }

  @Test
  void eachRepositoryAcceptsTheSignaturesOfItsSource() {
    cluster.put(CLUSTER_POLICY, KubernetesObject.named(CLUSTER_POLICY, null, "other"));
    MirrorPlan plan = plan(Separator.DASH);
    mirror(plan, true, false);
    ImagePolicyDraft draft = draft(plan, options()).orElseThrow();
    assertThat(draft.problems()).isEmpty();
    assertThat(draft.policies()).hasSize(2);
    KubernetesObject policy = draft.policies().get(0);
    assertThat(policy.fields().content().get("spec"))
        .isEqualTo(
            Map.of(
                "scopes",
                List.of("harbor.corp/kubernaut-ai-gateway"),
                "policy",
                Map.of(
                    "rootOfTrust",
                    Map.of("policyType", "PublicKey", "publicKey", Map.of("keyData", data(KEY))),
                    "signedIdentity",
                    Map.of(
                        "matchPolicy",
                        "ExactRepository",
                        "exactRepository",
                        Map.of("repository", "quay.io/kubernaut-ai/gateway")))));
    assertThat(draft.toYaml())
        .contains("apiVersion: config.openshift.io/v1", "kind: ClusterImagePolicy")
        .contains("repository: registry.redhat.io/rhel10/postgresql-16");
    assertThat(cluster.list(CLUSTER_POLICY, null, Map.of()))
        .extracting(KubernetesObject::name)
        .as("nothing is applied")
        .containsExactly("other");
  }

  @Test
  void prefixesThatDifferInTheSameWayShareAPolicy() {
    MirrorPlan plan =
        plan(
            Target.registry("harbor.corp").separator(Separator.SLASH),
            GATEWAY,
            "quay.io/other/app:1",
            POSTGRESQL);
    ImagePolicyDraft draft =
        draft(plan, options().identity(ImagePolicyOptions.Identity.REMAP).addNamespaces("b", "a"));
    assertThat(draft.policies())
        .extracting(policy -> policy.namespace().orElse(""))
        .containsExactlyInAnyOrder("a", "b", "a", "b");
    assertThat(draft.policies())
        .extracting(
            policy -> policy.fields().value("spec", "policy", "signedIdentity", "remapIdentity"))
        .contains(
            Optional.of(Map.of("prefix", "harbor.corp", "signedPrefix", "quay.io")),
            Optional.of(Map.of("prefix", "harbor.corp", "signedPrefix", "registry.redhat.io")));
    assertThat(draft.policies())
        .anySatisfy(
            policy ->
                assertThat(policy.fields().value("spec", "scopes"))
                    .contains(
                        List.of("harbor.corp/kubernaut-ai/gateway", "harbor.corp/other/app")));
  }

  @Test
  void whatNodesWouldNotAcceptIsFound() {
    cluster.put(CLUSTER_POLICY, KubernetesObject.named(CLUSTER_POLICY, null, "other"));
    MirrorPlan plan = plan(Separator.SLASH);
    assertThat(codes(draft(plan, options())))
        .containsExactly(ProblemCode.IMAGE_NOT_IN_MIRROR, ProblemCode.IMAGE_NOT_IN_MIRROR);
    mirror(plan, false, false);
    ImagePolicyDraft unsigned = draft(plan, options());
    assertThat(codes(unsigned))
        .containsExactly(ProblemCode.IMAGE_NOT_SIGNED, ProblemCode.IMAGE_NOT_SIGNED);
    assertThat(unsigned.problems().get(0).parameters().get("tags").split(", "))
        .as("one for each platform")
        .hasSize(2)
        .allMatch(tag -> tag.startsWith("harbor.corp/kubernaut-ai/gateway:sha256-"));
    mirror(plan, false, true);
    ImagePolicyDraft index = draft(plan, options());
    assertThat(codes(index)).containsOnly(ProblemCode.IMAGE_SIGNED_AS_INDEX_ONLY);
    assertThat(index.isOk()).as("a warning").isTrue();
    assertThat(codes(draft(plan(Target.registry("mirror:5000"), "quay.io/a/b:1"), options())))
        .contains(ProblemCode.IMAGE_POLICY_SCOPE_INVALID);
  }

  @Test
  void aRegistryWithAPortIsNoPrefix() {
    for (Map.Entry<String, String> prefix :
        Map.of(
                "harbor.corp:5000", "harbor.corp:5000/kubernaut-ai",
                "localhost:5000", "localhost:5000")
            .entrySet()) {
      Target mirror = Target.registry(prefix.getKey()).separator(Separator.SLASH);
      assertThat(
              draft(
                      plan(mirror, GATEWAY, "quay.io/kubernaut-ai/datastorage:1"),
                      options().identity(ImagePolicyOptions.Identity.REMAP))
                  .policies())
          .singleElement()
          .extracting(
              policy ->
                  policy
                      .fields()
                      .text("spec", "policy", "signedIdentity", "remapIdentity", "prefix")
                      .orElse(""))
          .isEqualTo(prefix.getValue());
    }
  }

  @Test
  void aSourceNeedsAFullyQualifiedDomainNameToo() {
    assertThat(codes(draft(plan(Target.registry("harbor.corp"), "registry:5000/a/b:1"), options())))
        .contains(ProblemCode.IMAGE_POLICY_SCOPE_INVALID);
  }

  @Test
  void theLimitOfOpenShiftIsForTheEncodedText() {
    String pem =
        "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n".formatted("A".repeat(6100));
    assertThatThrownBy(() -> RootOfTrust.pki(pem, Optional.empty(), "a@b.c"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("in Base64 it has 8208 characters; OpenShift accepts 8192");
  }

  @Test
  void aRepositoryWithImagesOfTwoSourcesIsRefused() {
    assertThat(
            codes(
                draft(
                    plan(
                        Target.registry("harbor.corp").separator(Separator.DASH),
                        "quay.io/a/b-c:1",
                        "quay.io/a-b/c:2"),
                    options())))
        .contains(ProblemCode.IMAGE_POLICY_SOURCES_DIFFER);
  }

  @Test
  void theClusterHasToHaveImagePolicies() {
    cluster.put(
        ResourceType.CLUSTER_VERSION,
        KubernetesObject.named(ResourceType.CLUSTER_VERSION, null, "version")
            .with("4.19.3", "status", "desired", "version"));
    MirrorPlan plan = plan(Separator.SLASH);
    mirror(plan, true, true);
    Problem unsupported = draft(plan, options()).problems().get(0);
    assertThat(unsupported.code()).isEqualTo(ProblemCode.IMAGE_POLICY_UNSUPPORTED);
    assertThat(unsupported.parameters())
        .containsEntry("version", "4.19.3")
        .containsEntry("features", "Default");

    ResourceType early =
        ResourceType.cluster(
            "config.openshift.io/v1alpha1", "ClusterImagePolicy", "clusterimagepolicies");
    cluster.put(early, KubernetesObject.named(early, null, "other"));
    ImagePolicyDraft draft =
        draft(
            plan,
            ImagePolicyOptions.builder()
                .rootOfTrust(RootOfTrust.pki(CERTIFICATE, Optional.empty(), "a@b.example")));
    assertThat(codes(draft)).containsExactly(ProblemCode.IMAGE_POLICY_NEEDS_GATE);
    assertThat(draft.toYaml())
        .contains("apiVersion: config.openshift.io/v1alpha1")
        .contains("caRootsData: " + data(CERTIFICATE));
  }

  @Test
  void aRootOfTrustIsPem() {
    assertThat(RootOfTrust.fulcio(CERTIFICATE, KEY, "https://issuer.example", "a@b.example").tree())
        .isEqualTo(
            Map.of(
                "policyType",
                "FulcioCAWithRekor",
                "fulcioCAWithRekor",
                Map.of(
                    "fulcioCAData",
                    data(CERTIFICATE),
                    "rekorKeyData",
                    data(KEY),
                    "fulcioSubject",
                    Map.of("oidcIssuer", "https://issuer.example", "signedEmail", "a@b.example"))));
    assertThatThrownBy(() -> RootOfTrust.publicKey(CERTIFICATE, Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("invalid public key: it is not PEM with the label 'PUBLIC KEY'");
  }
}
