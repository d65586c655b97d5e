/**
 * What every other package uses: {@link ai.kubernaut.airgap.common.AirgapException}, the root of
 * all exceptions, and {@link ai.kubernaut.airgap.common.Secret}, a value that prints as {@code
 * ***}.
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.common;

import org.jspecify.annotations.NullMarked;
