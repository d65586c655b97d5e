package ai.kubernaut.airgap.examples;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles the snippets of documents, with the packages of this project imported. */
final class Snippets {
  private Snippets() {}

  /**
   * Compiles a snippet.
   *
   * @param classes where to put the class
   * @param parameters the variables that the snippet uses, as the parameters of a method
   * @return the errors
   */
  static List<String> compile(String snippet, Path classes, String parameters) {
    StringBuilder source = new StringBuilder();
    for (String name :
        List.of(
            "ai.kubernaut.airgap.",
            "ai.kubernaut.airgap.attestation.",
            "ai.kubernaut.airgap.bundle.",
            "ai.kubernaut.airgap.bundle.archive.",
            "ai.kubernaut.airgap.chart.",
            "ai.kubernaut.airgap.cluster.",
            "ai.kubernaut.airgap.cluster.change.",
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
            "java.nio.file.",
            "java.time.",
            "java.util.",
            "java.util.function.",
            "org.junit.jupiter.api.",
            "org.junit.jupiter.api.extension.")) {
      source.append("import ").append(name).append("*;\n");
    }
    source
        .append("class Snippet { void run(" + parameters + ") throws Exception {\n")
        .append(snippet)
        .append("\n}}\n");
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
    JavaFileObject file =
        new SimpleJavaFileObject(URI.create("string:///Snippet.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    compiler
        .getTask(
            null,
            null,
            problems,
            List.of(
                "-proc:none",
                "-d",
                classes.toString(),
                "-classpath",
                System.getProperty("java.class.path")),
            null,
            List.of(file))
        .call();
    return problems.getDiagnostics().stream()
        .filter(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
        .map(Object::toString)
        .toList();
  }
}
