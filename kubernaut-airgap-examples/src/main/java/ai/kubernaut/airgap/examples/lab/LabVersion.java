package ai.kubernaut.airgap.examples.lab;

import ai.kubernaut.airgap.image.ImageRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The versions of the lab's chart. They differ as Kubernaut's do: services are renamed and added,
 * images come from elsewhere, keys of values move, and other input is required.
 */
public enum LabVersion {
  /** Version 1.1.0, the one of the guide. */
  V1_1("1.1.0"),
  /** Version 1.2.0: a service has an init container whose image {@code global.image} misses. */
  V1_2("1.2.0"),
  /**
   * Version 1.5.0: a service and its values have another name, another service has come, policies
   * are required, one image is written into a template, and one is named in a ConfigMap alone.
   */
  V1_5("1.5.0"),
  /** A version that is not published: the values that make references have other keys. */
  LATER("2.0.0");

  private static final String CHART = "charts/kubernaut/";
  private static final String INIT_IMAGE = "registry.redhat.io/ubi10/ubi-minimal:10.1";

  private final String number;

  LabVersion(String number) {
    this.number = number;
  }

  /**
   * Reads a version.
   *
   * @param text for example {@code 1.5} or {@code v1.5.0}
   * @return the version
   * @throws IllegalArgumentException when the lab has no such version
   */
  public static LabVersion parse(String text) {
    String wanted = text.startsWith("v") ? text.substring(1) : text;
    for (LabVersion version : values()) {
      if (version.number.equals(wanted) || version.number.equals(wanted + ".0")) {
        return version;
      }
    }
    throw new IllegalArgumentException(
        "the lab's chart has no version " + text + "; it has 1.1, 1.2, 1.5 and 2.0");
  }

  /**
   * The version's number.
   *
   * @return for example {@code 1.1.0}
   */
  public String number() {
    return number;
  }

  /**
   * The tag under which the images of this version are published.
   *
   * @return for example {@code v1.1.0}
   */
  public String tag() {
    return "v" + number;
  }

  /**
   * The values that an installation has to give beside the SDK config.
   *
   * @return keys as for {@code --set}, with their values
   */
  public Map<String, String> requiredValues() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put(this == LATER ? "global.artifacts.release" : "global.image.tag", tag());
    if (compareTo(V1_5) >= 0) {
      values.put("signalprocessing.policies.content", "package lab");
    }
    return values;
  }

  /**
   * The image that the chart does not run, and the guide mirrors all the same.
   *
   * @return must-gather
   */
  public ImageRef mustGather() {
    return service("must-gather");
  }

  /**
   * The images of this version: the services, the migrations, must-gather, and the infrastructure.
   */
  List<ImageRef> images() {
    List<ImageRef> images = new ArrayList<>();
    for (String name :
        List.of(
            "gateway",
            "datastorage",
            "aianalysis",
            "signalprocessing",
            "remediationorchestrator",
            "workflowexecution",
            "notification",
            "effectivenessmonitor",
            compareTo(V1_5) < 0 ? "holmesgpt-api" : "kubernautagent",
            "authwebhook",
            "db-migrate",
            "must-gather")) {
      images.add(service(name));
    }
    images.add(ImageRef.parse("registry.redhat.io/rhel10/postgresql-16"));
    images.add(ImageRef.parse("registry.redhat.io/rhel10/valkey-8"));
    images.add(ImageRef.parse("registry.redhat.io/openshift4/ose-cli-rhel9:v4.17"));
    if (compareTo(V1_2) >= 0) {
      images.add(ImageRef.parse(INIT_IMAGE));
    }
    if (compareTo(V1_5) >= 0) {
      images.add(service("apifrontend"));
      images.add(openShiftOnly());
    }
    return List.copyOf(images);
  }

  /** The image of the version 1.5 and later ones that only an OpenShift cluster needs. */
  ImageRef openShiftOnly() {
    return service("console");
  }

  private ImageRef service(String name) {
    return ImageRef.parse("quay.io/kubernaut-ai/" + name + ":" + tag());
  }

  /** Makes the files of this version from those of version 1.1. */
  Map<String, String> from(Map<String, String> first) {
    Map<String, String> files = new LinkedHashMap<>(first);
    if (compareTo(V1_2) >= 0) {
      initImage(files);
    }
    if (compareTo(V1_5) >= 0) {
      rename(files, "holmesgptApi", "kubernautAgent");
      rename(files, "holmesgpt-api", "kubernautagent");
      policies(files);
      apiFrontend(files);
      console(files);
    }
    if (this == LATER) {
      otherKeys(files);
    }
    edit(files, "Chart.yaml", "1.1.0", number);
    return files;
  }

  private static void initImage(Map<String, String> files) {
    edit(
        files,
        "values.yaml",
        "effectivenessmonitor:\n",
        "effectivenessmonitor:\n  initImage: " + INIT_IMAGE + "\n");
    property(files, "effectivenessmonitor", "\"initImage\": {\"type\": \"string\"}");
    edit(
        files,
        "templates/controllers.yaml",
        "\"config\" $external)",
        "\"config\" $external \"initContainers\" (list (dict \"name\" \"ca-bundle\" \"image\" .Values.effectivenessmonitor.initImage)))");
  }

  private static void policies(Map<String, String> files) {
    edit(
        files,
        "values.yaml",
        "signalprocessing:\n",
        "signalprocessing:\n  policies:\n    content: \"\"  # required\n");
    property(
        files,
        "signalprocessing",
        "\"policies\": {\"type\": \"object\", \"properties\": {\"content\": {\"type\": \"string\"}}}");
    edit(
        files,
        "templates/required-input.yaml",
        "{{- $llm :=",
        "{{- $_ := required \"signalprocessing.policies.content is required\" .Values.signalprocessing.policies.content -}}\n{{- $llm :=");
  }

  private static void apiFrontend(Map<String, String> files) {
    edit(
        files,
        "values.yaml",
        "gateway:\n",
        "apifrontend:\n  replicas: 1\n  resources: {}\n\ngateway:\n");
    edit(
        files,
        "values.schema.json",
        "    \"gateway\": {",
        "    \"apifrontend\": {\"type\": \"object\"},\n    \"gateway\": {");
    files.put(
        CHART + "templates/apifrontend.yaml",
        """
        {{- /* The image of the init container is not among the values, and that of must-gather runs in no container. */ -}}
        {{- include "kubernaut.service" (dict
          "root" .
          "name" "apifrontend"
          "image" "apifrontend"
          "key" "apifrontend"
          "service" "apifrontend"
          "port" 8080
          "healthPort" 8081
          "live" "/healthz"
          "ready" "/readyz"
          "config" (dict "diagnostics" (dict "image" (include "kubernaut.image" (dict "root" . "image" "must-gather"))))
          "initContainers" (list (dict "name" "assets" "image" "%s"))) }}
        """
            .formatted(INIT_IMAGE));
  }

  private static void console(Map<String, String> files) {
    edit(
        files,
        "values.yaml",
        "gateway:\n",
        "console:\n  replicas: 1\n  resources: {}\n\ngateway:\n");
    edit(
        files,
        "values.schema.json",
        "    \"gateway\": {",
        "    \"console\": {\"type\": \"object\"},\n    \"gateway\": {");
    files.put(
        CHART + "templates/console.yaml",
        """
        {{- if .Capabilities.APIVersions.Has "route.openshift.io/v1" }}
        {{- include "kubernaut.service" (dict
          "root" .
          "name" "console"
          "image" "console"
          "key" "console"
          "service" "console"
          "port" 8080
          "healthPort" 8081
          "live" "/healthz"
          "ready" "/readyz") }}
        {{- end }}
        """);
  }

  private static void otherKeys(Map<String, String> files) {
    rename(files, "global.image.", "global.artifacts.");
    rename(files, "global.image ", "global.artifacts ");
    rename(files, "$image.registry", "$image.source");
    rename(files, "$image.namespace", "$image.project");
    rename(files, "$image.separator", "$image.joint");
    rename(files, "$image.tag", "$image.release");
    edit(
        files,
        "values.yaml",
        "  image:\n    registry: quay.io\n    namespace: kubernaut-ai\n    separator: \"/\"\n    tag:",
        "  artifacts:\n    source: quay.io\n    project: kubernaut-ai\n    joint: \"/\"\n    release:");
    edit(
        files,
        "values.schema.json",
        "\"image\": {\n          \"type\": \"object\"",
        "\"artifacts\": {\n          \"type\": \"object\"");
    edit(files, "values.schema.json", "\"registry\": {", "\"source\": {");
    edit(
        files,
        "values.schema.json",
        "\"namespace\": {\n              \"type\": \"string\"\n            },\n            \"separator\"",
        "\"project\": {\n              \"type\": \"string\"\n            },\n            \"joint\"");
    edit(files, "values.schema.json", "\"tag\": {", "\"release\": {");
    files.remove(CHART + "values-airgap.yaml");
  }

  /** Adds a property to the schema of a service's values. */
  private static void property(Map<String, String> files, String service, String property) {
    String head =
        "    \""
            + service
            + "\": {\n      \"type\": \"object\",\n      \"additionalProperties\": false,\n      \"properties\": {\n";
    edit(files, "values.schema.json", head, head + "        " + property + ",\n");
  }

  private static void edit(Map<String, String> files, String file, String from, String to) {
    String text = files.getOrDefault(CHART + file, "");
    if (!text.contains(from)) {
      throw new IllegalStateException(
          String.format(Locale.ROOT, "the lab's %s has no longer the text '%s'", file, from));
    }
    files.put(CHART + file, text.replace(from, to));
  }

  /** Another word in every file, and in the names of the files. */
  private static void rename(Map<String, String> files, String from, String to) {
    Map<String, String> renamed = new LinkedHashMap<>();
    files.forEach((name, text) -> renamed.put(name.replace(from, to), text.replace(from, to)));
    files.clear();
    files.putAll(renamed);
  }
}
