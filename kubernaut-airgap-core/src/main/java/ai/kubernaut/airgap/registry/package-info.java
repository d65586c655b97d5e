/**
 * The port to registries, {@link ai.kubernaut.airgap.registry.RegistryClient}, and its values.
 * {@link ai.kubernaut.airgap.registry.ImageContent} reads all that an image consists of. The
 * adapters are in the packages below.
 *
 * <pre>{@code
 * ImageContent content = ImageContent.read(client, ImageRef.parse("quay.io/kubernaut-ai/gateway:v1"));
 * long size = content.blobs().stream().mapToLong(Descriptor::size).sum();
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.registry;

import org.jspecify.annotations.NullMarked;
