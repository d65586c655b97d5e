package ai.kubernaut.airgap.helm;

import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.helm.HelmWorkerProcess.Response;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A bounded pool of {@link HelmWorkerProcess}es. A process is started when a call finds none idle,
 * and ends after some idle time, with {@link #close()}, or with this process. An interrupt ends a
 * call and its process. Thread-safe.
 */
final class HelmWorkers implements HelmCalls {
  private final boolean withCluster;
  private final int limit;
  private final long idleNanos;

  private final HelmClassPath classPath = new HelmClassPath();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Idle> idle = new ArrayDeque<>();
  private final Set<HelmWorkerProcess> busy = new HashSet<>();
  private int starting;
  private boolean reaperRuns;
  private boolean closed;

  private record Idle(HelmWorkerProcess process, long since) {}

  /**
   * Creates a pool without processes.
   *
   * @param withCluster whether the commands use a cluster
   * @param limit how many processes run at a time
   * @param idleTime how long a process is kept after a call
   */
  HelmWorkers(boolean withCluster, int limit, Duration idleTime) {
    this.withCluster = withCluster;
    this.limit = limit;
    this.idleNanos = idleTime.toNanos();
  }

  @Override
  public String call(HelmCommand command) {
    Response response = exchange(take(command), command);
    if (!response.isSuccess()) {
      throw new IllegalStateException(response.text());
    }
    return response.text();
  }

  private Response exchange(HelmWorkerProcess process, HelmCommand command) {
    FutureTask<Response> task = new FutureTask<>(() -> process.call(command));
    Thread thread = new Thread(task, "kubernaut-airgap-helm");
    thread.setDaemon(true);
    thread.start();
    try {
      Response response = task.get();
      giveBack(process);
      return response;
    } catch (InterruptedException e) {
      discard(process);
      throw HelmCalls.interrupted(command, e);
    } catch (ExecutionException e) {
      process.kill();
      String errors = process.errors();
      discard(process);
      throw new HelmException(
          isClosed()
              ? "the Helm client was closed while " + command.describe()
              : "the Helm process ended while "
                  + command.describe()
                  + "; check that there is enough memory"
                  + (errors.isEmpty() ? "" : ". Its last output: " + errors),
          "",
          e.getCause());
    }
  }

  /** Takes an idle process or starts one; waits while the limit is reached. */
  private HelmWorkerProcess take(HelmCommand command) {
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      throw HelmCalls.interrupted(command, e);
    }
    try {
      while (!closed && idle.isEmpty() && busy.size() + starting >= limit) {
        changed.await();
      }
      requireOpen();
      Idle free = idle.pollLast();
      if (free != null) {
        busy.add(free.process());
        return free.process();
      }
      starting++;
    } catch (InterruptedException e) {
      throw HelmCalls.interrupted(command, e);
    } finally {
      lock.unlock();
    }
    return start();
  }

  private HelmWorkerProcess start() {
    HelmWorkerProcess started = null;
    try {
      started = HelmWorkerProcess.start(classPath, withCluster);
    } finally {
      lock.lock();
      try {
        starting--;
        if (started != null) {
          busy.add(started);
        }
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
    if (isClosed()) {
      discard(started);
      requireOpen();
    }
    return started;
  }

  private void requireOpen() {
    if (isClosed()) {
      throw new HelmException("the Helm client is closed", "", null);
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  private void giveBack(HelmWorkerProcess process) {
    lock.lock();
    try {
      if (!closed) {
        busy.remove(process);
        idle.addLast(new Idle(process, System.nanoTime()));
        startReaper();
        changed.signalAll();
        return;
      }
    } finally {
      lock.unlock();
    }
    discard(process);
  }

  private void discard(HelmWorkerProcess process) {
    process.kill();
    process.close();
    lock.lock();
    try {
      busy.remove(process);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void startReaper() {
    if (!reaperRuns) {
      reaperRuns = true;
      Thread reaper = new Thread(this::reap, "kubernaut-airgap-helm-idle");
      reaper.setDaemon(true);
      reaper.start();
    }
  }

  /** Ends processes that are idle for too long, as long as there are idle processes. */
  private void reap() {
    while (true) {
      HelmWorkerProcess expired;
      lock.lock();
      try {
        Idle oldest = idle.peekFirst();
        if (closed || oldest == null) {
          reaperRuns = false;
          return;
        }
        long left = idleNanos - (System.nanoTime() - oldest.since());
        if (left > 0) {
          long unused = changed.awaitNanos(left);
          continue;
        }
        idle.removeFirst();
        expired = oldest.process();
      } catch (InterruptedException e) {
        reaperRuns = false;
        return;
      } finally {
        lock.unlock();
      }
      expired.close();
    }
  }

  /** Ends all processes. Calls that are running fail. Calling it again does nothing. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
      busy.forEach(HelmWorkerProcess::kill);
      while (!busy.isEmpty() || starting > 0) {
        changed.awaitUninterruptibly();
        busy.forEach(HelmWorkerProcess::kill);
      }
      idle.forEach(free -> free.process().close());
      idle.clear();
      classPath.close();
    } finally {
      lock.unlock();
    }
  }

  /** Returns how long an unused process is kept: one minute. */
  static Duration idleTime() {
    return Duration.ofMinutes(1);
  }

  /** Returns how many processes a client uses at most. */
  static int limit() {
    return Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors()));
  }
}
