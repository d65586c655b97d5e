/**
 * Bundles as a tar archive that is cut into parts for a medium: {@link
 * ai.kubernaut.airgap.bundle.archive.ArchiveRegistryClient}.
 *
 * <pre>{@code
 * try (ArchiveRegistryClient parts = ArchiveRegistryClient.create(Path.of("medium"), 4L << 30)) {
 *   airgap.bundle(plan, parts, BundleOptions.builder().build()).orElseThrow();
 *   parts.finish();
 * }
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.bundle.archive;

import org.jspecify.annotations.NullMarked;
