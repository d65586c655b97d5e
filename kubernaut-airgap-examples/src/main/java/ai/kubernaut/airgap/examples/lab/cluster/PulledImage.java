package ai.kubernaut.airgap.examples.lab.cluster;

/**
 * An image that a node holds.
 *
 * @param imageId the image by digest, such as {@code mirror.example/gateway@sha256:…}; pods show it
 *     in their status
 */
public record PulledImage(String imageId) {}
