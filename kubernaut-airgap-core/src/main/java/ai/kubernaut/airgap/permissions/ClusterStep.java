package ai.kubernaut.airgap.permissions;

import java.util.Locale;

/** The steps that need a cluster. */
public enum ClusterStep {
  /** Configures the pull secrets (the guide, step 3). */
  PULL_SECRET,
  /** Lets the nodes of an OpenShift cluster trust the CA of the mirror (the guide, step 3). */
  TRUST,
  /** Creates mirror rules on an OpenShift cluster. */
  MIRROR_RULES,
  /** Seals the namespaces of the release. */
  SEAL,
  /** Drafts image policies of OpenShift; nothing applies them. */
  IMAGE_POLICY,
  /** Creates the Secrets that the chart needs (the guide, step 4a); part of an installation too. */
  SECRETS,
  /** Rotates Secrets, and restarts the workloads that read them. */
  ROTATE_SECRETS,
  /** Installs the chart for the first time (the guide, step 4). */
  INSTALL,
  /** Upgrades the release, or continues an installation that has failed. */
  UPGRADE,
  /** Returns to an earlier revision. */
  ROLLBACK,
  /** Uninstalls the release, and removes its seal. */
  UNINSTALL,
  /** Verifies the release (the guide, step 5). */
  VERIFY,
  /** Verifies what a label selector selects, without asking Helm (the guide, step 5). */
  VERIFY_BY_LABELS,
  /** Finds out why the release does not run (the guide, "Troubleshooting"). */
  DIAGNOSE,
  /** Diagnoses the release, renews its pull secrets, and upgrades it. */
  REPAIR,
  /** Reads the revisions of the release, to find content of the mirror that none of them needs. */
  PRUNE;

  /** {@return the name on the command line, for example {@code pull-secret}} */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
