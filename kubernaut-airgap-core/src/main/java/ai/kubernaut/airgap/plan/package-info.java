/**
 * What will be mirrored and under which names: {@link ai.kubernaut.airgap.plan.MirrorPlan}, a value
 * that has touched nothing.
 */
@NullMarked
package ai.kubernaut.airgap.plan;

import org.jspecify.annotations.NullMarked;
