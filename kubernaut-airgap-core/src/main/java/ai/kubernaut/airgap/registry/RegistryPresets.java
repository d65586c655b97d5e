package ai.kubernaut.airgap.registry;

import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.registry.RegistryPreset.Prerequisite;

/** The presets. What has no page to point to has been seen in the field. */
final class RegistryPresets {
  private static final String FIELD = "seen in the field";

  static final RegistryPreset HARBOR =
      RegistryPreset.builder()
          .name("Harbor")
          .minimumDepth(2)
          .depthSource("https://github.com/goharbor/harbor/issues/22078")
          .prerequisite(Prerequisite.FIRST_COMPONENT)
          .addLimits(
              RegistryLimit.of(
                  "the first component of a name is a project, which must exist",
                  "https://github.com/goharbor/harbor/issues/17097"),
              RegistryLimit.of(
                  "a name of one component is refused with 400, also as the source of a mount",
                  "https://github.com/goharbor/harbor/issues/22078"))
          .build();

  static final RegistryPreset QUAY =
      RegistryPreset.builder()
          .name("quay.io")
          .separator(Separator.DASH)
          .minimumDepth(2)
          .maximumDepth(2)
          .depthSource("https://newreleases.io/project/github/plexsystems/sinker/release/v0.11.0")
          .prerequisite(Prerequisite.FIRST_COMPONENT)
          .addLimits(
              RegistryLimit.of(
                  "names are organisation/name; a deeper one is refused as if a right were missing",
                  "https://newreleases.io/project/github/plexsystems/sinker/release/v0.11.0"),
              RegistryLimit.of(
                  "a Quay of one's own takes deeper names with FEATURE_EXTENDED_REPOSITORY_NAMES",
                  "https://docs.redhat.com/en/documentation/red_hat_quay/3.13/html/configure_red_hat_quay/config-fields-nested-repositories"),
              RegistryLimit.of(
                  "a robot account needs the right to create repositories, or finds them created",
                  "https://github.com/jaegertracing/jaeger/issues/2498"))
          .build();

  static final RegistryPreset DOCKER_HUB =
      RegistryPreset.builder()
          .name("Docker Hub")
          .separator(Separator.DASH)
          .minimumDepth(2)
          .maximumDepth(2)
          .depthSource("https://github.com/moby/moby/issues/31760")
          .prerequisite(Prerequisite.FIRST_COMPONENT)
          .addLimits(
              RegistryLimit.of(
                  "names are user/name; a deeper one is refused as if a right were missing",
                  "https://github.com/moby/moby/issues/31760"),
              RegistryLimit.of(
                  "pulls are counted and limited, those of nodes too",
                  "https://docs.docker.com/docker-hub/usage/pulls/"))
          .build();

  static final RegistryPreset ARTIFACTORY =
      RegistryPreset.builder()
          .name("Artifactory")
          .prerequisite(Prerequisite.FIRST_COMPONENT)
          .addLimits(
              RegistryLimit.of(
                  "the repository's key is the first component of names, or part of the host, or stands behind a port: as the address says that it is reached",
                  "https://docs.jfrog.com/artifactory/docs/additional-docker-information"))
          .build();

  static final RegistryPreset NEXUS =
      RegistryPreset.builder()
          .name("Nexus Repository")
          .addLimits(
              RegistryLimit.of(
                  "a hosted repository has a port or a host name of its own, or is the first component of names, as it is set up; a proxy repository takes no pushes",
                  FIELD))
          .build();

  static final RegistryPreset ECR =
      RegistryPreset.builder()
          .name("Amazon ECR")
          .prerequisite(Prerequisite.EACH_REPOSITORY)
          .addLimits(
              RegistryLimit.of(
                  "a repository must exist before the first push, unless a creation template makes it",
                  "https://docs.aws.amazon.com/AmazonECR/latest/userguide/docker-push-ecr-image.html"),
              RegistryLimit.of(
                  "a blob can be mounted once a manifest of its repository refers to it; before that it is sent again",
                  "https://github.com/aws/containers-roadmap/issues/2860"),
              RegistryLimit.of(
                  "a piece of an upload, but for the last one, has 5 MiB or more",
                  "https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html"))
          .build();

  static final RegistryPreset OPENSHIFT =
      RegistryPreset.builder()
          .name("OpenShift's integrated registry")
          .separator(Separator.DASH)
          .minimumDepth(2)
          .maximumDepth(2)
          .depthSource(FIELD)
          .prerequisite(Prerequisite.FIRST_COMPONENT)
          .addLimits(
              RegistryLimit.of(
                  "the project must exist; the role system:image-pusher pushes to image streams that are there, and creates none",
                  "https://docs.redhat.com/en/documentation/openshift_container_platform/3.9/html/developer_guide/creating-an-image-stream-by-manually-pushing-an-image"),
              RegistryLimit.of("names are exactly project/name", FIELD),
              RegistryLimit.of(
                  "older versions answer 500 to the index of an image for several platforms",
                  FIELD))
          .build();

  private RegistryPresets() {}
}
