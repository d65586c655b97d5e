package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.workload.PodFields;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Amounts of resources by their names, such as {@code cpu}. */
final class Quantities {
  private static final Pattern QUANTITY =
      Pattern.compile("([+-]?[0-9.]{1,30})(?:[eE]([+-]?[0-9]{1,2})|([numkMGTPE]|[KMGTPE]i)?)");
  private static final Map<String, BigDecimal> SUFFIXES =
      Map.ofEntries(
          Map.entry("n", BigDecimal.ONE.movePointLeft(9)),
          Map.entry("u", BigDecimal.ONE.movePointLeft(6)),
          Map.entry("m", BigDecimal.ONE.movePointLeft(3)),
          Map.entry("k", BigDecimal.ONE.movePointRight(3)),
          Map.entry("M", BigDecimal.ONE.movePointRight(6)),
          Map.entry("G", BigDecimal.ONE.movePointRight(9)),
          Map.entry("T", BigDecimal.ONE.movePointRight(12)),
          Map.entry("P", BigDecimal.ONE.movePointRight(15)),
          Map.entry("E", BigDecimal.ONE.movePointRight(18)),
          Map.entry("Ki", BigDecimal.valueOf(1L << 10)),
          Map.entry("Mi", BigDecimal.valueOf(1L << 20)),
          Map.entry("Gi", BigDecimal.valueOf(1L << 30)),
          Map.entry("Ti", BigDecimal.valueOf(1L << 40)),
          Map.entry("Pi", BigDecimal.valueOf(1L << 50)),
          Map.entry("Ei", BigDecimal.valueOf(1L << 60)));

  private Quantities() {}

  /** Reads a quantity as Kubernetes writes it, for example {@code 250m} or {@code 1Gi}. */
  static Optional<BigDecimal> parse(String text) {
    Matcher matcher = QUANTITY.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      BigDecimal number = new BigDecimal(matcher.group(1));
      if (matcher.group(2) != null) {
        return Optional.of(number.scaleByPowerOfTen(Integer.parseInt(matcher.group(2))));
      }
      String suffix = matcher.group(3);
      return Optional.of(
          suffix == null ? number : number.multiply(SUFFIXES.getOrDefault(suffix, BigDecimal.ONE)));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** The amounts in an object of quantities; what is no quantity is left out. */
  static Map<String, BigDecimal> of(Fields quantities) {
    Map<String, BigDecimal> amounts = new TreeMap<>();
    quantities
        .strings()
        .forEach((name, text) -> parse(text).ifPresent(amount -> amounts.put(name, amount)));
    return amounts;
  }

  /** What the containers of a pod request together; init containers count where they need more. */
  static Map<String, BigDecimal> requests(KubernetesObject pod) {
    return together(pod, "requests");
  }

  /** The limits of the containers of a pod together. */
  static Map<String, BigDecimal> limits(KubernetesObject pod) {
    return together(pod, "limits");
  }

  private static Map<String, BigDecimal> together(KubernetesObject pod, String field) {
    Map<String, BigDecimal> sum = new TreeMap<>();
    for (Fields container : pod.fields().list("spec", "containers")) {
      of(container.fields("resources", field))
          .forEach((name, amount) -> sum.merge(name, amount, BigDecimal::add));
    }
    for (Fields container : pod.fields().list("spec", "initContainers")) {
      of(container.fields("resources", field))
          .forEach((name, amount) -> sum.merge(name, amount, BigDecimal::max));
    }
    return sum;
  }

  /** Whether a pod takes part of what its node has. */
  static boolean usesNode(KubernetesObject pod) {
    String phase = PodFields.phase(pod);
    return !phase.equals("Succeeded") && !phase.equals("Failed");
  }

  static String print(BigDecimal amount) {
    return amount.stripTrailingZeros().toPlainString();
  }
}
