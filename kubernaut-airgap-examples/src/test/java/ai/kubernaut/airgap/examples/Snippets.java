package ai.kubernaut.airgap.examples;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles the snippets of documents, with the packages of this project imported. */
public final class Snippets {
  private static final Pattern DECLARATION =
      Pattern.compile("(?m)^(?:public |final |abstract )*(?:class|record|interface) (\\w+)");

  private static final List<String> PACKAGES =
      List.of(
          "ai.kubernaut.airgap.",
          "ai.kubernaut.airgap.attestation.",
          "ai.kubernaut.airgap.bundle.",
          "ai.kubernaut.airgap.bundle.archive.",
          "ai.kubernaut.airgap.chart.",
          "ai.kubernaut.airgap.cluster.",
          "ai.kubernaut.airgap.cluster.change.",
          "ai.kubernaut.airgap.cluster.memory.",
          "ai.kubernaut.airgap.cluster.openshift.",
          "ai.kubernaut.airgap.cluster.gitops.",
          "ai.kubernaut.airgap.cluster.rbac.",
          "ai.kubernaut.airgap.cluster.workload.",
          "ai.kubernaut.airgap.common.",
          "ai.kubernaut.airgap.examples.lab.",
          "ai.kubernaut.airgap.examples.lab.cluster.",
          "ai.kubernaut.airgap.diagnosis.",
          "ai.kubernaut.airgap.repair.",
          "ai.kubernaut.airgap.helm.",
          "ai.kubernaut.airgap.image.",
          "ai.kubernaut.airgap.install.",
          "ai.kubernaut.airgap.k8s.",
          "ai.kubernaut.airgap.mirror.",
          "ai.kubernaut.airgap.mirrorrules.",
          "ai.kubernaut.airgap.overlay.",
          "ai.kubernaut.airgap.permissions.",
          "ai.kubernaut.airgap.plan.",
          "ai.kubernaut.airgap.pullsecret.",
          "ai.kubernaut.airgap.registry.",
          "ai.kubernaut.airgap.report.",
          "ai.kubernaut.airgap.registry.http.",
          "ai.kubernaut.airgap.io.",
          "ai.kubernaut.airgap.kubernaut.",
          "ai.kubernaut.airgap.outcome.",
          "ai.kubernaut.airgap.preflight.",
          "ai.kubernaut.airgap.progress.",
          "ai.kubernaut.airgap.registry.layout.",
          "ai.kubernaut.airgap.registry.memory.",
          "ai.kubernaut.airgap.registry.retry.",
          "ai.kubernaut.airgap.registry.server.",
          "ai.kubernaut.airgap.seal.",
          "ai.kubernaut.airgap.shard.",
          "ai.kubernaut.airgap.support.",
          "ai.kubernaut.airgap.prune.",
          "ai.kubernaut.airgap.trust.",
          "ai.kubernaut.airgap.verify.",
          "java.io.",
          "java.nio.file.",
          "java.security.",
          "java.time.",
          "java.util.",
          "java.util.concurrent.",
          "java.util.function.",
          "org.junit.jupiter.api.",
          "org.junit.jupiter.api.extension.");

  private Snippets() {}

  /** Returns the import declarations that documents leave out. */
  public static String imports() {
    return PACKAGES.stream().map(name -> "import " + name + "*;\n").collect(Collectors.joining());
  }

  /** Returns the name of the first class or record that is declared. */
  public static String nameOf(String declaration) {
    Matcher name = DECLARATION.matcher(declaration);
    if (!name.find()) {
      throw new IllegalArgumentException("this declares no class:\n" + declaration);
    }
    return name.group(1);
  }

  /**
   * Compiles snippets at once.
   *
   * @param snippets statements, each by where it comes from
   * @param classes where to put the classes
   * @param parameters the variables that the snippets use, as the parameters of a method
   * @return the errors, each with where it comes from
   */
  static List<String> compile(Map<String, String> snippets, Path classes, String parameters) {
    List<JavaFileObject> sources = new ArrayList<>();
    snippets.forEach(
        (name, snippet) ->
            sources.add(
                file(
                    name,
                    "class Snippet%d { void run(%s) throws Exception {\n%s\n}}\n"
                        .formatted(sources.size(), parameters, snippet))));
    return compile(sources, classes);
  }

  /**
   * Compiles classes at once; they are in the unnamed package.
   *
   * @param declarations the classes without imports, each of which has another name
   * @param classes where to put them
   * @return the errors, each with the name of the class
   */
  public static List<String> compileClasses(List<String> declarations, Path classes) {
    return compile(
        declarations.stream().map(declaration -> file(nameOf(declaration), declaration)).toList(),
        classes);
  }

  private static List<String> compile(List<JavaFileObject> sources, Path classes) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
    compiler
        .getTask(
            null,
            null,
            problems,
            List.of(
                "-proc:none",
                "-Xmaxerrs",
                "0",
                "-d",
                classes.toString(),
                "-classpath",
                System.getProperty("java.class.path")),
            null,
            sources)
        .call();
    return problems.getDiagnostics().stream()
        .filter(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
        .map(Object::toString)
        .toList();
  }

  private static JavaFileObject file(String name, String declaration) {
    URI uri = URI.create("string:///" + name.replace(' ', '-') + ".java");
    return new SimpleJavaFileObject(uri, JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return imports() + "\n" + declaration;
      }
    };
  }
}
