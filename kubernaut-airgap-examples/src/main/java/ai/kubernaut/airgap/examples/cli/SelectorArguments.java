package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.cluster.LabelSelector;
import ai.kubernaut.airgap.verify.VerifyOptions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Labels in place of a release of Helm. */
final class SelectorArguments {
  @Option(
      names = "--selector",
      paramLabel = "LABELS",
      converter = Selector.class,
      description =
          "Find the workloads and pods by this label selector instead of the Helm release, for example app.kubernetes.io/instance=kubernaut; an empty one selects all. For releases that were deployed with helm template or GitOps. Helm is not asked.")
  @Nullable LabelSelector selector;

  @Option(
      names = "--selector-namespace",
      paramLabel = "NAME",
      description =
          "For --selector: select in this namespace; repeatable. Default: the namespace of the release")
  List<String> namespaces = new ArrayList<>();

  /** Reads a label selector. */
  static final class Selector implements ITypeConverter<LabelSelector> {
    @Override
    public LabelSelector convert(String text) {
      try {
        return LabelSelector.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }

  boolean isGiven() {
    return selector != null;
  }

  /** Adds the labels to options. */
  VerifyOptions.Builder addTo(VerifyOptions.Builder options) {
    if (selector == null) {
      if (!namespaces.isEmpty()) {
        throw new IllegalArgumentException("--selector-namespace needs --selector");
      }
      return options;
    }
    return options.selector(selector).namespaces(namespaces);
  }
}
