package ai.kubernaut.airgap.chart;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.image.Digest;
import java.nio.file.Path;

/** A chart or a file of its values is not the one that the plan was made with. */
public final class ChartChangedException extends AirgapException {
  private static final long serialVersionUID = 1L;

  private final transient Path path;
  private final transient Digest planned;
  private final transient Digest found;

  ChartChangedException(Path path, Digest planned, Digest found) {
    super(
        path
            + " has changed since the plan was made: planned with "
            + planned
            + ", found "
            + found
            + "; restore it, or plan again and review the new plan");
    this.path = path;
    this.planned = planned;
    this.found = found;
  }

  /** {@return the file or the chart's directory} */
  public Path path() {
    return path;
  }

  /** {@return the digest when the plan was made} */
  public Digest planned() {
    return planned;
  }

  /** {@return the digest now} */
  public Digest found() {
    return found;
  }
}
