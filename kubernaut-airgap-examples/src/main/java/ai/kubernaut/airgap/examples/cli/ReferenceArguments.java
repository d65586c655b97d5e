package ai.kubernaut.airgap.examples.cli;

import picocli.CommandLine.Option;

/** How the pods of the release name their images. */
final class ReferenceArguments {
  @Option(names = "--pin-digests", description = "Let pods pull their images by digest.")
  boolean pinDigests;

  @Option(
      names = "--through-mirror-rules",
      description =
          "Keep the source names of the images and pull them by digest; the mirror rules of the cluster redirect them.")
  boolean throughMirrorRules;
}
