package ai.kubernaut.airgap.helm;

import ai.kubernaut.airgap.ChildJvm;
import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.chart.Release;
import ai.kubernaut.airgap.chart.ReleaseName;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A program with the command line and the output of a {@code helm} binary, as far as {@link
 * HelmCli} uses them, around the Helm of helm-java. {@link HelmOutputTest} compares it with what
 * Helm 3.10.1 prints.
 */
public final class HelmStandIn {
  private static final ObjectMapper JSON = new ObjectMapper();

  private HelmStandIn() {}

  /**
   * Returns the binary of {@code -Dairgap.it.helm=FILE}, or else one that runs this class.
   *
   * @param directory where the file and its temporary files are written
   */
  public static Path binary(Path directory) throws IOException {
    String real = System.getProperty("airgap.it.helm", "");
    if (!real.isEmpty()) {
      return Path.of(real);
    }
    List<String> options = new ArrayList<>(List.of("-Djava.io.tmpdir=" + directory));
    options.addAll(HelmWorkerProcess.nativeAccess());
    String java =
        ChildJvm.command(options, HelmStandIn.class).stream()
            .map(part -> "'" + part + "'")
            .collect(Collectors.joining(" "));
    Path script = directory.resolve("helm");
    if (!Files.exists(script)) {
      Files.writeString(script, "#!/bin/sh\nexec " + java + " \"$@\"\n");
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    }
    return script;
  }

  public static void main(String[] arguments) throws Exception {
    try {
      System.out.print(run(List.of(arguments)));
    } catch (HelmException | IllegalStateException e) {
      System.err.println(
          "Error: " + (e instanceof HelmException helm ? helm.helmMessage() : e.getMessage()));
      // A binary ends with this status, and the threads of Helm do not end by themselves.
      System.exit(1);
    }
  }

  private static String run(List<String> arguments) {
    String first = arguments.get(0);
    return switch (first) {
      case "version" -> "v3.21.0";
      case "template" ->
          options(HelmCommand.template(chart(arguments)), arguments.get(1), arguments).call();
      // The binary adds line breaks.
      case "show" -> HelmCommand.showChart(chart(arguments)).call().strip() + "\n\n";
      case "install" ->
          json(options(HelmCommand.install(chart(arguments)), arguments.get(1), arguments), first);
      case "upgrade" ->
          json(options(HelmCommand.upgrade(chart(arguments)), arguments.get(1), arguments), first);
      case "history" ->
          revisions(options(HelmCommand.history(), arguments.get(1), arguments).call());
      case "rollback" -> rollback(arguments);
      case "uninstall" -> {
        String unused = options(HelmCommand.uninstall(), arguments.get(1), arguments).call();
        yield "release \"" + arguments.get(1) + "\" uninstalled\n";
      }
      default -> throw new IllegalStateException("unknown command \"" + first + "\" for \"helm\"");
    };
  }

  private static Path chart(List<String> arguments) {
    Path chart = Path.of(arguments.get(2));
    if (!Files.exists(chart)) {
      throw new IllegalStateException(
          "non-absolute URLs should be in form of repo_name/path_to_chart, got: " + chart);
    }
    return chart;
  }

  private static HelmCommand options(HelmCommand command, String name, List<String> arguments) {
    command.withRelease(name, option(arguments, "--namespace"));
    for (int i = 2; i + 1 < arguments.size(); i++) {
      String value = arguments.get(i + 1);
      switch (arguments.get(i)) {
        case "--kube-version" -> command.withKubeVersion(value);
        case "--kubeconfig" -> command.withKubeconfig(Path.of(value));
        case "--timeout" ->
            command.withTimeout(Integer.parseInt(value.substring(0, value.length() - 1)));
        case "--values" -> command.withValuesFile(Path.of(value));
        case "--set" -> command.set(key(value), value.substring(value.indexOf('=') + 1));
        case "--set-file" ->
            command.setFile(key(value), Path.of(value.substring(value.indexOf('=') + 1)));
        default -> {}
      }
    }
    return command;
  }

  private static String key(String setting) {
    return setting.substring(0, setting.indexOf('='));
  }

  private static String option(List<String> arguments, String name) {
    int at = arguments.indexOf(name);
    return at < 0 ? "" : arguments.get(at + 1);
  }

  private static String json(HelmCommand command, String what) {
    Release release;
    try {
      release = HelmCommand.releases(command.call()).get(0);
    } catch (IllegalStateException e) {
      String prefix = what.equals("install") ? "INSTALLATION FAILED: " : "UPGRADE FAILED: ";
      throw new IllegalStateException(prefix + e.getMessage());
    }
    ObjectNode json = JSON.createObjectNode().put("name", release.name().name());
    json.putObject("info").put("status", release.status());
    int version = release.chart().lastIndexOf('-');
    json.putObject("chart")
        .putObject("metadata")
        .put("name", release.chart().substring(0, version))
        .put("version", release.chart().substring(version + 1));
    return json.put("version", release.revision())
            .put("namespace", release.name().namespace())
            .toString()
        + "\n";
  }

  private static String revisions(String lines) {
    ArrayNode revisions = JSON.createArrayNode();
    for (Release revision : HelmCommand.releases(lines)) {
      revisions
          .addObject()
          .put("revision", revision.revision())
          .put("status", revision.status())
          .put("chart", revision.chart());
    }
    return revisions + "\n";
  }

  private static String rollback(List<String> arguments) {
    HelmJavaClient.Builder builder = HelmJavaClient.builder().inProcess();
    try (HelmJavaClient helm =
        builder.kubeconfig(Path.of(option(arguments, "--kubeconfig"))).build()) {
      ReleaseName name = ReleaseName.of(arguments.get(1), option(arguments, "--namespace"));
      if (helm.history(name).isEmpty()) {
        throw new IllegalStateException("release: not found");
      }
      Release unused =
          helm.rollback(name, Integer.parseInt(arguments.get(2)), Duration.ofMinutes(1));
      return "Rollback was a success! Happy Helming!\n";
    }
  }
}
