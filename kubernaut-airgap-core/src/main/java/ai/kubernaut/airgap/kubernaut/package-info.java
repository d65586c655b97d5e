/**
 * What the library knows about a product beyond its chart: {@link
 * ai.kubernaut.airgap.kubernaut.ProductProfile}. All knowledge about Kubernaut is in {@link
 * ai.kubernaut.airgap.kubernaut.KubernautProfile}.
 *
 * <pre>{@code
 * Airgap.Builder builder = Airgap.builder().profile(ProductProfile.none()); // for another chart
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.kubernaut;

import org.jspecify.annotations.NullMarked;
