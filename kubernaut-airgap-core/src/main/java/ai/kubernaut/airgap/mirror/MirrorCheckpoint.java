package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.io.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The unfinished uploads of a mirror run that was paused or cancelled, so that another process can
 * continue them: {@link MirrorOptions#resumeFrom()}. Finished blobs are not in it, because the
 * mirror has them. Registries forget unfinished uploads after some time, often a day or a week;
 * then these blobs are sent from the start. Immutable.
 *
 * <pre>{@code
 * MirrorCheckpoint checkpoint = MirrorCheckpoint.read(Path.of("mirror.checkpoint"));
 * airgap.mirror(plan, MirrorOptions.builder().resumeFrom(checkpoint).build()).orElseThrow();
 * }</pre>
 */
public final class MirrorCheckpoint {
  private final Map<String, String> sessions;

  private MirrorCheckpoint(Map<String, String> sessions) {
    this.sessions = Map.copyOf(sessions);
  }

  static MirrorCheckpoint of(Map<String, String> sessions) {
    return new MirrorCheckpoint(sessions);
  }

  /**
   * Reads a checkpoint from its text form.
   *
   * @param text what {@link #toText()} returned; damaged lines are ignored, because they only save
   *     time
   * @return the checkpoint
   */
  public static MirrorCheckpoint parse(String text) {
    return new MirrorCheckpoint(JournalLines.parse(text));
  }

  /**
   * Reads a checkpoint from a file. It can also be the {@linkplain MirrorOptions#journal() journal}
   * of another run.
   *
   * @param file the file
   * @return the checkpoint
   * @throws AirgapException when the file cannot be read
   */
  public static MirrorCheckpoint read(Path file) {
    try {
      return parse(Files.readString(file, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new AirgapException("the checkpoint " + file + " cannot be read: " + e, e);
    }
  }

  /**
   * Writes the checkpoint to a file that only its owner can read; an existing file is replaced.
   *
   * @param file the file
   * @throws AirgapException when the file cannot be written
   */
  public void save(Path file) {
    try {
      PrivateFile.write(file, out -> out.write(toText().getBytes(StandardCharsets.ISO_8859_1)));
    } catch (IOException e) {
      throw new AirgapException("the checkpoint " + file + " cannot be written: " + e, e);
    }
  }

  /**
   * Returns the text form, to be kept in a file or a database. It has no credentials, but the
   * addresses of uploads, which some registries sign.
   *
   * @return a line in ASCII for each upload
   */
  public String toText() {
    return JournalLines.write(sessions);
  }

  /**
   * Returns the number of uploads that can be continued.
   *
   * @return zero or more
   */
  public int uploads() {
    return sessions.size();
  }

  Map<String, String> sessions() {
    return sessions;
  }

  @Override
  public String toString() {
    return uploads() + " unfinished uploads";
  }
}
