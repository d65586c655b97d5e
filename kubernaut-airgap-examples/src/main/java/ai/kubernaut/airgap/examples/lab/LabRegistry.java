package ai.kubernaut.airgap.examples.lab;

import ai.kubernaut.airgap.registry.Credentials;
import com.marcnuri.helm.jni.HelmLib;
import com.marcnuri.helm.jni.NativeLibrary;
import com.marcnuri.helm.jni.RepoServerOptions;
import com.marcnuri.helm.jni.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The real distribution registry (CNCF, version 3) that helm-java carries, in this process: plain
 * HTTP, content in memory, one user. It listens on all addresses of the machine and runs until the
 * process ends; helm-java has no way to change either, so the password should be a new one each
 * time.
 */
final class LabRegistry {
  private static final Pattern ADDRESS = Pattern.compile("localhost:\\d+");

  private static final Duration START_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(10);

  private final String host;
  private final Credentials credentials;

  private LabRegistry(String host, Credentials credentials) {
    this.host = host;
    this.credentials = credentials;
  }

  static LabRegistry start(Credentials credentials) {
    HelmLib library = Library.INSTANCE;
    Result result =
        library.RepoOciServerStart(
            new RepoServerOptions("", credentials.username(), credentials.password().reveal()));
    try {
      Matcher address = ADDRESS.matcher(result.out == null ? "" : result.out);
      if (!address.find()) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "the embedded registry did not start: '%s' '%s'",
                result.out,
                result.err));
      }
      awaitConnections(address.group());
      return new LabRegistry(address.group(), credentials);
    } finally {
      library.Free(result);
    }
  }

  /** The library tells the address a moment before anything listens there. */
  private static void awaitConnections(String address) {
    long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
    int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
    while (true) {
      try {
        new Socket("localhost", port).close();
        return;
      } catch (IOException e) {
        if (System.nanoTime() - deadline > 0) {
          throw new UncheckedIOException("the embedded registry does not listen at " + address, e);
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }

  String host() {
    return host;
  }

  Credentials credentials() {
    return credentials;
  }

  /** The native library, loaded once for all registries of this process. */
  private static final class Library {
    static final HelmLib INSTANCE = NativeLibrary.getInstance().load();
  }
}
