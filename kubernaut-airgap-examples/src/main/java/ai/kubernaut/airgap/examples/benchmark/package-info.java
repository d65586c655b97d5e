/**
 * Measures mirroring against the other tools on the PATH: {@link
 * ai.kubernaut.airgap.examples.benchmark.Benchmark}.
 */
@NullMarked
package ai.kubernaut.airgap.examples.benchmark;

import org.jspecify.annotations.NullMarked;
