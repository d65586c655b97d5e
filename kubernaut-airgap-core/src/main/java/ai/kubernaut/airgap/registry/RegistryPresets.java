package ai.kubernaut.airgap.registry;

import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.registry.RegistryPreset.Prerequisite;

/** The presets. A limit without documentation has the source {@code seen in the field}. */
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
                  "names with one component are rejected with 400, also as the source of a mount",
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
                  "names are organization/name; deeper names are rejected like a missing permission",
                  "https://newreleases.io/project/github/plexsystems/sinker/release/v0.11.0"),
              RegistryLimit.of(
                  "self-managed Quay accepts deeper names with FEATURE_EXTENDED_REPOSITORY_NAMES",
                  "https://docs.redhat.com/en/documentation/red_hat_quay/3.13/html/configure_red_hat_quay/config-fields-nested-repositories"),
              RegistryLimit.of(
                  "a robot account needs permission to create repositories, or the repositories must exist",
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
                  "names are user/name; deeper names are rejected like a missing permission",
                  "https://github.com/moby/moby/issues/31760"),
              RegistryLimit.of(
                  "the number of pulls is limited, including pulls by nodes",
                  "https://docs.docker.com/docker-hub/usage/pulls/"))
          .build();

  static final RegistryPreset ARTIFACTORY =
      RegistryPreset.builder()
          .name("Artifactory")
          .prerequisite(Prerequisite.FIRST_COMPONENT)
          .addLimits(
              RegistryLimit.of(
                  "depending on the configuration, the repository key is the first component of names, part of the host name, or selected by a port",
                  "https://docs.jfrog.com/artifactory/docs/additional-docker-information"))
          .build();

  static final RegistryPreset NEXUS =
      RegistryPreset.builder()
          .name("Nexus Repository")
          .addLimits(
              RegistryLimit.of(
                  "depending on the configuration, a hosted repository has its own port or host name, or is the first component of names; a proxy repository does not accept pushes",
                  FIELD))
          .build();

  static final RegistryPreset ECR =
      RegistryPreset.builder()
          .name("Amazon ECR")
          .prerequisite(Prerequisite.EACH_REPOSITORY)
          .addLimits(
              RegistryLimit.of(
                  "a repository must exist before the first push, unless a creation template creates it",
                  "https://docs.aws.amazon.com/AmazonECR/latest/userguide/docker-push-ecr-image.html"),
              RegistryLimit.of(
                  "a blob can be mounted only after a manifest of its repository refers to it; before that it is uploaded again",
                  "https://github.com/aws/containers-roadmap/issues/2860"),
              RegistryLimit.of(
                  "each chunk of an upload, except the last one, has at least 5 MiB",
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
                  "the project must exist; the role system:image-pusher allows to push to existing image streams, but not to create them",
                  "https://docs.redhat.com/en/documentation/openshift_container_platform/3.9/html/developer_guide/creating-an-image-stream-by-manually-pushing-an-image"),
              RegistryLimit.of("names are exactly project/name", FIELD),
              RegistryLimit.of("older versions respond with 500 to image indexes", FIELD))
          .build();

  private RegistryPresets() {}
}
