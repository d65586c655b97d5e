/**
 * What repairs a release without a person's judgement: {@link
 * ai.kubernaut.airgap.repair.RepairOptions}, and what came of it, {@link
 * ai.kubernaut.airgap.repair.RepairReport} (the guide, "Troubleshooting").
 *
 * <pre>{@code
 * Installation installation = airgap.installationOf(plan);
 * Diagnosis diagnosis = airgap.diagnose(installation);
 * Credentials credentials = Credentials.of("puller", System.getenv("PULL_PASSWORD"));
 * RepairOptions options = RepairOptions.builder().credentials(credentials).build();
 * RepairReport repaired = airgap.repair(installation, diagnosis, options);
 * repaired.facts().forEach(fact -> System.out.println(fact.describe()));
 * airgap.verify(installation).orElseThrow();
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.repair;

import org.jspecify.annotations.NullMarked;
