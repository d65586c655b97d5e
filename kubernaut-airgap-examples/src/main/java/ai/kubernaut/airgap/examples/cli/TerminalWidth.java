package ai.kubernaut.airgap.examples.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** The width of the terminal, which changes when a user resizes it. */
final class TerminalWidth implements AutoCloseable {
  private static final int USUAL = 80;

  private final Terminal terminal;

  private TerminalWidth(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Opens the terminal. JLine leaves its signals alone, so that Ctrl-C reaches the program. */
  static TerminalWidth open() {
    try {
      return new TerminalWidth(TerminalBuilder.builder().dumb(true).nativeSignals(false).build());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot use the terminal: " + e, e);
    }
  }

  /** Returns the columns of the terminal; the usual 80 where they are not known. */
  int columns() {
    int width = terminal.getWidth();
    return width > 0 ? width : USUAL;
  }

  @Override
  public void close() {
    try {
      terminal.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the terminal: " + e, e);
    }
  }
}
