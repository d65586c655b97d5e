package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.bundle.Bundle;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.server.RegistryServer;
import ai.kubernaut.airgap.report.ReportDocument;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "serve",
    description = {
      "Serves the images of a bundle as a read-only registry on the loopback interface, until it is interrupted.",
      "The image quay.io/a/b:v1 has the name HOST:PORT/quay.io/a/b:v1 there."
    },
    mixinStandardHelpOptions = true)
final class BundleServeCommand implements Callable<Integer> {
  private static final String REGISTRY = "bundle.local";

  @Parameters(paramLabel = "PATH", description = "The bundle.")
  Path path = Path.of(".");

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "The port. Default: a free one, which is printed")
  int port;

  @Mixin Output output = new Output();

  @Override
  public Integer call() {
    try (BundleStore store = BundleStore.open(path)) {
      Bundle bundle = store.bundle();
      try (RegistryClient content = bundle.clientWithin(REGISTRY);
          RegistryServer server =
              RegistryServer.builder(content, REGISTRY).readOnly(true).port(port).start()) {
        output.report(
            ReportDocument.of(bundle),
            "Serving " + bundle + " on " + server.host() + "; end with Ctrl-C");
        new CountDownLatch(1).await();
        return 0;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return 0;
      }
    }
  }
}
