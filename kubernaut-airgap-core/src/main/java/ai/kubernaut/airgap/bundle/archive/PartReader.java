package ai.kubernaut.airgap.bundle.archive;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Some bytes of an archive, whichever parts they are in. One part is open at a time. Files are read
 * without channels, which an interrupt would close.
 */
final class PartReader extends InputStream {
  private final Path directory;
  private final long partSize;
  private long position;
  private long left;
  private @Nullable RandomAccessFile part;

  PartReader(Path directory, long partSize, long position, long length) {
    this.directory = directory;
    this.partSize = partSize;
    this.position = position;
    this.left = length;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (length == 0) {
      return 0;
    }
    if (left == 0) {
      return -1;
    }
    if (part == null) {
      part =
          new RandomAccessFile(
              directory.resolve(PartList.name((int) (position / partSize))).toFile(), "r");
      part.seek(position % partSize);
    }
    long ofPart = partSize - position % partSize;
    int count = part.read(buffer, offset, (int) Math.min(length, Math.min(left, ofPart)));
    if (count < 0) {
      throw new EOFException("a part of the bundle is shorter than it was");
    }
    position += count;
    left -= count;
    if (position % partSize == 0) {
      close();
    }
    return count;
  }

  @Override
  public void close() throws IOException {
    if (part != null) {
      part.close();
      part = null;
    }
  }
}
