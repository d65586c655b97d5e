/**
 * A registry on the loopback interface, {@link ai.kubernaut.airgap.registry.server.RegistryServer}.
 * It serves the content of a {@link ai.kubernaut.airgap.registry.RegistryClient} to tools that pull
 * and push over HTTP:
 *
 * <pre>{@code
 * try (MemoryRegistryClient content = MemoryRegistryClient.create();
 *     RegistryServer server = RegistryServer.builder(content, "harbor.corp").start()) {
 *   // skopeo copy docker://quay.io/app:v1 docker://127.0.0.1:43121/app:v1
 *   System.out.println(server.host());
 *   content.readManifest(ImageRef.parse("harbor.corp/app:v1"));
 * }
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.registry.server;

import org.jspecify.annotations.NullMarked;
