package ai.kubernaut.airgap.chart;

import java.util.List;
import org.immutables.value.Value;

/** Why an image is needed: the place in the rendered chart that names it. Immutable. */
@Value.Immutable
public interface ImageReason {
  /**
   * {@return the template that rendered the object, for example {@code
   * kubernaut/templates/gateway/gateway.yaml}; empty if unknown}
   */
  @Value.Parameter
  String template();

  /** {@return the object, for example {@code Deployment kubernaut-system/gateway}} */
  @Value.Parameter
  String object();

  /**
   * {@return the location in the object, for example {@code
   * spec.template.spec.containers[0].image}}
   */
  @Value.Parameter
  String path();

  /**
   * Returns the branches of the chart in which the place names the image.
   *
   * @return empty when it does so in every branch; otherwise the facts of each branch that matter
   *     to the template
   */
  List<Branch> branches();

  /**
   * Limits the reason to some branches.
   *
   * @param branches the branches
   * @return the same place with these branches
   */
  default ImageReason in(List<Branch> branches) {
    return ImmutableImageReason.builder().from(this).branches(branches).build();
  }

  /**
   * Returns the branches in which any of some reasons holds.
   *
   * @param reasons the reasons
   * @return empty when one of them holds in every branch, or when there are none
   */
  static List<Branch> branches(List<ImageReason> reasons) {
    return reasons.stream().anyMatch(reason -> reason.branches().isEmpty())
        ? List.of()
        : reasons.stream().flatMap(reason -> reason.branches().stream()).distinct().toList();
  }

  /**
   * A reason.
   *
   * @param template the template, or empty
   * @param object kind and name
   * @param path the place in it
   * @return the reason
   */
  static ImageReason of(String template, String object, String path) {
    return ImmutableImageReason.of(template, object, path);
  }
}
