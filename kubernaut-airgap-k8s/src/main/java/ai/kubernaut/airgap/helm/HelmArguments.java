package ai.kubernaut.airgap.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The command line of a {@code helm} binary for a {@link HelmCommand}, and its output. */
final class HelmArguments {
  private static final JsonMapper JSON = new JsonMapper();

  private HelmArguments() {}

  /** Returns the arguments for a command. */
  static List<String> of(HelmCommand command) {
    String name = command.name();
    String chart = command.chart();
    List<String> arguments =
        new ArrayList<>(
            switch (command.kind()) {
              case TEMPLATE ->
                  List.of(
                      "template", name.isEmpty() ? "release-name" : name, chart, "--debug=false");
              case SHOW_CHART -> List.of("show", "chart", chart);
              case INSTALL -> List.of("install", name, chart, "--output", "json");
              case UPGRADE -> List.of("upgrade", name, chart, "--reset-values", "--output", "json");
              case ROLLBACK -> List.of("rollback", name, String.valueOf(command.revision()));
              case HISTORY -> List.of("history", name, "--output", "json");
              case UNINSTALL -> List.of("uninstall", name);
              case NOTES ->
                  throw new IllegalArgumentException("only helm-java is asked for the notes");
            });
    add(arguments, "--namespace", command.namespace());
    add(arguments, "--kube-version", command.kubeVersion());
    add(arguments, "--kubeconfig", command.kubeconfig());
    add(arguments, "--timeout", seconds(command.timeoutSeconds()));
    command.valuesFiles().forEach(file -> add(arguments, "--values", file));
    addPairs(arguments, "--set", command.settings());
    // Commas would separate several settings.
    addPairs(
        arguments,
        "--set-file",
        command.fileSettings().stream().map(part -> part.replace(",", "\\,")).toList());
    return arguments;
  }

  private static String seconds(int seconds) {
    return seconds == 0 ? "" : seconds + "s";
  }

  private static void add(List<String> arguments, String option, String value) {
    if (!value.isEmpty()) {
      arguments.add(option);
      arguments.add(value);
    }
  }

  private static void addPairs(List<String> arguments, String option, List<String> pairs) {
    for (int i = 0; i < pairs.size(); i += 2) {
      add(arguments, option, pairs.get(i) + "=" + pairs.get(i + 1));
    }
  }

  /** Reads what the binary has printed: releases in the form of {@link HelmCommand#lines}. */
  static String read(HelmCommand command, String output) throws IOException {
    return switch (command.kind()) {
      case INSTALL, UPGRADE -> {
        JsonNode release = JSON.readTree(output);
        JsonNode chart = release.at("/chart/metadata");
        yield HelmCommand.lines(
            release.at("/name").asText(),
            release.at("/namespace").asText(),
            release.at("/version").asText(),
            release.at("/info/status").asText(),
            chart.at("/name").asText() + "-" + chart.at("/version").asText());
      }
      case HISTORY -> {
        List<String> revisions = new ArrayList<>();
        for (JsonNode revision : JSON.readTree(output)) {
          revisions.add(
              HelmCommand.lines(
                  command.name(),
                  command.namespace(),
                  revision.at("/revision").asText(),
                  revision.at("/status").asText(),
                  revision.at("/chart").asText()));
        }
        yield String.join("\n", revisions);
      }
      case TEMPLATE, SHOW_CHART, ROLLBACK, NOTES, UNINSTALL -> output;
    };
  }
}
