package ai.kubernaut.airgap.examples.lab;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.ChildJvm;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.examples.cli.CommandLineRun;
import ai.kubernaut.airgap.examples.cli.KeyPairFiles;
import ai.kubernaut.airgap.examples.cli.Main;
import ai.kubernaut.airgap.examples.lab.cluster.Flavour;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.TestCertificates;
import ai.kubernaut.airgap.yaml.Yaml;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * All commands run, with every log switched on, and with secrets that can be recognized. The
 * secrets are then in the Secrets of the cluster and in the files that they come from, and nowhere
 * else.
 */
@Timeout(900)
final class SecretsNowhereTest {
  /** The Secrets that exist to hold a secret. */
  private static final Set<String> SECRETS =
      Set.of(
          "kubernaut-system/postgresql-secret",
          "kubernaut-system/valkey-secret",
          "kubernaut-system/llm-credentials",
          "openshift-config/pull-secret");

  /**
   * Commands that are not run: one never ends by itself, and jib, which makes the images of the
   * lab, logs the passwords that the lab has for the time of a run.
   */
  private static final Set<String> NOT_RUN = Set.of("bundle serve", "lab", "generate-completion");

  private static final String BACKUP = "airgap.kubernaut.ai/backup";
  private static final Pattern GENERATED = Pattern.compile("k[A-Za-z0-9_-]{32}");

  @TempDir Path secretFiles;
  @TempDir Path work;
  @TempDir Path inputs;

  private final SecretNeedles needles = new SecretNeedles();
  private final List<String> commands = new ArrayList<>();
  private final Set<String> run = new TreeSet<>();
  private LabRegistry source;
  private LabRegistry mirror;
  private Object[] registryArguments = {};

  @Test
  void secretsAreWhereTheyBelongAndNowhereElse() throws Exception {
    Credentials reader = Credentials.of("reader", "Source/pass+word&0001=%");
    Credentials robot = Credentials.of("robot", "Mirror/pass+word&0002=%");
    String llmKey = "sk-llm/key+from&file0003=%";
    String llmOfEnvironment = "sk-llm/key+from&environment0004=%";
    needles.add("the password of the source", reader.password().reveal());
    needles.add("the password of the mirror", robot.password().reveal());
    needles.add("a wrong password", "Wrong/pass+word&0005=%");
    needles.add("the LLM key of a file", llmKey);
    needles.add("the LLM key of the environment", llmOfEnvironment);
    needles.add("the foreign entry of the pull secret", "telemetry:not-a-real-password");
    try (LabRegistry from = LabRegistry.start(reader);
        LabRegistry to = LabRegistry.start(robot)) {
      source = from;
      mirror = to;
      LabImages.push(source.host(), reader, LabVersion.V1_1, inputs.resolve("images"));
      try (Lab lab =
          Lab.builder()
              .flavour(Flavour.OPENSHIFT)
              .withoutSource()
              .externalMirror(mirror.host(), client -> client.plainHttp(mirror.host()))
              .start()) {
        needles.add("the token of the cluster", token(lab.kubeconfig()));
        List<Path> keys = KeyPairFiles.write("Ed25519", secretFiles, "signing");
        needles.add("the signing key", Files.readAllLines(keys.get(0)).get(1));
        describeCommands(lab, reader, robot, llmKey, keys);
        String output = runAll(llmOfEnvironment);
        try (ClusterClient cluster = Fabric8ClusterClient.fromKubeconfig(lab.kubeconfig())) {
          addGeneratedPasswords(cluster);
          assertThat(needles.size()).isGreaterThanOrEqualTo(10);
          searchCluster(cluster);
        }
        assertThat(needles.in(output)).as("output and logs").isEmpty();
        searchFiles();
        String end = endRelease(lab, llmOfEnvironment);
        assertThat(needles.in(end)).as("output and logs of the end").isEmpty();
        searchFiles();
      }
    }
    Set<String> all = new TreeSet<>(CommandLineRun.allCommands());
    all.removeAll(NOT_RUN);
    assertThat(run).containsAll(all);
  }

  private static String token(Path kubeconfig) throws IOException {
    return Files.readAllLines(kubeconfig).stream()
        .map(String::strip)
        .filter(line -> line.startsWith("token: "))
        .map(line -> line.substring("token: ".length()))
        .findFirst()
        .orElseThrow();
  }

  private void describeCommands(
      Lab lab, Credentials reader, Credentials robot, String llmKey, List<Path> keys)
      throws IOException {
    Path authFile = authFile("auth.json", reader, robot);
    Path wrong = authFile("wrong.json", reader, Credentials.of("robot", "Wrong/pass+word&0005=%"));
    Path llm = Files.writeString(secretFiles.resolve("llm-key"), llmKey + "\n");
    Path authority = TestCertificates.create(inputs.resolve("ca")).authority();
    Path chart = LabChart.unpack(Files.createDirectory(inputs.resolve("chart")));
    Path sdkConfig =
        Files.writeString(
            inputs.resolve("sdk.yaml"),
            "llm:\n  provider: litellm\n  endpoint: http://litellm.internal.svc:4000\n");
    registryArguments = registries(authFile);
    Object plan = work.resolve("plan.yaml");
    Object[] cluster = {"--plan", plan, "--kubeconfig", lab.kubeconfig()};
    Object[] ofLlm = {"--llm-credentials", "OPENAI_API_KEY=" + llm};
    Object[] chartArguments = {
      "--chart",
      chart,
      "--values",
      chart.resolve("values-ocp.yaml"),
      "--set",
      "global.image.tag=v1.1.0",
      "--sdk-config",
      sdkConfig
    };
    Object sign = keys.get(0);
    Object check = keys.get(1);

    add(0, "plan", chartArguments, "--target", mirror.host(), "--out", plan, "--forecast");
    add(0, "preflight", "--plan", plan);
    addWithout(1, "mirror", registries(wrong), "--plan", plan);
    add(0, "mirror", "--plan", plan, "--journal", work.resolve("journal"));
    Object partition = work.resolve("partition.yaml");
    Object[] job = {"--job", work.resolve("job.yaml"), "--job-image", "q.io/cli:1"};
    add(0, "mirror partition", job, "--plan", plan, "--shards", 1, "--out", partition);
    Object shard = work.resolve("shard.json");
    add(0, "mirror", "--partition", partition, "--shard", 0, "--report", shard);
    add(0, "mirror merge", "--plan", plan, "--partition", partition, shard);
    add(0, "mirror ls", "--plan", plan);
    add(0, "mirror inspect", "gateway", "--plan", plan);
    add(0, "inventory", "--plan", plan, "--out", work.resolve("inventory"));
    Object bundle = work.resolve("bundle");
    add(0, "bundle create", "--plan", plan, "--out", bundle, "--sign-key", sign);
    addWithout(0, "bundle inspect", new Object[0], bundle);
    addWithout(0, "bundle check", new Object[0], bundle, "--verify-key", check);
    Object statement = work.resolve("statement");
    add(0, "mirror", "--from-bundle", bundle, "--statement", statement, "--sign-key", sign);
    add(0, "cluster-facts", "--kubeconfig", lab.kubeconfig(), "--out", work.resolve("facts"));
    for (String step : List.of("pull-secret", "install", "repair")) {
      add(0, "permissions", cluster, "--step", step);
    }
    for (String step : List.of("pull-secret", "mirror-rules", "seal")) {
      add(0, step, cluster, "--dry-run");
      add(0, step, cluster);
    }
    add(0, "mirror-rules", cluster, "--output", work.resolve("gitops"), "--node-files");
    add(0, "trust", cluster, "--registry-ca", authority, "--dry-run");
    add(0, "trust", cluster, "--registry-ca", authority);
    add(0, "secrets", cluster, ofLlm, "--dry-run");
    add(0, "secrets", cluster, "--llm-credentials-env", "OPENAI_API_KEY=LLM_KEY", "--dry-run");
    add(0, "secrets", cluster, ofLlm);
    add(0, "install", cluster, ofLlm, "--dry-run");
    add(0, "install", cluster, ofLlm);
    add(0, "upgrade", cluster, ofLlm, "--pin-digests", "--dry-run");
    add(0, "upgrade", cluster, ofLlm, "--pin-digests");
    Object attestation = work.resolve("attestation");
    add(0, "verify", cluster, "--attestation", attestation, "--sign-key", sign);
    addWithout(0, "verify attestation", new Object[0], attestation, "--verify-key", check);
    Object[] rotated = {
      "--rotate", "llm-credentials", "--llm-credentials-env", "OPENAI_API_KEY=LLM_KEY"
    };
    add(0, "secrets", cluster, rotated, "--dry-run");
    add(0, "secrets", cluster, rotated);
    Object supportBundle = work.resolve("support.tar.gz");
    add(0, "diagnose", cluster, "--support-bundle", supportBundle);
    addWithout(0, "diagnose", new Object[0], "--from-bundle", supportBundle);
    add(0, "repair", cluster, "--dry-run");
    addWithout(1, "diagnose", registries(wrong), cluster);
    add(0, "history", "--kubeconfig", lab.kubeconfig());
    add(0, "prune", cluster);
  }

  private Path authFile(String name, Credentials reader, Credentials robot) throws IOException {
    return Files.writeString(
        secretFiles.resolve(name),
        "{\"auths\":{\"%s\":{\"auth\":\"%s\"},\"%s\":{\"auth\":\"%s\"}}}"
            .formatted(source.host(), pair(reader), mirror.host(), pair(robot)));
  }

  private static String pair(Credentials user) {
    return Base64.getEncoder()
        .encodeToString((user.username() + ":" + user.password().reveal()).getBytes(UTF_8));
  }

  private Object[] registries(Path authFile) {
    return new Object[] {
      "--source",
      "quay.io=" + source.host(),
      "--source",
      "registry.redhat.io=" + source.host(),
      "--plain-http",
      source.host(),
      "--plain-http",
      mirror.host(),
      "--authfile",
      authFile
    };
  }

  private void add(int status, String command, Object... arguments) {
    boolean registries = !command.equals("cluster-facts");
    addWithout(status, command, registries ? registryArguments : new Object[0], arguments);
  }

  /** Each argument may be an array of arguments. */
  private void addWithout(int status, String command, Object[] more, Object... arguments) {
    run.add(command);
    List<String> all = new ArrayList<>(List.of(Integer.toString(status)));
    all.addAll(List.of(command.split(" ")));
    Stream.concat(Stream.of(arguments), Stream.of((Object) more))
        .flatMap(each -> each instanceof Object[] many ? Arrays.stream(many) : Stream.of(each))
        .forEach(each -> all.add(each.toString()));
    for (String form : List.of("json", "xml", "md", "html")) {
      all.add("--report");
      all.add(work.resolve("report-" + commands.size() + "-" + run.size() + "." + form).toString());
    }
    commands.add(String.join("\t", all));
  }

  /** Runs the commands in another JVM; returns all that it has printed and logged. */
  private String runAll(String llmKey) throws IOException, InterruptedException {
    Path list = Files.write(inputs.resolve("commands"), commands);
    Path output = inputs.resolve("output-" + commands.size());
    ProcessBuilder child =
        new ProcessBuilder(
                ChildJvm.command(
                    List.of("-Xmx512m", "-Dslf4j.provider=" + TraceLogs.class.getName()),
                    Child.class,
                    list.toString()))
            .directory(inputs.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    child.environment().put("LLM_KEY", llmKey);
    Process process = child.start();
    try {
      assertThat(process.waitFor(10, TimeUnit.MINUTES)).as("the commands end").isTrue();
    } finally {
      process.destroyForcibly();
    }
    String text = Files.readString(output, ISO_8859_1);
    String unexpected =
        text.lines()
            .filter(line -> line.startsWith("== UNEXPECTED ") || line.startsWith("error: "))
            .collect(Collectors.joining("\n"));
    assertThat(process.exitValue()).as(unexpected).isZero();
    assertThat(text).contains("DEBUG org.apache.hc.client5.http", " io.fabric8.", "FINE");
    commands.clear();
    return text;
  }

  private String endRelease(Lab lab, String llmKey) throws IOException, InterruptedException {
    Object[] cluster = {"--kubeconfig", lab.kubeconfig()};
    add(0, "rollback", "1", cluster, "--dry-run");
    add(0, "rollback", "1", cluster);
    add(0, "uninstall", cluster, "--dry-run");
    add(0, "uninstall", cluster);
    return runAll(llmKey);
  }

  private void addGeneratedPasswords(ClusterClient cluster) {
    for (String name : List.of("postgresql-secret", "valkey-secret")) {
      KubernetesObject secret =
          cluster.get(ResourceType.SECRET, "kubernaut-system", name).orElseThrow();
      Set<String> passwords = new HashSet<>();
      secret
          .fields()
          .strings("data")
          .values()
          .forEach(
              value ->
                  GENERATED
                      .matcher(new String(Base64.getDecoder().decode(value), UTF_8))
                      .results()
                      .forEach(match -> passwords.add(match.group())));
      assertThat(passwords).as(name).isNotEmpty();
      passwords.forEach(password -> needles.add("a password of " + name, password));
    }
  }

  private void searchCluster(ClusterClient cluster) {
    int releases = 0;
    for (ResourceType type : types()) {
      if (!cluster.serves(type)) {
        continue;
      }
      for (KubernetesObject object : cluster.list(type, null, Map.of())) {
        if (mayHaveSecrets(object)) {
          continue;
        }
        assertThat(needles.in(Yaml.write(object.fields().content()))).as("%s", object).isEmpty();
        String release = object.fields().text("data", "release").orElse("");
        if (!release.isEmpty()) {
          releases++;
          assertThat(needles.in(decoded(release))).as("%s", object).isEmpty();
        }
      }
    }
    assertThat(releases).as("stored revisions of the release").isEqualTo(2);
  }

  /** Secrets that hold a secret, their backups, and what OpenShift makes of the pull secret. */
  private static boolean mayHaveSecrets(KubernetesObject object) {
    return (object.kind().equals("Secret")
            && (SECRETS.contains(object.namespace().orElse("") + "/" + object.name())
                || object.labels().containsKey(BACKUP)))
        || object.kind().equals("MachineConfig");
  }

  private static List<ResourceType> types() {
    return Stream.of(ResourceType.class.getFields())
        .filter(field -> Modifier.isStatic(field.getModifiers()))
        .filter(field -> field.getType().equals(ResourceType.class))
        .map(
            field -> {
              try {
                return (ResourceType) field.get(null);
              } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
              }
            })
        .toList();
  }

  /** Helm encodes a release as Base64, and the Secret once more. */
  private static String decoded(String data) {
    byte[] compressed =
        Base64.getDecoder().decode(new String(Base64.getDecoder().decode(data), UTF_8));
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Plans, journals, bundles, statements, reports, manifests: whatever the commands have written.
   */
  private void searchFiles() throws IOException {
    try (Stream<Path> files = Files.walk(work)) {
      List<Path> all = files.filter(Files::isRegularFile).toList();
      assertThat(all).hasSizeGreaterThan(20);
      for (Path file : all) {
        assertThat(needles.in(text(file))).as("%s", file).isEmpty();
      }
    }
  }

  private static String text(Path file) throws IOException {
    if (!file.toString().endsWith(".tar.gz")) {
      return Files.readString(file, ISO_8859_1);
    }
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      return new String(in.readAllBytes(), ISO_8859_1);
    }
  }

  /** Runs each line of a file as a command, with all loggers on. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws IOException {
      LogManager.getLogManager().reset();
      Logger root = Logger.getLogger("");
      Handler console = new ConsoleHandler();
      console.setLevel(Level.ALL);
      root.addHandler(console);
      root.setLevel(Level.ALL);
      PrintWriter out = new PrintWriter(new OutputStreamWriter(System.out, UTF_8), true);
      int failures = 0;
      for (String line : Files.readAllLines(Path.of(arguments[0]))) {
        List<String> words = List.of(line.split("\t"));
        String[] command = words.subList(1, words.size()).toArray(String[]::new);
        int status = Main.run(out, out, command);
        boolean expected = words.get(0).equals(Integer.toString(status));
        failures += expected ? 0 : 1;
        System.out.println(
            "\n== "
                + (expected ? "" : "UNEXPECTED ")
                + "exit "
                + status
                + " of "
                + String.join(" ", command));
      }
      System.exit(failures == 0 ? 0 : 1);
    }
  }
}
