package ai.kubernaut.airgap.mirrorrules;

import java.util.List;
import org.immutables.value.Value;

/** One source and its mirrors, as an object of a cluster has them. Immutable. */
@Value.Immutable
public interface MirrorRule {
  /** Which pulls a rule applies to. */
  enum Pulls {
    /** Those of a reference with a digest. */
    DIGEST,
    /** Those of a reference without a digest. */
    TAG
  }

  /** Whether images are pulled from their source when no mirror has them. */
  enum SourcePolicy {
    /** They are. */
    ALLOW_CONTACTING_SOURCE("AllowContactingSource"),
    /** They are not, neither by digest nor by tag. */
    NEVER_CONTACT_SOURCE("NeverContactSource");

    private final String value;

    SourcePolicy(String value) {
      this.value = value;
    }

    /** {@return the value of the field {@code mirrorSourcePolicy}} */
    public String value() {
      return value;
    }
  }

  /** {@return the object that has the rule, for example {@code ImageDigestMirrorSet mirror}} */
  String object();

  /** {@return the pulls that the rule applies to} */
  Pulls pulls();

  /**
   * {@return a registry, a registry and the beginning of a repository's name, or {@code *.} and a
   * domain}
   */
  String source();

  /**
   * {@return what takes the place of the source, in the order of preference; a rule without another
   * mirror than its source has no effect}
   */
  List<String> mirrors();

  /** {@return whether the source is the last location; by default it is} */
  @Value.Default
  default SourcePolicy sourcePolicy() {
    return SourcePolicy.ALLOW_CONTACTING_SOURCE;
  }

  /** {@return an empty builder} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link MirrorRule}. Not thread-safe. */
  final class Builder extends ImmutableMirrorRule.Builder {
    Builder() {}
  }
}
