package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.impl.bootstrap.HttpServer;
import org.apache.hc.core5.http.impl.bootstrap.ServerBootstrap;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.io.CloseMode;

/**
 * Answers the HTTP probes of ready pods at their ports, so that the API server can forward requests
 * for services to them. All pods share one address: a port answers for every ready pod that probes
 * it.
 */
final class PodPorts implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(PodPorts.class.getName());
  private static final List<String> PROBES =
      List.of("livenessProbe", "readinessProbe", "startupProbe");

  /** Where a container is probed. */
  private record Probe(int port, String path) {}

  private final ClusterObjects objects;
  private final InetAddress address;

  /** The servers by their ports, also of ports that another program has. */
  private final Map<Integer, HttpServer> servers = new HashMap<>();

  PodPorts(ClusterObjects objects, InetAddress address) {
    this.objects = objects;
    this.address = address;
  }

  /** Opens the ports of a pod that are not open yet. */
  synchronized void open(JsonNode pod) {
    if (!address.isLoopbackAddress()) {
      probes(pod)
          .map(Probe::port)
          .filter(port -> port > 0 && !servers.containsKey(port))
          .distinct()
          .forEach(this::listen);
    }
  }

  private void listen(int port) {
    HttpServer server =
        ServerBootstrap.bootstrap()
            .setLocalAddress(address)
            .setListenerPort(port)
            // The connections of an API server to an earlier pod may still wait for their end.
            .setSocketConfig(SocketConfig.custom().setSoReuseAddress(true).build())
            .setRequestRouter((request, context) -> (in, out, ignored) -> answer(port, in, out))
            .setExceptionListener(new QuietListener())
            .create();
    servers.put(port, server);
    try {
      server.start();
    } catch (IOException e) {
      LOG.log(
          Level.WARNING,
          "port %d of %s cannot be opened (%s); services whose pods listen there do not answer"
              .formatted(port, address.getHostAddress(), e.getMessage()));
    }
  }

  private void answer(int port, ClassicHttpRequest request, ClassicHttpResponse response) {
    String path = request.getPath().replaceFirst("\\?.*", "");
    boolean isProbed =
        objects.list(ResourceKinds.POD, "").stream()
            .filter(pod -> Json.text(pod, "/status/podIP").equals(address.getHostAddress()))
            .filter(pod -> Conditions.isTrue(pod, "Ready"))
            .flatMap(PodPorts::probes)
            .anyMatch(new Probe(port, path)::equals);
    response.setCode(isProbed ? 200 : 404);
    response.setEntity(
        new StringEntity(isProbed ? "ok\n" : "no such path\n", ContentType.TEXT_PLAIN));
  }

  private static Stream<Probe> probes(JsonNode pod) {
    return Json.elements(pod, "/spec/containers")
        .flatMap(
            container ->
                PROBES.stream()
                    .map(kind -> container.path(kind).path("httpGet"))
                    .filter(JsonNode::isObject)
                    .map(
                        probe ->
                            new Probe(port(container, probe), probe.path("path").asText("/"))));
  }

  private static int port(JsonNode container, JsonNode probe) {
    JsonNode port = probe.path("port");
    return port.isNumber()
        ? port.asInt()
        : Json.elements(container, "/ports")
            .filter(each -> Json.text(each, "/name").equals(port.asText("")))
            .mapToInt(each -> each.path("containerPort").asInt(0))
            .findFirst()
            .orElse(0);
  }

  @Override
  public synchronized void close() {
    servers.values().forEach(server -> server.close(CloseMode.IMMEDIATE));
    servers.clear();
  }
}
