package ai.kubernaut.airgap.preflight;

import ai.kubernaut.airgap.image.Repository;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The names of repositories: their depths, their projects, and how sentences list them. */
final class RepositoryNames {
  private static final int MAX_LISTED = 5;

  private RepositoryNames() {}

  /** Returns how many components the name of a repository has. */
  static int depth(Repository repository) {
    return repository.name().split("/", -1).length;
  }

  /** Returns the depth of the deepest repository, 0 if there is none. */
  static int maximumDepth(List<Repository> repositories) {
    return repositories.stream().mapToInt(RepositoryNames::depth).max().orElse(0);
  }

  /** Returns the first component of the name, which many registries call a project. */
  static String project(Repository repository) {
    return repository.name().split("/", 2)[0];
  }

  static String projects(List<Repository> repositories) {
    return repositories.stream()
        .map(RepositoryNames::project)
        .distinct()
        .collect(Collectors.joining(", "));
  }

  /**
   * Returns the deepest repository of each project. Permissions belong to projects, and deep names
   * are the first to be rejected.
   */
  static List<Repository> deepestOfEachProject(List<Repository> repositories) {
    Map<String, Repository> deepest = new LinkedHashMap<>();
    for (Repository repository : repositories) {
      deepest.merge(
          project(repository), repository, (one, other) -> depth(other) > depth(one) ? other : one);
    }
    return List.copyOf(deepest.values());
  }

  static String list(List<Repository> repositories) {
    return repositories.stream().map(Repository::name).collect(Collectors.joining(", "));
  }

  /** Lists the first repositories and counts the others. */
  static String listSome(List<Repository> repositories) {
    int others = repositories.size() - MAX_LISTED;
    return list(first(repositories, MAX_LISTED)) + (others > 0 ? " and " + others + " more" : "");
  }

  static List<Repository> first(List<Repository> repositories, int maximum) {
    return repositories.subList(0, Math.min(repositories.size(), maximum));
  }
}
