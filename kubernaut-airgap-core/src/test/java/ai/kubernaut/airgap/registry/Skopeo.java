package ai.kubernaut.airgap.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The program {@code skopeo}, an independent opinion on what a registry holds. TLS is not verified.
 * Tests skip where the program is missing, and fail when the environment has {@code
 * AIRGAP_IT_REQUIRED=true}.
 */
public final class Skopeo {
  private static final long LIMIT_SECONDS = 120;

  private Skopeo() {}

  /**
   * Copies an image, all its platforms when it is an index, between references such as {@code
   * docker://…}.
   */
  public static void copy(String from, String to) {
    run(
        "copy",
        "--all",
        "--preserve-digests",
        "--insecure-policy",
        "--src-tls-verify=false",
        "--dest-tls-verify=false",
        from,
        to);
  }

  /** The bytes of a manifest. */
  public static byte[] manifest(String reference) {
    return run("inspect", "--raw", "--tls-verify=false", reference);
  }

  /** Runs any command and gives back what it printed. */
  public static byte[] run(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Programs.require("skopeo").toString());
    command.addAll(List.of(arguments));
    Path directory = null;
    try {
      directory = Files.createTempDirectory("skopeo-");
      Path out = directory.resolve("out");
      Path log = directory.resolve("log");
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(out.toFile())
              .redirectError(log.toFile())
              .start();
      boolean ended = false;
      try {
        ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
      } finally {
        if (!ended) {
          process.destroyForcibly();
        }
      }
      if (!ended || process.exitValue() != 0) {
        throw new IllegalStateException(
            String.join(" ", command) + " failed: " + Files.readString(log));
      }
      return Files.readAllBytes(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      clean(directory);
    }
  }

  private static void clean(Path directory) {
    if (directory != null) {
      try {
        Files.deleteIfExists(directory.resolve("out"));
        Files.deleteIfExists(directory.resolve("log"));
        Files.deleteIfExists(directory);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
