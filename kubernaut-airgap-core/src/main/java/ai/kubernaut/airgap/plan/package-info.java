/**
 * What will be mirrored and under which names: {@link ai.kubernaut.airgap.plan.MirrorPlan}, a value
 * that has touched nothing.
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.plan;

import org.jspecify.annotations.NullMarked;
