package ai.kubernaut.airgap.chart;

import ai.kubernaut.airgap.cluster.Fields;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A list of objects in one document: a {@code List} of any kinds, or one such as {@code PodList}
 * whose items need not repeat their kind. Helm applies its items one by one.
 */
final class ObjectList {
  private static final String SUFFIX = "List";
  private static final String ITEMS = "items";

  private final Fields fields;
  private final String kind;

  private ObjectList(Fields fields, String kind) {
    this.fields = fields;
    this.kind = kind;
  }

  /** Returns the document as a list; empty if it is an object of its own. */
  static Optional<ObjectList> of(Fields document) {
    String kind = document.text("kind").orElse("");
    return kind.endsWith(SUFFIX) && document.value(ITEMS).orElse(null) instanceof List<?>
        ? Optional.of(new ObjectList(document, kind))
        : Optional.empty();
  }

  /** Returns the items, each with its kind; they can be lists themselves. */
  List<Fields> items() {
    return fields.list(ITEMS).stream().map(this::withKind).toList();
  }

  /** Returns the document with the items changed. */
  Fields with(UnaryOperator<Fields> change) {
    return fields.with(items().stream().map(change).<Object>map(Fields::content).toList(), ITEMS);
  }

  private Fields withKind(Fields item) {
    return item.text("kind").isPresent()
        ? item
        : item.with(kind.substring(0, kind.length() - SUFFIX.length()), "kind")
            .with(fields.text("apiVersion").orElse(""), "apiVersion");
  }
}
