package ai.kubernaut.airgap.preflight;

/** What a mirror is asked, in this order. */
public enum Question {
  /** Whether the plan's names are as deep as the registry wants them. */
  NAMES("names fit"),
  /** Whether something answers, and answers as a registry. */
  REACHABLE("answers as a registry"),
  /** Whether the connection is one that the client trusts. */
  TLS("is trusted"),
  /** Whether the registry accepts the credentials. */
  CREDENTIALS("accepts the credentials"),
  /** Whether the projects or repositories are there that have to be there first. */
  EXISTS("has what has to be there first"),
  /** Whether these credentials may push. */
  PUSH("lets push"),
  /** Whether a blob can be sent in pieces, so that a broken upload goes on where it broke. */
  PIECES("takes blobs in pieces"),
  /** Whether a repository can take a blob over from another one. */
  MOUNT("mounts blobs"),
  /** Whether it takes indexes, which images for several platforms have. */
  INDEX("takes indexes"),
  /** Whether it lists what is attached to an image. */
  REFERRERS("lists referrers");

  private final String words;

  Question(String words) {
    this.words = words;
  }

  /** What a yes says of the registry, for people. */
  @Override
  public String toString() {
    return words;
  }
}
