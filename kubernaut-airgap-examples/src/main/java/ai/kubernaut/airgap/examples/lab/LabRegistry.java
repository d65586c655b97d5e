package ai.kubernaut.airgap.examples.lab;

import ai.kubernaut.airgap.registry.Credentials;
import com.marcnuri.helm.jni.HelmLib;
import com.marcnuri.helm.jni.NativeLibrary;
import com.marcnuri.helm.jni.RepoServerOptions;
import com.marcnuri.helm.jni.Result;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The real distribution registry (CNCF, version 3) that helm-java carries, in this process: plain
 * HTTP on loopback, content in memory, one user. It runs until the process ends; helm-java has no
 * way to stop it.
 */
final class LabRegistry {
  private static final Pattern ADDRESS = Pattern.compile("localhost:\\d+");

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
      return new LabRegistry(address.group(), credentials);
    } finally {
      library.Free(result);
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
