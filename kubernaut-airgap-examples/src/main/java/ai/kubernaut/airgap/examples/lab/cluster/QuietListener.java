package ai.kubernaut.airgap.examples.lab.cluster;

import java.lang.System.Logger.Level;
import org.apache.hc.core5.http.ExceptionListener;
import org.apache.hc.core5.http.HttpConnection;

/** Clients that go away in the middle of a watch are nothing to report. */
final class QuietListener implements ExceptionListener {
  private static final System.Logger LOG = System.getLogger(QuietListener.class.getName());

  @Override
  public void onError(Exception error) {
    LOG.log(Level.DEBUG, "a connection failed", error);
  }

  @Override
  public void onError(HttpConnection connection, Exception error) {
    LOG.log(Level.DEBUG, "a connection failed", error);
  }
}
