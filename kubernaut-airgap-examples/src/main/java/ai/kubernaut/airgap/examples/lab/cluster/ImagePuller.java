package ai.kubernaut.airgap.examples.lab.cluster;

import java.util.List;

/**
 * What a node's container runtime does when a pod needs an image. Several nodes pull at the same
 * time, so an implementation has to be safe for use by several threads. A call may be interrupted
 * when the cluster is closed.
 */
@FunctionalInterface
public interface ImagePuller {

  /**
   * Pulls one image.
   *
   * @param imageReference the reference exactly as the pod has it
   * @param dockerConfigJsons every docker configuration the node may use for this pod, as JSON
   *     documents with an {@code auths} object, the node's own first; may be empty
   * @return what was pulled
   * @throws PullFailure when the registry does not give the image; the message ends up in the pod's
   *     status and its Events
   */
  PulledImage pull(String imageReference, List<String> dockerConfigJsons) throws PullFailure;

  /**
   * Pulls one image for a node of an architecture.
   *
   * @param imageReference as above
   * @param dockerConfigJsons as above
   * @param architecture the architecture of the node, for example {@code arm64}; ignored by default
   * @return what was pulled
   * @throws PullFailure as above
   */
  default PulledImage pull(
      String imageReference, List<String> dockerConfigJsons, String architecture)
      throws PullFailure {
    return pull(imageReference, dockerConfigJsons);
  }
}
