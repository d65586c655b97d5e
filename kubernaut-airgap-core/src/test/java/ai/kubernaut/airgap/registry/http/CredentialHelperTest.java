package ai.kubernaut.airgap.registry.http;

import static ai.kubernaut.airgap.registry.http.ScriptedServer.body;
import static ai.kubernaut.airgap.registry.http.ScriptedServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.mirror.MirrorEngine;
import ai.kubernaut.airgap.mirror.MirrorOptions;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Credential helpers are programs of others: they may hang, and leave something behind. */
@Timeout(60)
final class CredentialHelperTest {
  private static final Duration SHORT = Duration.ofMillis(500);
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final Repository APP = Repository.parse("harbor.corp/app");

  /**
   * Writes its process id and that of a child, and then hangs with the child. Renames each file
   * when it is complete: the helper may be ended at any moment.
   */
  private static final String HANGS =
      """
      echo x >> runs
      sleep 600 &
      echo $! > child.part && mv child.part child
      echo $$ > helper.part && mv helper.part helper
      wait
      """;

  @TempDir Path directory;

  @AfterEach
  void nothingIsLeft() throws IOException, InterruptedException {
    for (String name : List.of("helper", "child")) {
      if (Files.exists(directory.resolve(name))) {
        Optional<ProcessHandle> left = handle(name);
        long end = System.nanoTime() + 10_000_000_000L;
        while (left.isPresent() && left.get().isAlive()) {
          assertThat(System.nanoTime() - end).as(name + " is still running").isNegative();
          Thread.sleep(5);
        }
      }
    }
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().startsWith("airgap-credential-helper"));
  }

  private Optional<ProcessHandle> handle(String name) throws IOException {
    return ProcessHandle.of(Long.parseLong(Files.readString(directory.resolve(name)).trim()));
  }

  private DockerConfig config(String script) throws IOException {
    Path bin = Files.createDirectories(directory.resolve("bin"));
    Path helper =
        Files.writeString(
            bin.resolve("docker-credential-probe"),
            "#!/bin/sh\ncd '" + directory + "' || exit 1\n" + script);
    Files.setPosixFilePermissions(helper, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path file = Files.writeString(directory.resolve("config.json"), "{\"credsStore\":\"probe\"}");
    return DockerConfig.file(file, Map.of("PATH", "/nonexistent:" + bin)::get);
  }

  private void awaitHelper() throws InterruptedException {
    while (!Files.exists(directory.resolve("helper"))) {
      Thread.sleep(5);
    }
  }

  @Test
  void aHelperAnswers() throws IOException {
    DockerConfig config =
        config("read -r server\nprintf '{\"Username\":\"bob\",\"Secret\":\"for %s\"}' $server\n");

    assertThat(config.credentialsFor(APP)).hasValue(Credentials.of("bob", "for harbor.corp"));
  }

  @Test
  void aHelperThatReadsNothingAnswersToo() throws IOException {
    DockerConfig config = config("printf '{\"Username\":\"bob\",\"Secret\":\"pw\"}'\n");

    assertThat(config.credentialsFor(APP)).hasValue(Credentials.of("bob", "pw"));
  }

  @Test
  void aHelperThatKnowsNothingIsNotBroken() throws IOException {
    for (String script :
        List.of(
            "echo 'credentials not found in native keychain'\nexit 1\n",
            "exit 1\n",
            "printf '{\"Username\":\"\",\"Secret\":\"\"}'\n")) {
      DockerConfig config = config(script);

      assertThat(config.credentialsFor(APP)).isEmpty();
      assertThat(config.advice(APP)).doesNotContain("docker-credential-probe");
    }
  }

  @Test
  void aHelperThatHangsIsEndedWithItsChildren() throws IOException {
    DockerConfig config = config(HANGS).withHelperTimeout(SHORT);

    assertThat(config.credentialsFor(APP)).isEmpty();

    assertThat(config.advice(APP)).contains("docker-credential-probe did not answer within 0.5 s");
    assertThat(config.credentialsFor(Repository.parse("harbor.corp/other"))).isEmpty();
    assertThat(Files.readAllLines(directory.resolve("runs"))).hasSize(1);
  }

  @Test
  void aChildThatKeepsTheOutputOpenIsNotWaitedFor() throws IOException {
    DockerConfig config =
        config(
                """
                sleep 600 &
                echo $! > child.part && mv child.part child
                printf '{"Username":"bob","Secret":"pw"}'
                sleep 0.3
                """)
            .withHelperTimeout(LONG);

    assertThat(config.credentialsFor(APP)).hasValue(Credentials.of("bob", "pw"));
  }

  @Test
  void endlessOutputIsNotRead() throws IOException {
    DockerConfig config = config("exec cat /dev/zero\n").withHelperTimeout(LONG);

    assertThat(config.credentialsFor(APP)).isEmpty();
    assertThat(config.advice(APP)).contains("docker-credential-probe");
  }

  @Test
  void aNameThatIsAPathIsNotRun() throws IOException {
    config("printf '{\"Username\":\"bob\",\"Secret\":\"pw\"}'\n");
    Path bin = directory.resolve("bin");
    Files.createDirectories(bin.resolve("docker-credential-x"));
    Path file =
        Files.writeString(
            directory.resolve("config.json"), "{\"credsStore\":\"x/../docker-credential-probe\"}");

    DockerConfig config = DockerConfig.file(file, Map.of("PATH", bin.toString())::get);

    assertThat(config.credentialsFor(APP)).isEmpty();
  }

  @Test
  void anInterruptEndsTheHelper() throws Exception {
    DockerConfig config = config(HANGS).withHelperTimeout(LONG);
    try (ScriptedServer server = ScriptedServer.start();
        HttpRegistryClient client =
            HttpRegistryClient.builder().plainHttp(server.host()).credentials(config).build()) {
      server.on("GET /v2/", status(401, "WWW-Authenticate", "Basic realm=x"));
      AtomicReference<Throwable> failure = new AtomicReference<>();
      AtomicReference<Boolean> interrupted = new AtomicReference<>();
      Thread thread =
          new Thread(
              () -> {
                failure.set(catchThrowable(() -> client.ping(server.host())));
                interrupted.set(Thread.currentThread().isInterrupted());
              });
      thread.start();
      awaitHelper();

      thread.interrupt();

      thread.join(5000);
      assertThat(thread.isAlive()).isFalse();
      assertThat(interrupted).hasValue(true);
      assertThat(failure.get())
          .isInstanceOfSatisfying(
              RegistryException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE))
          .hasMessageContaining("interrupted");
    }
  }

  @Test
  void aCancelledRunDoesNotWaitForTheHelper() throws Exception {
    DockerConfig config = config(HANGS).withHelperTimeout(LONG);
    try (ScriptedServer server = ScriptedServer.start();
        HttpRegistryClient client =
            HttpRegistryClient.builder().plainHttp(server.host()).credentials(config).build()) {
      server
          .on("GET /v2/", body(200, "{}"))
          .on("HEAD /v2/app/manifests/v1", status(401, "WWW-Authenticate", "Basic realm=x"));
      CompletableFuture<Void> cancel = new CompletableFuture<>();
      MirrorEngine engine =
          new MirrorEngine(
              client, MirrorOptions.builder().cancelledBy(cancel).build(), event -> {});
      MirrorPlan plan =
          MirrorPlan.builder(Target.registry(server.host() + "/mirror"))
              .image(ImageRef.parse(server.host() + "/app:v1"))
              .build();
      CompletableFuture<Throwable> run =
          CompletableFuture.supplyAsync(() -> catchThrowable(() -> engine.mirror(plan)));
      awaitHelper();

      cancel.complete(null);

      assertThat(run.get(5, TimeUnit.SECONDS))
          .isInstanceOf(AirgapException.class)
          .hasMessageContaining("cancelled");
    }
  }

  @Test
  void wrongOptionsAreRefused() throws IOException {
    DockerConfig config = config("exit 1\n");

    assertThatThrownBy(() -> config.withHelperTimeout(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
