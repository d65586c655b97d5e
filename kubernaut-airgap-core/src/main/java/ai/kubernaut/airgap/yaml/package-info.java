/**
 * YAML in and out with the limits that input from elsewhere needs: {@link
 * ai.kubernaut.airgap.yaml.Yaml}.
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.yaml;

import org.jspecify.annotations.NullMarked;
