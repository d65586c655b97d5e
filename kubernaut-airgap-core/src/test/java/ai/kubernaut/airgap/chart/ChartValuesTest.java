package ai.kubernaut.airgap.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.yaml.InvalidYamlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChartValuesTest {
  @TempDir Path directory;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private static ChartValues values(String own, Chart chart) {
    return ChartValues.of(TemplateHelm.of(own, values -> ""), chart);
  }

  @Test
  void aKeyThatStandsTwiceCountsAsForHelm() throws IOException {
    ChartValues values =
        values(
            "",
            TemplateHelm.chart().values(file("twice.yaml", "tls: {mode: a}\ntls: {mode: b}\n")));
    assertThat(values.fields().text("tls", "mode")).contains("b");
  }

  @Test
  void aFileThatIsMissingOrNoMappingIsNamed() throws IOException {
    Path missing = directory.resolve("missing.yaml");
    assertThatThrownBy(() -> values("", TemplateHelm.chart().values(missing)))
        .isInstanceOf(InvalidYamlException.class)
        .hasMessageContaining(missing.toString());
    Path list = file("list.yaml", "- a\n");
    assertThatThrownBy(() -> values("", TemplateHelm.chart().values(list)))
        .isInstanceOf(InvalidYamlException.class)
        .hasMessageContaining("is a list");
  }

  @Test
  void aValueIsFoundWhereverTheChartKeepsIt() {
    assertThat(
            values("a: {b: {sdkConfigContent: x}}\n", TemplateHelm.chart())
                .pathOf("sdkConfigContent"))
        .contains("a.b.sdkConfigContent");
    assertThat(values("a: {b: 1}\n", TemplateHelm.chart()).pathOf("sdkConfigContent")).isEmpty();
  }

  @Test
  void theSdkConfigBecomesAFileSettingOfTheChartsOwnKey() {
    Path sdk = Path.of("sdk.yaml");
    TemplateHelm helm = TemplateHelm.of("holmesgptApi: {sdkConfigContent: \"\"}\n", values -> "");
    Chart chart = ChartValues.withSdkConfig(helm, TemplateHelm.chart().sdkConfig(sdk));
    assertThat(chart.fileSettings())
        .singleElement()
        .satisfies(
            setting -> {
              assertThat(setting.key()).isEqualTo("holmesgptApi.sdkConfigContent");
              assertThat(setting.file()).isEqualTo(sdk);
            });
    assertThat(ChartValues.withSdkConfig(helm, TemplateHelm.chart()))
        .isEqualTo(TemplateHelm.chart());
    assertThatThrownBy(
            () ->
                ChartValues.withSdkConfig(
                    TemplateHelm.rendering(""), TemplateHelm.chart().sdkConfig(sdk)))
        .isInstanceOf(HelmException.class)
        .hasMessageContaining("has no value sdkConfigContent for sdk.yaml");
  }

  @Test
  void valuesDoNotPrint() {
    Chart chart = TemplateHelm.chart().set("llm.apiKey", "hunter2");
    assertThat(values("", chart)).hasToString("ChartValues[llm]");
    assertThat(chart.toString()).doesNotContain("hunter2").contains("llm.apiKey");
  }

  @Test
  void aReleasesNameFollowsHelmsRules() {
    assertThat(ReleaseName.of("kubernaut", "kubernaut-system"))
        .isEqualTo(ReleaseName.defaultRelease());
    for (String name : List.of("", "Upper", "-a", "a-", "a_b", "x".repeat(54))) {
      assertThatThrownBy(() -> ReleaseName.of(name, "ns"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("release name '" + name + "'");
    }
    for (String namespace : List.of("", "a.b", "x".repeat(64))) {
      assertThatThrownBy(() -> ReleaseName.of("a", namespace))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("namespace '" + namespace + "'");
    }
  }

  @Test
  void aJsonValueThatIsNestedTooDeeply_isRefused() {
    Chart chart = Chart.at(Path.of("chart"));
    String deep = "[".repeat(2000) + "]".repeat(2000);

    assertThatThrownBy(() -> chart.setJson("a", deep))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the value for a is more than JSON's limits allow");
  }
}
