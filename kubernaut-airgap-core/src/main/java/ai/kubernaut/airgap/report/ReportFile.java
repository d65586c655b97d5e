package ai.kubernaut.airgap.report;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.io.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file for reports. It is written completely or not at all, and only its owner can read it. Not
 * thread-safe.
 */
public final class ReportFile {
  private final Path file;
  private final ReportFormat format;

  private ReportFile(Path file, ReportFormat format) {
    this.file = file;
    this.format = format;
  }

  /**
   * Creates a file for reports, and checks that it can be written. An existing file is not changed
   * yet.
   *
   * @param file the file; its extension chooses the {@link ReportFormat}
   * @return the file
   * @throws IllegalArgumentException when the extension is none of those
   * @throws AirgapException when the file cannot be written
   */
  public static ReportFile at(Path file) {
    ReportFormat format = ReportFormat.of(file);
    Path absolute = file.toAbsolutePath();
    if (Files.isDirectory(absolute)) {
      throw new AirgapException(
          "cannot write the report " + file + ": it is a directory; give the name of a file");
    }
    ReportFile one = new ReportFile(absolute, format);
    try {
      PrivateFile.check(absolute);
    } catch (IOException e) {
      throw one.failed(e);
    }
    return one;
  }

  private AirgapException failed(IOException e) {
    return new AirgapException(
        "cannot write the report "
            + file
            + ": "
            + e.getMessage()
            + "; check the directory and its permissions",
        e);
  }

  /** {@return the absolute path of the file} */
  public Path path() {
    return file;
  }

  /**
   * Writes a report in place of what the file had.
   *
   * @param report the report
   * @throws AirgapException when the file cannot be written; it is as before then
   */
  public void write(ReportDocument report) {
    try {
      // Unlike writeString, this replaces what is not Unicode, such as half a surrogate pair.
      byte[] content = (format.write(report) + "\n").getBytes(StandardCharsets.UTF_8);
      PrivateFile.write(file, out -> out.write(content));
    } catch (IOException e) {
      throw failed(e);
    }
  }
}
