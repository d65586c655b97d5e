package ai.kubernaut.airgap.examples.benchmark;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A long way to a server on this machine: what goes in takes half a round trip to come out, and all
 * connections together get no more than the link's bandwidth in each direction. A new connection
 * costs a round trip, as TCP's handshake does. It runs in a process of its own, so that it does not
 * count as anybody's CPU time.
 */
public final class SlowLink {
  /** There and back. */
  static final long ROUND_TRIP_MILLIS = 50;

  /** 100 Mbit/s. */
  static final long BYTES_PER_SECOND = 12_500_000;

  private static final int PIECE = 16 << 10;

  /** More than fits on the way, so that one connection alone can fill the link. */
  private static final int PIECES_ON_THE_WAY = 64;

  private static final ByteBuffer END = ByteBuffer.allocate(0);

  private final Direction there = new Direction();
  private final Direction back = new Direction();
  private final int backend;

  private SlowLink(int backend) {
    this.backend = backend;
  }

  /**
   * Runs a link until the process is ended. Prints its port first.
   *
   * @param arguments the port of the server
   * @throws IOException when there is no free port
   */
  public static void main(String[] arguments) throws IOException {
    SlowLink link = new SlowLink(Integer.parseInt(arguments[0]));
    try (ServerSocket server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress())) {
      System.out.println(server.getLocalPort());
      while (true) {
        Socket near = server.accept();
        daemon(() -> link.connect(near));
      }
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "slow-link");
    thread.setDaemon(true);
    thread.start();
  }

  private void connect(Socket near) {
    pause(TimeUnit.MILLISECONDS.toNanos(ROUND_TRIP_MILLIS));
    try {
      near.setTcpNoDelay(true);
      Socket far = new Socket(InetAddress.getLoopbackAddress(), backend);
      far.setTcpNoDelay(true);
      carry(near, far, there);
      carry(far, near, back);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Piece(ByteBuffer bytes, long arrives) {}

  private static void carry(Socket from, Socket to, Direction direction) {
    BlockingQueue<Piece> way = new ArrayBlockingQueue<>(PIECES_ON_THE_WAY);
    daemon(() -> send(from, way, direction));
    daemon(() -> deliver(to, way));
  }

  private static void send(Socket from, BlockingQueue<Piece> way, Direction direction) {
    byte[] buffer = new byte[PIECE];
    try {
      InputStream in = from.getInputStream();
      int count = in.read(buffer);
      while (count >= 0) {
        way.put(new Piece(ByteBuffer.wrap(Arrays.copyOf(buffer, count)), direction.arrival(count)));
        count = in.read(buffer);
      }
    } catch (IOException e) {
      // The connection broke: its other side is told by the end of the way.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    try {
      way.put(new Piece(END, direction.arrival(0)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void deliver(Socket to, BlockingQueue<Piece> way) {
    try {
      OutputStream out = to.getOutputStream();
      while (true) {
        Piece piece = way.take();
        pause(piece.arrives() - System.nanoTime());
        if (!piece.bytes().hasRemaining()) {
          to.shutdownOutput();
          return;
        }
        out.write(piece.bytes().array());
      }
    } catch (IOException e) {
      // Nobody takes it any more; what sends to this end finds the queue full and is daemon.
      close(to);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void pause(long nanos) {
    long end = System.nanoTime() + nanos;
    long left = nanos;
    while (left > 0) {
      LockSupport.parkNanos(left);
      left = end - System.nanoTime();
    }
  }

  /** One direction of the link, which all connections share. */
  private static final class Direction {
    private long free = System.nanoTime();

    /** When what is sent now comes out at the other end. */
    synchronized long arrival(int bytes) {
      free = Math.max(free, System.nanoTime()) + bytes * 1_000_000_000L / BYTES_PER_SECOND;
      return free + TimeUnit.MILLISECONDS.toNanos(ROUND_TRIP_MILLIS) / 2;
    }
  }

  /** A link in a process of its own. */
  static final class Running implements AutoCloseable {
    private final Process process;
    private final String host;

    private Running(Process process, String host) {
      this.process = process;
      this.host = host;
    }

    static Running before(String backend) throws IOException {
      Process process =
          new ProcessBuilder(
                  List.of(
                      Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                      "-XX:TieredStopAtLevel=1",
                      "-cp",
                      System.getProperty("java.class.path"),
                      SlowLink.class.getName(),
                      backend.substring(backend.lastIndexOf(':') + 1)))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String port = process.inputReader().readLine();
      return new Running(process, "127.0.0.1:" + port);
    }

    String host() {
      return host;
    }

    @Override
    public void close() {
      process.destroy();
      try {
        process.waitFor(10, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
