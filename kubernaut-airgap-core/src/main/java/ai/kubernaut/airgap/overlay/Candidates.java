package ai.kubernaut.airgap.overlay;

import ai.kubernaut.airgap.cluster.Fields;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The values of a chart that may be parts of its references: their texts occur in them.
 *
 * @param fields the merged values, and the schemas' defaults where these have nothing: the tree
 *     that an overlay changes
 * @param values the candidates in the merged values
 * @param defaults the candidates that are only defaults of a schema; a schema may be wrong about
 *     them
 */
record Candidates(Fields fields, List<StringValue> values, List<StringValue> defaults) {

  /**
   * Finds the candidates.
   *
   * @param merged the merged values
   * @param schemas the texts of the schemas by the paths of the values that they describe
   * @param references the references that have to change
   */
  static Candidates of(Fields merged, Map<List<String>, String> schemas, List<String> references) {
    Fields fields = SchemaDefaults.under(merged, schemas);
    List<StringValue> values = StringValues.in(fields.content());
    Set<StringValue> all = Set.copyOf(values);
    Set<StringValue> own = Set.copyOf(StringValues.in(merged.content()));
    Map<Boolean, List<StringValue>> candidates =
        values.stream()
            // What is global to all charts, Helm shows in each subchart too, where it sets nothing.
            .filter(value -> value.global().filter(all::contains).isEmpty())
            .filter(value -> references.stream().anyMatch(value::occursIn))
            .collect(Collectors.partitioningBy(own::contains));
    return new Candidates(
        fields,
        candidates.getOrDefault(true, List.of()),
        candidates.getOrDefault(false, List.of()));
  }

  /** Returns the candidates of both kinds whose texts occur in a reference. */
  List<StringValue> in(String reference) {
    return Stream.concat(values.stream(), defaults.stream())
        .filter(value -> value.occursIn(reference))
        .toList();
  }
}
