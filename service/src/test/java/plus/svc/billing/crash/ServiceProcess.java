package plus.svc.billing.crash;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The built jar, running in a process of its own. */
final class ServiceProcess implements AutoCloseable {

  /** This release. */
  static final Path JAR = Path.of("target/billing-service.jar").toAbsolutePath();

  private static final Pattern LISTENS =
      Pattern.compile("Started application@.*\\{127\\.0\\.0\\.1:(\\d+)}");
  private static final Pattern ADMIN_LISTENS =
      Pattern.compile("Started admin@.*\\{127\\.0\\.0\\.1:(\\d+)}");
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  private final Process process;
  private final Path log;
  private final Map<String, String> variables;

  private ServiceProcess(Process process, Path log, Map<String, String> variables) {
    this.process = process;
    this.log = log;
    this.variables = variables;
  }

  /** What leases and records call it. */
  String instance() {
    return variables.getOrDefault("INSTANCE", "");
  }

  /**
   * Starts it and doesn't wait.
   *
   * @param folder where it runs, with its {@code config.yml}
   * @param variables its whole environment
   */
  static ServiceProcess start(Path folder, Path log, Map<String, String> variables)
      throws IOException {
    return start(JAR, folder, log, variables, "server");
  }

  /**
   * Starts a command of a release and doesn't wait.
   *
   * @param command such as {@code server} or {@code db migrate}; the configuration's name follows
   */
  static ServiceProcess start(
      Path jar, Path folder, Path log, Map<String, String> variables, String... command)
      throws IOException {
    if (!Files.isRegularFile(jar)) {
      throw new IllegalStateException(jar + " is missing: mvn package makes it");
    }
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // A process that soon is killed starts faster so.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Xmx256m",
                "-Duser.timezone=Pacific/Chatham",
                "-jar",
                jar.toString()));
    line.addAll(List.of(command));
    line.add("config.yml");
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().clear();
    builder.environment().putAll(variables);
    return new ServiceProcess(builder.start(), log, variables);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Ends it with SIGKILL and waits until it is gone. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Stops it in its tracks; it knows nothing of that. */
  void pause() throws IOException, InterruptedException {
    Signal.send("STOP", process.pid());
  }

  void goOn() throws IOException, InterruptedException {
    Signal.send("CONT", process.pid());
  }

  /** Asks it to end with SIGTERM and doesn't wait. */
  void askToEnd() {
    process.destroy();
  }

  /** Whether nothing listens at that address. */
  static boolean isClosed(URI base) {
    try (Socket socket = new Socket(base.getHost(), base.getPort())) {
      return !socket.isConnected();
    } catch (IOException e) {
      return true;
    }
  }

  /** Asks it to end with SIGTERM and gives its exit code. */
  int terminate(Duration within) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("still there " + within + " after SIGTERM:\n" + tail());
    }
    return process.exitValue();
  }

  /** Waits until a command has ended and gives its exit code. */
  int exitCode() throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("still there after a minute:\n" + tail());
    }
    return process.exitValue();
  }

  /** What it wrote so far. */
  String log() {
    try {
      return Files.readString(log, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** The end of that. */
  String tail() {
    String all = log();
    return all.substring(Math.max(0, all.length() - 6_000));
  }

  /** Calls a job and gives the answer's body. */
  CompletableFuture<String> post(String path) {
    return HTTP.sendAsync(
            request(path).POST(HttpRequest.BodyPublishers.noBody()).build(),
            HttpResponse.BodyHandlers.ofString())
        .thenApply(HttpResponse::body);
  }

  /** Posts a body. */
  HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
    return HTTP.send(
        request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return HTTP.send(request(path).GET().build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(baseUrl().resolve(path))
        .timeout(Duration.ofSeconds(30))
        .header("Authorization", "Bearer " + variables.get("INTERNAL_SERVICE_TOKEN"));
  }

  /** Waits until it listens. */
  URI baseUrl() {
    return url(LISTENS);
  }

  /** The same of the admin port. */
  URI adminUrl() {
    return url(ADMIN_LISTENS);
  }

  private URI url(Pattern listens) {
    Patience.until(
        "the service listens", () -> !process.isAlive() || listens.matcher(log()).find());
    Matcher matcher = listens.matcher(log());
    if (!matcher.find()) {
      throw new AssertionError("the service ended before it listened:\n" + tail());
    }
    return URI.create("http://127.0.0.1:" + matcher.group(1));
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
