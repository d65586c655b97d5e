package ai.kubernaut.airgap.report;

import ai.kubernaut.airgap.registry.Programs;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A page in a headless Chromium, which is driven by the DevTools protocol. Tests skip where the
 * program is missing, and fail when the environment has {@code AIRGAP_IT_REQUIRED=true}.
 */
final class Chromium implements AutoCloseable {
  private static final long LIMIT_SECONDS = 60;
  private static final String LISTENING = "DevTools listening on ";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final WebSocket socket;
  private final AtomicInteger last = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final List<JsonNode> events = new CopyOnWriteArrayList<>();
  private final Map<String, CompletableFuture<JsonNode>> awaited = new ConcurrentHashMap<>();
  private String session = "";

  private Chromium(Process process, URI address) throws Exception {
    this.process = process;
    this.socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(address, new Messages())
            .get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  /** Starts a browser with a profile of its own. */
  static Chromium start(Path profile) throws Exception {
    Process process =
        new ProcessBuilder(
                Programs.require("chromium").toString(),
                "--headless=new",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "--no-sandbox",
                "--no-first-run",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--window-size=1280,900",
                "about:blank")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      Chromium browser = new Chromium(process, address(process));
      browser.attach();
      return browser;
    } catch (Exception | Error e) {
      process.destroyForcibly().waitFor();
      throw e;
    }
  }

  /** Reads until the browser tells its port; what it tells later is discarded. */
  private static URI address(Process process) throws IOException {
    BufferedReader log =
        new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
    StringBuilder said = new StringBuilder();
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      if (line.startsWith(LISTENING)) {
        Thread rest =
            new Thread(
                () -> {
                  try {
                    while (log.readLine() != null) {
                      // The browser must not wait for a reader.
                    }
                  } catch (IOException e) {
                    return;
                  }
                },
                "chromium-log");
        rest.setDaemon(true);
        rest.start();
        return URI.create(line.substring(LISTENING.length()).strip());
      }
      said.append(line).append('\n');
    }
    throw new IOException("chromium ended: " + said);
  }

  private void attach() throws Exception {
    String target =
        call("Target.createTarget", Map.of("url", "about:blank")).path("targetId").asText();
    session =
        call("Target.attachToTarget", Map.of("targetId", target, "flatten", true))
            .path("sessionId")
            .asText();
    for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
      call(domain + ".enable", Map.of());
    }
  }

  private JsonNode call(String method, Map<String, ?> parameters) throws Exception {
    int id = last.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(id, answer);
    ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
    message.set("params", JSON.valueToTree(parameters));
    if (!session.isEmpty()) {
      message.put("sessionId", session);
    }
    socket.sendText(message.toString(), true).get(LIMIT_SECONDS, TimeUnit.SECONDS);
    JsonNode response = answer.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    if (response.has("error")) {
      throw new AssertionError(method + ": " + response.path("error"));
    }
    return response.path("result");
  }

  /** Opens a page and waits until it is loaded. */
  void open(URI address) throws Exception {
    events.clear();
    CompletableFuture<JsonNode> loaded = new CompletableFuture<>();
    awaited.put("Page.loadEventFired", loaded);
    call("Page.navigate", Map.of("url", address.toString()));
    loaded.get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  /** Chooses what the page is told about the colors that its reader prefers. */
  void prefer(String scheme) throws Exception {
    call(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  /** Evaluates an expression, awaits it if it is a promise, and returns its value. */
  JsonNode evaluate(String expression) throws Exception {
    JsonNode result =
        call(
            "Runtime.evaluate",
            Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
    if (result.has("exceptionDetails")) {
      throw new AssertionError(result.path("exceptionDetails").toString());
    }
    return result.at("/result/value");
  }

  /** The events of some kinds since the page was opened. */
  List<JsonNode> events(String... methods) {
    return events.stream()
        .filter(event -> List.of(methods).contains(event.path("method").asText()))
        .map(event -> event.path("params"))
        .toList();
  }

  /** What the console shows: messages, exceptions, refused content. */
  List<JsonNode> console() {
    return events("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded");
  }

  /** The addresses that were requested, without that of the page. */
  List<String> requests() {
    return events("Network.requestWillBeSent").stream()
        .map(event -> event.at("/request/url").asText())
        .skip(1)
        .toList();
  }

  /** A picture of what the window shows, as PNG. */
  byte[] screenshot() throws Exception {
    return Base64.getDecoder()
        .decode(call("Page.captureScreenshot", Map.of("format", "png")).path("data").asText());
  }

  @Override
  public void close() {
    socket.abort();
    List<ProcessHandle> all =
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(one -> one.onExit().join());
  }

  /** Takes answers and events apart. */
  private final class Messages implements WebSocket.Listener {
    private final StringBuilder received = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean isLast) {
      received.append(data);
      if (isLast) {
        String text = received.toString();
        received.setLength(0);
        accept(text);
      }
      from.request(1);
      return null;
    }

    private void accept(String text) {
      JsonNode message;
      try {
        message = JSON.readTree(text);
      } catch (IOException e) {
        throw new IllegalStateException(text, e);
      }
      CompletableFuture<JsonNode> answer = answers.remove(message.path("id").asInt());
      if (answer != null) {
        answer.complete(message);
        return;
      }
      events.add(message);
      CompletableFuture<JsonNode> waiting = awaited.remove(message.path("method").asText());
      if (waiting != null) {
        waiting.complete(message);
      }
    }
  }
}
