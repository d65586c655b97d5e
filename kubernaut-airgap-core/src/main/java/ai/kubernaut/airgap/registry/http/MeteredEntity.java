package ai.kubernaut.airgap.registry.http;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/** A blob on its way to the registry, whose rate is measured where it is written. */
final class MeteredEntity extends HttpEntityWrapper {
  private final Transfer transfer;

  MeteredEntity(HttpEntity blob, Transfer transfer) {
    super(blob);
    this.transfer = transfer;
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    transfer.startStreaming();
    super.writeTo(new MeteredOutput(out, transfer.rate()));
    transfer.endStreaming();
  }

  /** Not buffered: each write is waited for. */
  private static final class MeteredOutput extends FilterOutputStream {
    private final TransferRate rate;

    MeteredOutput(OutputStream out, TransferRate rate) {
      super(out);
      this.rate = rate;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
      rate.begin(length);
      try {
        out.write(buffer, offset, length);
      } finally {
        rate.end(0);
      }
    }
  }
}
