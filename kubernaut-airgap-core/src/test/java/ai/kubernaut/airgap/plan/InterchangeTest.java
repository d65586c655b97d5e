package ai.kubernaut.airgap.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Plans in the words of other tools, and back. */
class InterchangeTest {
  private static final Digest DIGEST = Digest.sha256("kubectl".getBytes(StandardCharsets.UTF_8));
  private static final ImageRef GATEWAY = ImageRef.parse("quay.io/kubernaut-ai/gateway:v1.1.0");
  private static final ImageRef POSTGRESQL =
      ImageRef.parse("registry.redhat.io/rhel10/postgresql-16");
  private static final ImageRef KUBECTL =
      ImageRef.parse("docker.io/bitnami/kubectl:latest@" + DIGEST);
  private static final MirrorPlan PLAN =
      MirrorPlan.builder(Target.registry("harbor.corp/k"))
          .image(GATEWAY)
          .image(POSTGRESQL)
          .image(KUBECTL)
          .build();

  @TempDir Path directory;

  private Path write(String text) throws IOException {
    return Files.writeString(directory.resolve("file"), text);
  }

  @Test
  void anImageList_hasOneSourceInALine_andReadsBack() throws IOException {
    assertThat(ImageList.write(PLAN).lines())
        .containsExactly(GATEWAY.toString(), POSTGRESQL.toString(), KUBECTL.toString());
    assertThat(ImageList.read(write(ImageList.write(PLAN))))
        .containsExactly(GATEWAY, POSTGRESQL, KUBECTL);
  }

  @Test
  void anImageList_mayHaveCommentsAndBlankLines_andCountsAnImageOnce() throws IOException {
    assertThat(ImageList.read(write("# all\n\n" + GATEWAY + "  # the webhook\n" + GATEWAY + "\n")))
        .containsExactly(GATEWAY);
  }

  @Test
  void anIllegalLine_isNamedByItsNumber() throws IOException {
    Path file = write(GATEWAY + "\nquay.io/UPPER/x\n");
    assertThatThrownBy(() -> ImageList.read(file))
        .isInstanceOf(InvalidPlanException.class)
        .hasMessageContaining("line 2")
        .hasMessageContaining("upper-case");
  }

  @ParameterizedTest
  @EnumSource(ImageSetConfiguration.Version.class)
  void anImageSetConfiguration_namesEveryImageByTagOrDigest_andReadsBack(
      ImageSetConfiguration.Version version) throws IOException {
    String text = ImageSetConfiguration.write(PLAN, version);

    assertThat(ImageSetConfiguration.read(write(text), Optional.empty()))
        .containsExactly(
            GATEWAY,
            POSTGRESQL.withTag("latest"),
            ImageRef.parse("docker.io/bitnami/kubectl@" + DIGEST));
    assertThat(text.contains("storageConfig"))
        .isEqualTo(version == ImageSetConfiguration.Version.V1ALPHA2);
  }

  @Test
  void aTemplate_wantsARelease() throws IOException {
    Path file =
        write(
            """
            kind: ImageSetConfiguration
            apiVersion: mirror.openshift.io/v1alpha2
            mirror:
              additionalImages:
                - name: quay.io/kubernaut-ai/gateway:<VERSION>
            """);
    assertThat(ImageSetConfiguration.read(file, Optional.of("v1.1.0"))).containsExactly(GATEWAY);
    assertThatThrownBy(() -> ImageSetConfiguration.read(file, Optional.empty()))
        .isInstanceOf(InvalidPlanException.class)
        .hasMessageContaining("<VERSION>");
  }

  @Test
  void operatorsInAnImageSetConfiguration_areRefused_ratherThanLeftOut() throws IOException {
    Path file =
        write(
            "kind: ImageSetConfiguration\napiVersion: mirror.openshift.io/v2alpha1\nmirror: {operators: [{catalog: x}]}\n");
    assertThatThrownBy(() -> ImageSetConfiguration.read(file, Optional.empty()))
        .hasMessageContaining("mirror.operators");
  }

  @Test
  void anotherFile_isNoImageSetConfiguration() throws IOException {
    Path file = write("kind: ConfigMap\napiVersion: v1\n");
    assertThatThrownBy(() -> ImageSetConfiguration.read(file, Optional.empty()))
        .isInstanceOf(InvalidPlanException.class)
        .hasMessageContaining("mirror.openshift.io/v2alpha1");
  }

  @Test
  void thePublishedTemplate_listsFourteenImages() {
    Path template = Path.of("../../shared/kubernaut/v1.1.0/imageset-config.yaml.tmpl");
    assumeThat(template).as("the real chart's files are beside the checkout").exists();

    assertThat(ImageSetConfiguration.read(template, Optional.of("v1.1.0")))
        .hasSize(14)
        .contains(GATEWAY, POSTGRESQL);
  }

  @Test
  void skopeoCommands_copyEveryPlatformAndNameTheDigest() {
    assertThat(OtherTools.skopeoCopy(PLAN))
        .containsExactly(
            "skopeo copy --all --preserve-digests docker://quay.io/kubernaut-ai/gateway:v1.1.0 docker://harbor.corp/k/kubernaut-ai/gateway:v1.1.0",
            "skopeo copy --all --preserve-digests docker://registry.redhat.io/rhel10/postgresql-16 docker://harbor.corp/k/rhel10/postgresql-16:latest",
            "skopeo copy --all --preserve-digests docker://docker.io/bitnami/kubectl@"
                + DIGEST
                + " docker://harbor.corp/k/bitnami/kubectl:latest");
  }

  @Test
  void aSkopeoSyncFile_listsTagsAndDigestsByRegistryAndRepository() {
    assertThat(OtherTools.skopeoSync(PLAN).lines())
        .containsSubsequence(
            List.of(
                "docker.io:",
                "  images:",
                "    bitnami/kubectl:",
                "    - " + DIGEST,
                "quay.io:",
                "    kubernaut-ai/gateway:",
                "    - v1.1.0",
                "registry.redhat.io:",
                "    rhel10/postgresql-16:",
                "    - latest"));
  }

  @Test
  void theOcMirrorCommand_fitsTheFormOfTheFile() {
    assertThat(
            OtherTools.ocMirror(
                PLAN, ImageSetConfiguration.Version.V1ALPHA2, "imageset-config.yaml"))
        .isEqualTo("oc mirror --config=imageset-config.yaml docker://harbor.corp/k");
    assertThat(OtherTools.ocMirror(PLAN, ImageSetConfiguration.Version.V2ALPHA1, "i.yaml"))
        .isEqualTo(
            "oc mirror --v2 --config=i.yaml --workspace=file://./kubernaut-mirror docker://harbor.corp/k");
  }
}
