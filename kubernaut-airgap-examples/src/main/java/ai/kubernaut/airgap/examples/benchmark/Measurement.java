package ai.kubernaut.airgap.examples.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * What one run took.
 *
 * @param seconds from the first process' begin to the last one's end
 * @param cpuSeconds of the tool's processes, not of the registries; a little too small, for it is
 *     read while they run
 * @param registriesCpuSeconds of the registries meanwhile
 * @param peakMebibytes the most that its processes held at one time each, added up over those that
 *     ran at once
 * @param loopbackBytes what went over the loopback device meanwhile, both registries' traffic and
 *     anybody else's
 */
record Measurement(
    double seconds,
    double cpuSeconds,
    double registriesCpuSeconds,
    long peakMebibytes,
    long loopbackBytes) {
  private static final double TICKS = 100.0;

  /** Runs commands, a number of them at once. */
  static Measurement ofCommands(
      List<List<String>> commands, int atOnce, LocalRegistry... registries)
      throws IOException, InterruptedException {
    Queue<List<String>> waiting = new ArrayDeque<>(commands);
    List<Process> running = new ArrayList<>();
    Map<Long, Double> cpu = new HashMap<>();
    Map<Long, Long> memory = new HashMap<>();
    long peak = 0;
    long bytes = loopback();
    double registriesCpu = cpuSeconds(registries);
    long begin = System.nanoTime();
    while (!waiting.isEmpty() || !running.isEmpty()) {
      while (running.size() < atOnce && !waiting.isEmpty()) {
        running.add(
            new ProcessBuilder(waiting.remove())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start());
      }
      long now = 0;
      for (Process process : running) {
        cpu.merge(process.pid(), cpuSeconds(process.pid()), Math::max);
        memory.merge(process.pid(), residentKibibytes(process.pid()), Math::max);
        now += memory.getOrDefault(process.pid(), 0L);
      }
      peak = Math.max(peak, now);
      running.get(0).waitFor(10, TimeUnit.MILLISECONDS);
      for (Process process : List.copyOf(running)) {
        if (!process.isAlive()) {
          if (process.exitValue() != 0) {
            throw new IllegalStateException(
                "a command of the benchmark failed with "
                    + process.exitValue()
                    + ": "
                    + commands.get(0));
          }
          running.remove(process);
        }
      }
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    return new Measurement(
        seconds,
        cpu.values().stream().mapToDouble(Double::doubleValue).sum(),
        cpuSeconds(registries) - registriesCpu,
        peak >> 10,
        loopback() - bytes);
  }

  /** Runs something inside this JVM, whose other threads rest. */
  static Measurement ofCall(Callable<?> call, LocalRegistry... registries) throws Exception {
    long self = ProcessHandle.current().pid();
    long bytes = loopback();
    double cpu = cpuSeconds(self);
    double registriesCpu = cpuSeconds(registries);
    long begin = System.nanoTime();
    call.call();
    double seconds = (System.nanoTime() - begin) / 1e9;
    return new Measurement(
        seconds,
        cpuSeconds(self) - cpu,
        cpuSeconds(registries) - registriesCpu,
        residentKibibytes(self) >> 10,
        loopback() - bytes);
  }

  /** Returns the one of several measurements whose time is in the middle. */
  static Measurement median(List<Measurement> measurements) {
    return measurements.stream()
        .sorted(Comparator.comparingDouble(Measurement::seconds))
        .toList()
        .get(measurements.size() / 2);
  }

  private static double cpuSeconds(LocalRegistry... registries) {
    return Arrays.stream(registries).mapToDouble(registry -> cpuSeconds(registry.pid())).sum();
  }

  private static double cpuSeconds(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS;
    } catch (IOException ended) {
      return 0;
    }
  }

  private static long residentKibibytes(long pid) {
    try {
      return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException ended) {
      return 0;
    }
  }

  /** Returns the peak memory of a process and of those that it has started and that still run. */
  static long peakMebibytes(ProcessHandle process) {
    return (residentKibibytes(process.pid())
            + process.descendants().mapToLong(one -> residentKibibytes(one.pid())).sum())
        / 1024;
  }

  private static long loopback() throws IOException {
    return Files.readAllLines(Path.of("/proc/net/dev")).stream()
        .map(String::trim)
        .filter(line -> line.startsWith("lo:"))
        .mapToLong(line -> Long.parseLong(line.substring(3).trim().split("\\s+", 2)[0]))
        .findFirst()
        .orElse(0);
  }
}
