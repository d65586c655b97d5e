package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * Where the image of one container comes from: the reference that the pod asks for, the digest that
 * runs, the digest in the mirror and the digest at the source, and how they agree. Immutable.
 */
@Value.Immutable
public interface ContainerOrigin {
  /** Which list of the pod has the container. */
  enum Type {
    /** An init container. */
    INIT,
    /** A container of the application. */
    MAIN,
    /** An ephemeral container, for example of {@code kubectl debug}. */
    EPHEMERAL
  }

  /** What reports the digest that runs. */
  enum Evidence {
    /** The status of the pod ({@code imageID}). */
    POD_STATUS,
    /** The images in the status of the node, because the status of the pod has no digest. */
    NODE_STATUS,
    /** Nothing. */
    NONE
  }

  /** How the digest that runs agrees with the mirrored image. */
  enum Agreement {
    /** It is the digest of the mirrored image. */
    EQUAL,
    /** It is the digest of a manifest that the mirrored index lists. */
    PLATFORM_MANIFEST,
    /** It is the digest of a configuration of the mirrored image, as some containerd report it. */
    CONFIG,
    /** It is another digest. */
    DIFFERS,
    /** It was not compared, because the mirror cannot be read. */
    NOT_COMPARED,
    /** Neither the pod nor its node reports a digest. */
    NOT_REPORTED,
    /** The container has not started. */
    NOT_STARTED,
    /** The image is in the mirror but not in the plan. */
    NOT_PLANNED,
    /** The image does not come from the mirror. */
    OUTSIDE_MIRROR;

    /** {@return whether the container runs the mirrored image} */
    public boolean isProven() {
      return this == EQUAL || this == PLATFORM_MANIFEST || this == CONFIG;
    }
  }

  /** {@return the namespace of the pod} */
  String namespace();

  /** {@return the name of the pod} */
  String pod();

  /** {@return the uid of the pod; empty when the cluster does not report it} */
  Optional<String> podUid();

  /** {@return the kind and the name of the owner of the pod, for example {@code Job/migration}} */
  Optional<String> owner();

  /** {@return the node of the pod; empty before it is scheduled} */
  Optional<String> node();

  /** {@return the name of the container} */
  String container();

  /** {@return which list of the pod has the container} */
  Type type();

  /** {@return how often the container was restarted} */
  int restarts();

  /** {@return the reference in the specification of the pod} */
  String requested();

  /** {@return the digest that runs; empty when it is not known} */
  Optional<Digest> running();

  /** {@return what reports the digest that runs} */
  Evidence evidence();

  /** {@return the image in the mirror; empty when the plan does not have it} */
  Optional<ImageRef> mirror();

  /**
   * Returns the digest that the image has in the mirror now: that of its tag when the container
   * pulls by tag.
   *
   * @return empty when the mirror does not have it or cannot be read
   */
  Optional<Digest> mirrored();

  /** {@return the image at its source; empty when the plan does not have it} */
  Optional<ImageRef> source();

  /**
   * {@return the digest at the source, as the plan has it; empty when the plan does not know it}
   */
  Optional<Digest> planned();

  /** {@return whether mirror rules redirect the reference to the mirror} */
  boolean isRedirected();

  /** {@return how the digests agree} */
  Agreement agreement();

  /** {@return for example {@code kubernaut-system/gateway-7d9f/gateway}} */
  default String path() {
    return namespace() + "/" + pod() + "/" + container();
  }

  /**
   * Returns the fields for JSON or YAML, which {@link VerificationDrift#readOrigins} reads.
   *
   * @return a tree without null values
   */
  default Map<String, Object> toTree() {
    return OriginFile.tree(this);
  }

  /** {@return an empty builder} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link ContainerOrigin}. Not thread-safe. */
  final class Builder extends ImmutableContainerOrigin.Builder {
    Builder() {}
  }
}
