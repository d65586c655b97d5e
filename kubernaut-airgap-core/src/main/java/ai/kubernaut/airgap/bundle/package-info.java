/**
 * Carries images, chart and plan to a site without a network, as one OCI artifact: {@link
 * ai.kubernaut.airgap.bundle.Bundle}, which {@link ai.kubernaut.airgap.bundle.Bundler} creates and
 * {@link ai.kubernaut.airgap.bundle.BundleLoader} loads into a mirror.
 *
 * <pre>{@code
 * airgap.bundle(plan, layout, BundleOptions.builder().build()).orElseThrow(); // one side
 *
 * Bundle bundle = Bundle.open(layout); // the other side
 * MirrorPlan carried = bundle.unpackPlan(Path.of("carried"));
 * MirrorReport report = airgap.mirror(bundle, carried).orElseThrow();
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.bundle;

import org.jspecify.annotations.NullMarked;
