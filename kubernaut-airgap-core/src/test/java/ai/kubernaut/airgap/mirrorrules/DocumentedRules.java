package ai.kubernaut.airgap.mirrorrules;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.mirrorrules.MirrorRule.Pulls;
import ai.kubernaut.airgap.mirrorrules.MirrorRule.SourcePolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The meaning of mirror rules, written from the descriptions of the fields in the API reference of
 * OpenShift and of containers-registries.conf(5), by taking names apart: candidates for the source
 * are tried from the longest to the shortest.
 */
final class DocumentedRules {
  private final List<MirrorRule> rules;

  DocumentedRules(List<MirrorRule> rules) {
    // "If the mirrors is not specified, the image will continue to be pulled from the specified
    // repository in the pull spec."
    this.rules =
        rules.stream().filter(rule -> !List.of(rule.source()).containsAll(rule.mirrors())).toList();
  }

  /** The locations of a pull; with the source last, where it may be contacted. */
  List<String> locations(ImageRef image) {
    String repository = image.repository().toString();
    String suffix = image.toString().substring(repository.length());
    Pulls pulls = image.digest().isPresent() ? Pulls.DIGEST : Pulls.TAG;
    List<String> locations = new ArrayList<>();
    String source = mostSpecific(repository);
    String rest = source.startsWith("*.") ? afterHost(repository) : after(repository, source);
    for (MirrorRule rule : rules) {
      if (rule.source().equals(source) && rule.pulls() == pulls) {
        int at = 0;
        for (String mirror : rule.mirrors()) {
          // "the sets of defined mirrors will be merged together, preserving the relative order"
          String location = mirror + rest + suffix;
          if (!(mirror + rest).contains("/")) {
            // A registry's host alone is not a repository.
            continue;
          }
          int known = locations.indexOf(location);
          if (known < 0) {
            locations.add(at, location);
            known = at;
          }
          at = known + 1;
        }
      }
    }
    locations.remove(image.toString());
    locations.add(image.toString());
    locations.removeIf(
        location -> neverContacted(ImageRef.parse(location).repository().toString()));
    return locations;
  }

  private boolean neverContacted(String repository) {
    String source = mostSpecific(repository);
    return rules.stream()
        .anyMatch(
            rule ->
                rule.source().equals(source)
                    && rule.sourcePolicy() == SourcePolicy.NEVER_CONTACT_SOURCE);
  }

  /** "only the objects which define the most specific namespace match will be used" */
  private String mostSpecific(String repository) {
    List<String> candidates = new ArrayList<>();
    String[] parts = repository.split("/", -1);
    for (int length = parts.length; length > 0; length--) {
      candidates.add(String.join("/", Arrays.copyOf(parts, length)));
    }
    String[] labels = parts[0].split("\\.", -1);
    for (int from = 1; from < labels.length; from++) {
      candidates.add("*." + String.join(".", Arrays.copyOfRange(labels, from, labels.length)));
    }
    for (String candidate : candidates) {
      if (rules.stream().anyMatch(rule -> rule.source().equals(candidate))) {
        return candidate;
      }
    }
    return "";
  }

  private static String after(String repository, String source) {
    return source.isEmpty() ? "" : repository.substring(source.length());
  }

  private static String afterHost(String repository) {
    return repository.substring(repository.indexOf('/'));
  }
}
