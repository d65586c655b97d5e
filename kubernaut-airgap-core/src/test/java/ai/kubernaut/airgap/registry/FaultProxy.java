package ai.kubernaut.airgap.registry;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Stands in front of a registry that speaks plain HTTP, remembers every request, and does to it
 * what a test chooses: what bad networks, proxies and registries do. Byte counts are those of
 * bodies.
 */
public final class FaultProxy implements AutoCloseable {
  /**
   * One request.
   *
   * @param number from 0 on, in the order of arrival
   * @param method the HTTP method
   * @param uri path and query
   * @param head the request line and the header lines
   */
  public record Request(int number, String method, String uri, List<String> head) {
    /** A header's value. */
    public Optional<String> header(String name) {
      return value(head, name);
    }

    @Override
    public String toString() {
      return method + " " + uri;
    }
  }

  /**
   * What the registry answered, whether or not the answer got through.
   *
   * @param request the request
   * @param status the HTTP status
   */
  public record Answered(Request request, int status) {}

  /** What happens to a request. */
  public sealed interface Fault {
    /** The registry is not asked; the proxy answers by itself. */
    record Answer(int status, List<String> headers) implements Fault {
      /** An answer with header lines such as {@code Retry-After: 3}. */
      public static Answer of(int status, String... headers) {
        return new Answer(status, List.of(headers));
      }
    }

    /**
     * The connection breaks after so many bytes of the request's body have gone on.
     *
     * @param noticed whether the client sees it only once the registry has; otherwise either may be
     *     first
     */
    record CutRequest(long bytes, boolean noticed) implements Fault {
      /** Noticed by the registry first. */
      public CutRequest(long bytes) {
        this(bytes, true);
      }
    }

    /**
     * The connection breaks after so many bytes of the answer's body, which was announced whole.
     */
    record CutAnswer(long bytes) implements Fault {}

    /** Both bodies trickle: after each so many bytes nothing comes for so long. */
    record Slow(int bytes, Duration pause) implements Fault {}

    /** The answer's body stops after so many bytes, and the connection stays open. */
    record Stall(long bytes) implements Fault {}

    /** The answer's body is shortened, and announced so. */
    record Shorten(long bytes) implements Fault {}

    /** One byte of the answer's body is another. */
    record Corrupt(long at) implements Fault {}

    /** Takes a header away from the request, such as {@code Range}. */
    record WithoutHeader(String name) implements Fault {}

    /** Sends the request on with another path and query. */
    record Rewrite(String uri) implements Fault {}
  }

  private final ServerSocket server;
  private final int backend;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final List<Answered> answers = new CopyOnWriteArrayList<>();
  private volatile Function<Request, Optional<Fault>> faults = request -> Optional.empty();
  private int count;

  private FaultProxy(ServerSocket server, int backend) {
    this.server = server;
    this.backend = backend;
  }

  /**
   * Starts one.
   *
   * @param backend the registry, on this machine
   */
  public static FaultProxy before(String backend) {
    try {
      int port = Integer.parseInt(backend.substring(backend.lastIndexOf(':') + 1));
      FaultProxy proxy =
          new FaultProxy(new ServerSocket(0, 100, InetAddress.getLoopbackAddress()), port);
      proxy.threads.execute(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Host and port, as references name them. */
  public String host() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  /** Chooses what happens to each request from now on. */
  public void faults(Function<Request, Optional<Fault>> chosen) {
    faults = chosen;
  }

  /** Every request so far, in the order of arrival. */
  public List<Request> requests() {
    return List.copyOf(requests);
  }

  /** Every answer of the registry so far. */
  public List<Answered> answers() {
    return List.copyOf(answers);
  }

  /** Forgets the requests and answers so far. */
  public void forget() {
    answers.clear();
    requests.clear();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        client.setTcpNoDelay(true);
        sockets.add(client);
        threads.execute(() -> serve(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      InputStream in = new BufferedInputStream(client.getInputStream(), 64 << 10);
      OutputStream out = client.getOutputStream();
      List<String> head = head(in);
      while (!head.isEmpty()) {
        exchange(head, in, out);
        head = head(in);
      }
    } catch (IOException e) {
      // A broken connection is what this is for.
      return;
    } finally {
      sockets.remove(client);
    }
  }

  private Request remember(List<String> head) {
    String[] line = head.get(0).split(" ", -1);
    synchronized (this) {
      Request request = new Request(count++, line[0], line[1], head);
      requests.add(request);
      return request;
    }
  }

  private void exchange(List<String> head, InputStream in, OutputStream out) throws IOException {
    Request request = remember(head);
    Fault fault = faults.apply(request).orElse(null);
    long length = value(head, "Content-Length").map(Long::parseLong).orElse(0L);
    if (fault instanceof Fault.Answer answer) {
      in.skipNBytes(length);
      List<String> lines = new ArrayList<>();
      lines.add("HTTP/1.1 " + answer.status() + " Fault");
      lines.addAll(answer.headers());
      lines.add("Content-Length: 0");
      write(out, lines);
      return;
    }
    try (Socket registry = new Socket(InetAddress.getLoopbackAddress(), backend)) {
      sockets.add(registry);
      try {
        OutputStream up = registry.getOutputStream();
        List<String> sent = new ArrayList<>(head);
        if (fault instanceof Fault.WithoutHeader without) {
          sent.removeIf(line -> isHeader(line, without.name()));
        }
        if (fault instanceof Fault.Rewrite rewrite) {
          sent.set(0, request.method() + " " + rewrite.uri() + " HTTP/1.1");
        }
        sent.removeIf(line -> isHeader(line, "Connection"));
        sent.add("Connection: close");
        write(up, sent);
        if (fault instanceof Fault.CutRequest cut) {
          pass(in, up, Math.min(length, cut.bytes()));
          if (cut.noticed()) {
            registry.shutdownOutput();
            registry.getInputStream().transferTo(OutputStream.nullOutputStream());
          }
          throw new IOException("cut");
        }
        // A registry may refuse before it has read the whole.
        pass(in, paced(up, fault), length);
        answer(request, fault, registry.getInputStream(), out);
      } finally {
        sockets.remove(registry);
      }
    }
  }

  private void answer(Request request, Fault fault, InputStream from, OutputStream out)
      throws IOException {
    InputStream in = new BufferedInputStream(from, 64 << 10);
    List<String> head = head(in);
    if (head.isEmpty()) {
      throw new EOFException();
    }
    answers.add(new Answered(request, Integer.parseInt(head.get(0).split(" ", 3)[1])));
    boolean empty =
        request.method().equals("HEAD")
            || head.get(0).contains(" 204 ")
            || head.get(0).contains(" 304 ");
    Optional<Long> length = value(head, "Content-Length").map(Long::parseLong);
    byte[] unframed = null;
    if (!empty && length.isEmpty()) {
      // Only small answers come in pieces; they are announced whole from here on.
      unframed = chunks(in);
      length = Optional.of((long) unframed.length);
      in = new ByteArrayInputStream(unframed);
      head.removeIf(line -> isHeader(line, "Transfer-Encoding"));
      head.add("Content-Length: " + unframed.length);
    }
    head.removeIf(line -> isHeader(line, "Connection"));
    long size = empty ? 0 : length.orElse(0L);
    if (fault instanceof Fault.Shorten shorter && !empty) {
      size = Math.min(size, shorter.bytes());
      head.removeIf(line -> isHeader(line, "Content-Length"));
      head.add("Content-Length: " + size);
    }
    if (fault instanceof Fault.CutAnswer cut && cut.bytes() < 0) {
      throw new IOException("cut");
    }
    write(out, head);
    if (fault instanceof Fault.CutAnswer cut) {
      pass(in, out, Math.min(size, cut.bytes()));
      throw new IOException("cut");
    }
    if (fault instanceof Fault.Stall stall && stall.bytes() < size) {
      pass(in, out, stall.bytes());
      // What follows is the wait for the client's next request, which never comes.
      return;
    }
    if (fault instanceof Fault.Corrupt corrupt && corrupt.at() < size) {
      pass(in, out, corrupt.at());
      out.write(in.read() ^ 1);
      pass(in, out, size - corrupt.at() - 1);
    } else {
      pass(in, paced(out, fault), size);
    }
  }

  private static OutputStream paced(OutputStream out, @Nullable Fault fault) {
    if (!(fault instanceof Fault.Slow slow)) {
      return out;
    }
    return new FilterOutputStream(out) {
      @Override
      public void write(byte[] buffer, int offset, int length) throws IOException {
        for (int done = 0; done < length; done += slow.bytes()) {
          out.write(buffer, offset + done, Math.min(slow.bytes(), length - done));
          out.flush();
          LockSupport.parkNanos(slow.pause().toNanos());
        }
      }
    };
  }

  private static byte[] chunks(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    int size = Integer.parseInt(line(in).trim(), 16);
    while (size > 0) {
      all.write(in.readNBytes(size));
      line(in);
      size = Integer.parseInt(line(in).trim(), 16);
    }
    return all.toByteArray();
  }

  private static void pass(InputStream in, OutputStream out, long bytes) throws IOException {
    byte[] buffer = new byte[64 << 10];
    long left = bytes;
    while (left > 0) {
      int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (count < 0) {
        throw new EOFException();
      }
      out.write(buffer, 0, count);
      left -= count;
    }
    out.flush();
  }

  private static void write(OutputStream out, List<String> lines) throws IOException {
    out.write((String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  /** The lines up to the empty one; none when the connection has ended. */
  private static List<String> head(InputStream in) throws IOException {
    List<String> lines = new ArrayList<>();
    String line = line(in);
    while (!line.isEmpty()) {
      lines.add(line);
      line = line(in);
    }
    return lines;
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int b = in.read();
    if (b == 0x16) {
      throw new IOException("a TLS handshake, and this speaks plain HTTP");
    }
    while (b >= 0 && b != '\n') {
      if (b != '\r') {
        line.write(b);
      }
      b = in.read();
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  private static boolean isHeader(String line, String name) {
    return line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":");
  }

  private static Optional<String> value(List<String> head, String name) {
    return head.stream()
        .filter(line -> isHeader(line, name))
        .map(line -> line.substring(name.length() + 1).trim())
        .findFirst();
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      threads.shutdownNow();
    }
    try {
      threads.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
