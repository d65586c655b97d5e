package ai.kubernaut.airgap.helm;

import ai.kubernaut.airgap.io.ScratchDirectory;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.jni.HelmLib;
import com.marcnuri.helm.jni.NativeLibrary;
import com.sun.jna.Native;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The class path of the few classes that a {@link HelmWorker} needs. Jars that are nested in an
 * executable jar, as Spring Boot builds them, are copied to a scratch directory. Thread-safe.
 */
final class HelmClassPath implements AutoCloseable {
  private @Nullable ScratchDirectory copies;
  private @Nullable String classPath;

  /**
   * Returns the class path.
   *
   * @throws IOException when a class is not in a file, and cannot be copied to one
   */
  synchronized String get() throws IOException {
    String known = classPath;
    if (known == null) {
      Set<String> locations = new LinkedHashSet<>();
      for (Class<?> needed : needed()) {
        locations.add(location(needed));
      }
      List<String> files = new ArrayList<>();
      for (String location : locations) {
        files.add(file(location, files.size()).toString());
      }
      known = String.join(File.pathSeparator, files);
      classPath = known;
    }
    return known;
  }

  private static List<Class<?>> needed() {
    NativeLibrary library =
        Objects.requireNonNull(
            NativeLibrary.serviceProviderLibrary(HelmClassPath.class.getClassLoader()));
    return List.of(HelmWorker.class, Helm.class, HelmLib.class, Native.class, library.getClass());
  }

  private static String location(Class<?> needed) throws IOException {
    return Optional.ofNullable(needed.getProtectionDomain().getCodeSource())
        .map(CodeSource::getLocation)
        .map(URL::toString)
        .orElseThrow(
            () ->
                new IOException(
                    "the class " + needed.getName() + " is in no file and in no nested jar"));
  }

  private Path file(String location, int number) throws IOException {
    if (location.startsWith("file:")) {
      return Path.of(URI.create(location));
    }
    if (copies == null) {
      copies = ScratchDirectory.create();
    }
    Path copy = copies.path().resolve(number + ".jar");
    try (InputStream jar = nestedJar(location).openStream()) {
      Files.copy(jar, copy);
    }
    return copy;
  }

  /** Returns the URL of the bytes of a nested jar, whose location is {@code jar:URL!/}. */
  private static URL nestedJar(String location) throws IOException {
    if (!location.startsWith("jar:") || !location.endsWith("!/")) {
      throw new IOException("the location " + location + " is neither a file nor a nested jar");
    }
    return new URL(location.substring("jar:".length(), location.length() - "!/".length()));
  }

  @Override
  public synchronized void close() {
    if (copies != null) {
      copies.close();
      copies = null;
    }
    classPath = null;
  }
}
