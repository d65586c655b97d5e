package ai.kubernaut.airgap.registry.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An HTTP proxy that opens tunnels (CONNECT) and forwards requests without TLS. It knows the names
 * of hosts that nobody else knows, and remembers the heads of the requests that it got.
 */
final class TestProxy implements AutoCloseable {
  private final RawServer server = RawServer.start(this::serve);
  private final Map<String, String> names = new ConcurrentHashMap<>();
  private final List<String> heads = new CopyOnWriteArrayList<>();
  private volatile String authorization = "";
  private volatile String refusal = "";

  /** Host and port of the proxy. */
  String host() {
    return server.host();
  }

  /** Sends what is for one host and port to another. */
  TestProxy route(String from, String to) {
    names.put(from, to);
    return this;
  }

  /** Lets in only who has these credentials. */
  TestProxy wants(String user, String password) {
    authorization =
        "Basic "
            + Base64.getEncoder()
                .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** Answers every request with a status line and headers. */
  TestProxy refuse(String head) {
    refusal = head;
    return this;
  }

  /** The heads of all requests. */
  List<String> heads() {
    return List.copyOf(heads);
  }

  /** The first lines of all requests. */
  List<String> requests() {
    return heads.stream().map(head -> head.lines().findFirst().orElseThrow()).toList();
  }

  private void serve(RawServer.Connection connection) throws IOException {
    String head = connection.readHead();
    heads.add(head);
    if (!refusal.isEmpty()) {
      answer(connection, refusal);
      return;
    }
    if (!authorization.isEmpty() && !head.contains("Proxy-Authorization: " + authorization)) {
      answer(connection, "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=p");
      return;
    }
    String[] words = head.split(" ", 3);
    boolean tunnel = words[0].equals("CONNECT");
    String asked = tunnel ? words[1] : words[1].replaceFirst("^http://([^/]*)/.*$", "$1");
    String to = names.get(asked.contains(":") ? asked : asked + ":80");
    if (to == null) {
      answer(connection, "502 Bad Gateway");
      return;
    }
    int colon = to.lastIndexOf(':');
    try (Socket target =
        new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(to.substring(colon + 1)))) {
      if (tunnel) {
        connection.out().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      } else {
        target
            .getOutputStream()
            .write(
                head.replaceFirst(" http://[^/ ]*", " ")
                    .replaceFirst("(?m)^Proxy-Authorization:.*\r\n", "")
                    .getBytes(StandardCharsets.US_ASCII));
      }
      connection.out().flush();
      // Ends when this method closes the connection to the target.
      new Thread(() -> pump(target, connection.out())).start();
      pump(connection.in(), target.getOutputStream());
    }
  }

  private static void answer(RawServer.Connection connection, String head) throws IOException {
    connection
        .out()
        .write(
            ("HTTP/1.1 " + head + "\r\nContent-Length: 0\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
  }

  private static void pump(Socket from, OutputStream to) {
    try {
      pump(from.getInputStream(), to);
    } catch (IOException e) {
      // The connection is closed.
      return;
    }
  }

  private static void pump(InputStream from, OutputStream to) {
    byte[] buffer = new byte[8192];
    try {
      for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
        to.write(buffer, 0, read);
        to.flush();
      }
    } catch (IOException e) {
      // One side has closed its connection; the other one follows.
      return;
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
