package ai.kubernaut.airgap.registry.http;

import ai.kubernaut.airgap.common.AirgapException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file that the client was told to use, with credentials or certificates, cannot be used. */
public final class RegistryConfigException extends AirgapException {
  private static final long serialVersionUID = 1L;

  private final String file;

  RegistryConfigException(Path file, String why, @Nullable Throwable cause) {
    super(file + " cannot be used: " + why, cause);
    this.file = file.toString();
  }

  /**
   * The file that cannot be used.
   *
   * @return its path as it was looked for
   */
  public Path file() {
    return Path.of(file);
  }
}
