/**
 * Reports of every step as text, JSON, JUnit XML, Markdown and HTML, all written from the same
 * values: {@link ai.kubernaut.airgap.report.ReportDocument}, and {@link
 * ai.kubernaut.airgap.report.ReportFile}, which writes it.
 *
 * <pre>{@code
 * ReportFile page = ReportFile.at(Path.of("verification.html")); // fails if it cannot be written
 * VerificationReport verified = airgap.verify(airgap.installationOf(plan));
 * page.write(ReportDocument.of(verified, plan));
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.report;

import org.jspecify.annotations.NullMarked;
