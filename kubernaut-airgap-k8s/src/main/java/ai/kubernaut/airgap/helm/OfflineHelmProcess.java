package ai.kubernaut.airgap.helm;

import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.io.ScratchDirectory;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.jni.HelmLib;
import com.marcnuri.helm.jni.NativeLibrary;
import com.sun.jna.Native;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs {@link OfflineHelm} in a process of its own, started with the first call and ended by {@link
 * #close()}. It has nothing of this process's environment but the language, the time zone and the
 * path of shared libraries, and its home and temporary directories are in a scratch directory. One
 * call runs at a time; an interrupt ends a call and the process with it. Thread-safe.
 */
final class OfflineHelmProcess implements AutoCloseable {
  private static final List<String> KEPT_VARIABLES =
      List.of(
          "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SystemRoot");

  private static final int SECONDS_TO_END = 5;

  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable Running running;
  private volatile boolean closed;

  /** One process, and how it is talked to. */
  private record Running(
      Process process, ScratchDirectory home, DataOutputStream to, DataInputStream from)
      implements AutoCloseable {

    Answer call(OfflineCommand command) throws IOException {
      command.write(to);
      int outcome = from.readUnsignedByte();
      return new Answer(outcome == OfflineHelm.SUCCESS, OfflineCommand.readText(from));
    }

    /** Ends the process in order, so that it removes its native library, or else by force. */
    @Override
    public void close() {
      boolean interrupted = false;
      try {
        to.close();
        if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (IOException alreadyGone) {
        process.destroyForcibly();
      } catch (InterruptedException e) {
        interrupted = true;
        process.destroyForcibly();
      }
      // By force it takes a moment as well, and the directory is not empty before.
      process.onExit().join();
      home.close();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    void kill() {
      process.destroyForcibly();
      close();
    }
  }

  private record Answer(boolean isSuccess, String text) {}

  /**
   * Calls Helm.
   *
   * @return what Helm prints
   * @throws IllegalStateException with what Helm prints when it fails, as helm-java does
   * @throws HelmException when the process cannot be started, ends, or the thread is interrupted
   */
  String call(OfflineCommand command) {
    Answer answer = exchange(command);
    if (!answer.isSuccess) {
      throw new IllegalStateException(answer.text);
    }
    return answer.text;
  }

  private Answer exchange(OfflineCommand command) {
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    try {
      Running process = running();
      FutureTask<Answer> task = new FutureTask<>(() -> process.call(command));
      Thread thread = new Thread(task, "kubernaut-airgap-helm");
      thread.setDaemon(true);
      thread.start();
      try {
        return task.get();
      } catch (InterruptedException e) {
        end(process);
        throw interrupted(e);
      } catch (ExecutionException e) {
        end(process);
        throw new HelmException(
            closed
                ? "the Helm client was closed during the call"
                : "the Helm process ended in the middle of a call; is there enough memory?",
            "",
            e.getCause());
      }
    } finally {
      lock.unlock();
    }
  }

  private static CancelledException interrupted(InterruptedException cause) {
    return CancelledException.interrupted(
        "interrupted while Helm was rendering; nothing was changed", cause);
  }

  private void end(Running process) {
    running = null;
    process.kill();
  }

  private Running running() {
    if (closed) {
      throw new HelmException("the Helm client is closed", "", null);
    }
    Running started = running;
    if (started == null) {
      started = start();
      running = started;
    }
    return started;
  }

  private static Running start() {
    try {
      ScratchDirectory home = ScratchDirectory.create();
      try {
        Process process = builder(home.path()).start();
        return new Running(
            process,
            home,
            new DataOutputStream(new BufferedOutputStream(process.getOutputStream())),
            new DataInputStream(new BufferedInputStream(process.getInputStream())));
      } catch (IOException | RuntimeException e) {
        home.close();
        throw e;
      }
    } catch (IOException e) {
      throw new HelmException(
          "the process for Helm cannot be started: "
              + e.getMessage()
              + "; it needs bin/java in "
              + System.getProperty("java.home")
              + " and a temporary directory",
          "",
          e);
    }
  }

  private static ProcessBuilder builder(Path home) throws IOException {
    Path temporary = Files.createDirectory(home.resolve("tmp"));
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-Duser.home=" + home,
            "-Djava.io.tmpdir=" + temporary,
            "-Dfile.encoding=" + Charset.defaultCharset(),
            "-cp",
            classPath(),
            OfflineHelm.class.getName());
    Map<String, String> environment = builder.environment();
    environment.keySet().retainAll(KEPT_VARIABLES);
    environment.put("HOME", home.toString());
    environment.put("TMPDIR", temporary.toString());
    environment.put(OfflineHelm.KUBECONFIG, home.resolve("kubeconfig").toString());
    return builder.directory(home.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD);
  }

  /** Where the few classes come from that the process needs. */
  private static String classPath() throws IOException {
    NativeLibrary library =
        Objects.requireNonNull(
            NativeLibrary.serviceProviderLibrary(OfflineHelmProcess.class.getClassLoader()));
    Set<String> places = new LinkedHashSet<>();
    List<Class<?>> needed =
        new ArrayList<>(List.of(OfflineHelm.class, Helm.class, HelmLib.class, Native.class));
    needed.add(library.getClass());
    for (Class<?> one : needed) {
      places.add(place(one));
    }
    return String.join(File.pathSeparator, places);
  }

  private static String place(Class<?> one) throws IOException {
    CodeSource source = one.getProtectionDomain().getCodeSource();
    try {
      URI location = source == null ? URI.create("jrt:/") : source.getLocation().toURI();
      if (location.getScheme().equals("file")) {
        return Path.of(location).toString();
      }
      throw new IOException(
          "the class "
              + one.getName()
              + " is not in a file of its own but in "
              + location
              + "; unpack the application so that its libraries are files");
    } catch (URISyntaxException e) {
      throw new IOException("the place of the class " + one.getName() + " is not a URL", e);
    }
  }

  /** Ends the process. A call that is running fails. Calling it again does nothing. */
  @Override
  public void close() {
    closed = true;
    boolean interrupted = false;
    boolean locked = lock.tryLock();
    while (!locked) {
      Running busy = running;
      if (busy != null) {
        busy.process.destroyForcibly();
      }
      try {
        // A call that has only begun to start its process is met the next time.
        locked = lock.tryLock(100, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    try {
      Running process = running;
      running = null;
      if (process != null) {
        process.close();
      }
    } finally {
      lock.unlock();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
