package ai.kubernaut.airgap.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.Credentials;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DockerConfigTest {
  @TempDir Path directory;

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private Path write(String name, String content) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  private static Optional<Credentials> find(Path file, String repository) {
    return DockerConfig.file(file).credentialsFor(Repository.parse(repository));
  }

  @Test
  void theMostSpecificEntryWins() throws IOException {
    Path file =
        write(
            "auth.json",
            """
            {"auths": {
              "quay.io": {"auth": "%s"},
              "quay.io/myorg": {"auth": "%s"},
              "quay.io/myorg/app": {"auth": "%s"},
              "other.io/myorg": {"auth": "%s"},
              "empty.io": {}
            }}"""
                .formatted(base64("host:1"), base64("org:a:b"), base64("app:3"), base64("x:y")));

    assertThat(find(file, "quay.io/myorg/app")).hasValue(Credentials.of("app", "3"));
    assertThat(find(file, "quay.io/myorg/app/sub")).hasValue(Credentials.of("app", "3"));
    assertThat(find(file, "quay.io/myorg/application")).hasValue(Credentials.of("org", "a:b"));
    assertThat(find(file, "quay.io/myorganisation/app")).hasValue(Credentials.of("host", "1"));
    assertThat(find(file, "quay.io:443/myorg/app")).isEmpty();
    assertThat(find(file, "other.io/else")).isEmpty();
    assertThat(find(file, "empty.io/app")).isEmpty();
  }

  @Test
  void oldKeysOfDockerHubAndOthers() throws IOException {
    Path file =
        write(
            "config.json",
            """
            {"auths": {
              "https://index.docker.io/v1/": {"auth": "%s"},
              "https://harbor.corp:5000": {"username": "h", "password": "i"},
              "http://old.corp/v2/": {"auth": "%s"}
            }}"""
                .formatted(base64("hub:pw"), base64("o:p")));

    assertThat(find(file, "postgres")).hasValue(Credentials.of("hub", "pw"));
    assertThat(find(file, "docker.io/team/app")).hasValue(Credentials.of("hub", "pw"));
    assertThat(find(file, "harbor.corp:5000/a/b")).hasValue(Credentials.of("h", "i"));
    assertThat(find(file, "old.corp/a/b")).hasValue(Credentials.of("o", "p"));
  }

  @Test
  void identityTokens() throws IOException {
    Path file =
        write(
            "config.json",
            "{\"auths\":{\"acr.io\":{\"auth\":\"%s\",\"identitytoken\":\"refresh\"}}}"
                .formatted(base64("00000000-0000-0000-0000-000000000000:")));

    Credentials found = find(file, "acr.io/app").orElseThrow();
    assertThat(found.isIdentityToken()).isTrue();
    assertThat(found.password().reveal()).isEqualTo("refresh");
    assertThat(found.toString()).doesNotContain("refresh");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3cret",
        "{\"auths\": \"s3cret\"}",
        "[\"s3cret\"]",
        "{\"auths\":{\"quay.io\":{\"auth\":\"s3cret!\"}}}",
        "{\"auths\":{\"quay.io\":{\"auth\":\"czNjcmV0\"}}}"
      })
  void aMalformedFileIsNamedAndNotQuoted(String content) throws IOException {
    Path file = write("config.json", content);

    assertThatThrownBy(() -> find(file, "quay.io/app"))
        .isInstanceOfSatisfying(
            RegistryConfigException.class, e -> assertThat(e.file()).isEqualTo(file))
        .hasMessageContaining(file.toString())
        .hasNoCause()
        .message()
        .doesNotContain("s3cret")
        .doesNotContain("czNjcmV0");
  }

  @Test
  void anEmptyFileKnowsNothing() throws IOException {
    assertThat(find(write("a.json", ""), "quay.io/app")).isEmpty();
    assertThat(find(write("b.json", "{}"), "quay.io/app")).isEmpty();
  }

  @Test
  void aFileThatWasAskedForHasToBeThere() {
    Path missing = directory.resolve("missing.json");

    assertThatThrownBy(() -> DockerConfig.file(missing))
        .isInstanceOf(RegistryConfigException.class)
        .hasMessageContaining(missing.toString());
    assertThatThrownBy(() -> HttpRegistryClient.builder().authFile(missing).build())
        .isInstanceOf(RegistryConfigException.class);
  }

  @Test
  void anUnreadableFileIsNamed() throws IOException {
    Path file = Files.createDirectory(directory.resolve("config.json"));

    assertThatThrownBy(() -> DockerConfig.file(file))
        .isInstanceOf(RegistryConfigException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void theUsualPlaces() throws IOException {
    String entry = "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}";
    write("home/.docker/config.json", entry.formatted("a.io", base64("docker:1")));
    write("other/config.json", entry.formatted("a.io", base64("other:1")));
    write("run/containers/auth.json", entry.formatted("b.io", base64("run:1")));
    write("home/.config/containers/auth.json", entry.formatted("c.io", base64("home:1")));
    Path only = write("only.json", entry.formatted("a.io", base64("only:1")));

    assertThat(user(Map.of(), "a.io/x")).isEqualTo("docker");
    assertThat(user(Map.of(), "b.io/x")).isEqualTo("-");
    assertThat(user(Map.of(), "c.io/x")).isEqualTo("home");
    Map<String, String> set =
        Map.of(
            "DOCKER_CONFIG", directory.resolve("other").toString(),
            "XDG_RUNTIME_DIR", directory.resolve("run").toString());
    assertThat(user(set, "a.io/x")).isEqualTo("other");
    assertThat(user(set, "b.io/x")).isEqualTo("run");
    Map<String, String> one =
        Map.of(
            "REGISTRY_AUTH_FILE", only.toString(),
            "DOCKER_CONFIG", directory.resolve("other").toString());
    assertThat(user(one, "a.io/x")).isEqualTo("only");
    assertThat(user(one, "c.io/x")).isEqualTo("-");
  }

  private String user(Map<String, String> environment, String repository) {
    return DockerConfig.standard(environment::get, directory.resolve("home"))
        .credentialsFor(Repository.parse(repository))
        .map(Credentials::username)
        .orElse("-");
  }

  @Test
  void aHelperThatCannotBeRunIsLeftOutAndNamedInTheAdvice() throws IOException {
    Path file =
        write(
            "config.json",
            "{\"auths\":{\"quay.io\":{\"auth\":\"%s\"}},\"credsStore\":\"no-such-helper\"}"
                .formatted(base64("host:1")));
    DockerConfig config = DockerConfig.file(file);

    assertThat(config.credentialsFor(Repository.parse("quay.io/app")))
        .hasValue(Credentials.of("host", "1"));
    assertThat(config.credentialsFor(Repository.parse("ghcr.io/app"))).isEmpty();
    assertThat(config.advice(Repository.parse("ghcr.io/app")))
        .contains(file.toString(), "docker-credential-no-such-helper could not be run");
  }

  @Test
  void helpersAreAskedForTheirRegistries() throws Exception {
    Path bin = Files.createDirectory(directory.resolve("bin"));
    Path helper =
        Files.writeString(
            bin.resolve("docker-credential-probe"),
            "#!/bin/sh\nread -r server\nprintf '{\"Username\":\"helped\",\"Secret\":\"for %s\"}' \"$server\"\n");
    Files.setPosixFilePermissions(helper, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path file =
        write(
            "config.json",
            "{\"auths\":{\"a.io\":{}, \"a.io/org\":{\"auth\":\"%s\"}},\"credHelpers\":{\"a.io\":\"probe\",\"https://index.docker.io/v1/\":\"probe\"}}"
                .formatted(base64("path:1")));

    assertThat(probe(bin, file, "a.io/app", "a.io/org/app", "b.io/app", "postgres"))
        .isEqualTo(
            """
            helped for a.io
            path 1
            -
            helped for https://index.docker.io/v1/
            """);
  }

  /** Programs are found by the environment's PATH, which only another JVM can have. */
  private String probe(Path bin, Path file, String... repositories) throws Exception {
    Path out = directory.resolve("probe.out");
    ProcessBuilder command =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            CredentialProbe.class.getName(),
            file.toString());
    command.command().addAll(java.util.List.of(repositories));
    command.environment().put("PATH", bin + ":" + System.getenv("PATH"));
    Process process =
        command.redirectOutput(out.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(out);
  }

  /** Prints the credentials that a file has for repositories. */
  static final class CredentialProbe {
    private CredentialProbe() {}

    public static void main(String[] arguments) {
      DockerConfig config = DockerConfig.file(Path.of(arguments[0]));
      for (int i = 1; i < arguments.length; i++) {
        System.out.println(
            config
                .credentialsFor(Repository.parse(arguments[i]))
                .map(found -> found.username() + " " + found.password().reveal())
                .orElse("-"));
      }
    }
  }
}
