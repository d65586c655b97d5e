package ai.kubernaut.airgap.examples.cli;

import java.io.PrintWriter;
import java.time.temporal.ChronoUnit;
import java.util.function.IntSupplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * A bar in the last line of a terminal that moves with the bytes sent and shows the rate and the
 * remaining time. Other lines are printed above it. It has no color. Thread-safe.
 */
final class TransferBar implements AutoCloseable {
  private static final long MEGABYTE = 1_000_000;
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintWriter out;
  private final int images;
  private final ProgressBar bar;
  private int finished;
  private boolean closed;
  private String drawn = "";

  /**
   * Creates a bar.
   *
   * @param out the terminal
   * @param images how many images are to be copied
   * @param bytes how much is to be sent
   * @param width the columns of the terminal; asked each time, because its size changes
   */
  TransferBar(PrintWriter out, int images, long bytes, IntSupplier width) {
    this.out = out;
    this.images = images;
    this.bar =
        new ProgressBarBuilder()
            .setTaskName("  sending")
            .setInitialMax(bytes)
            .setUnit(" MB", MEGABYTE)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(250)
            .showSpeed()
            .setSpeedUnit(ChronoUnit.SECONDS)
            .setConsumer(new LastLine(width))
            .build();
    bar.setExtraMessage(" 0/" + images + " images");
  }

  /** Moves the bar. */
  void sent(long done, long total) {
    bar.maxHint(total);
    bar.stepTo(done);
  }

  /** Counts an image. */
  synchronized void finishedImage() {
    finished++;
    bar.setExtraMessage(" " + Math.min(finished, images) + "/" + images + " images");
  }

  /** Prints lines above the bar. */
  synchronized void tell(String lines) {
    out.println(CLEAR_LINE + lines);
    out.print(drawn);
    out.flush();
  }

  /** Leaves the bar as it is and begins a new line. */
  @Override
  public void close() {
    bar.close();
    endLine();
  }

  private synchronized void draw(String line) {
    if (closed) {
      return;
    }
    drawn = line;
    out.print(CLEAR_LINE + line);
    out.flush();
  }

  private synchronized void endLine() {
    closed = true;
    out.println();
  }

  /** The line that the library draws, from a thread of its own. */
  private final class LastLine implements ProgressBarConsumer {
    private final IntSupplier width;

    LastLine(IntSupplier width) {
      this.width = width;
    }

    @Override
    public int getMaxRenderedLength() {
      return Math.max(20, width.getAsInt() - 1);
    }

    @Override
    public void accept(String line) {
      draw(line);
    }

    @Override
    public void close() {
      // The bar ends its line itself.
    }
  }
}
