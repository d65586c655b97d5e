package ai.kubernaut.airgap.examples.consumer;

import java.io.File;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * A host that loads the program and the library with a class loader of their own, as application
 * servers do, and redeploys them: it requires that the class loader is collected after the program
 * has ended. The first argument is the class path; the others are those of the program.
 */
final class ClassLoaderHost {
  private static final long WAIT = TimeUnit.SECONDS.toNanos(30);

  private ClassLoaderHost() {}

  public static void main(String[] arguments) throws Exception {
    WeakReference<ClassLoader> loader =
        runAndUnload(arguments[0], Arrays.copyOfRange(arguments, 1, arguments.length));
    displaceCachedMethodTypes();
    long end = System.nanoTime() + WAIT;
    while (!loader.refersTo(null) && System.nanoTime() < end) {
      System.gc();
    }
    System.out.println("class loader collected: " + loader.refersTo(null));
    Thread.getAllStackTraces()
        .keySet()
        .forEach(thread -> System.out.println(thread + " " + thread.getContextClassLoader()));
  }

  /** A record of the host. */
  private record Entry(String text) {}

  /**
   * Uses a record of the host, as hosts do. The methods of the JDK that records use cache the type
   * of the component that was linked last (JDK-8078641). JDK 17 does so in a strong reference,
   * which this replaces; later ones refer to classes of other class loaders softly.
   */
  private static void displaceCachedMethodTypes() {
    Entry entry = new Entry("a");
    System.out.println(entry + " " + entry.hashCode() + " " + entry.equals(new Entry("b")));
  }

  private static WeakReference<ClassLoader> runAndUnload(String classPath, String[] arguments)
      throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    try (URLClassLoader loader =
        new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      Method main =
          loader.loadClass(Consumer.class.getName()).getDeclaredMethod("main", String[].class);
      main.setAccessible(true);
      FutureTask<Object> program = new FutureTask<>(() -> main.invoke(null, (Object) arguments));
      Thread thread = new Thread(program, "program");
      thread.setContextClassLoader(loader);
      thread.start();
      program.get();
      thread.join();
      return new WeakReference<>(loader);
    }
  }
}
