package plus.svc.billing;

import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.testing.DropwizardTestSupport;
import io.dropwizard.testing.ResourceHelpers;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import plus.svc.billing.admin.ChangeJournal;
import plus.svc.billing.admin.Operation;
import plus.svc.billing.admin.OperationServlet;
import plus.svc.billing.admin.Operations;
import plus.svc.billing.auth.Caller;
import plus.svc.billing.auth.Denials;
import plus.svc.billing.auth.Gate;
import plus.svc.billing.auth.Right;
import plus.svc.billing.auth.Throttle;
import plus.svc.billing.auth.Token;
import plus.svc.billing.auth.Tokens;
import plus.svc.billing.config.JobsSection;
import plus.svc.billing.config.ListenSettings;
import plus.svc.billing.ingest.Ingest;
import plus.svc.billing.ingest.PushPolicies;
import plus.svc.billing.job.Jobs;
import plus.svc.billing.ops.DatabaseProbe;
import plus.svc.billing.pipeline.Delivery;
import plus.svc.billing.pipeline.NodePolicy;
import plus.svc.billing.pipeline.Receipt;
import plus.svc.billing.pipeline.SetAsides;
import plus.svc.billing.pipeline.source.FirstSnapshot;
import plus.svc.billing.platform.setting.ListenAddress;

/** The HTTP edges on real sockets, with fakes behind them. */
final class EdgesServer implements AutoCloseable {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final DropwizardTestSupport<Configuration> server;

  private EdgesServer(DropwizardTestSupport<Configuration> server) {
    this.server = server;
  }

  /** A server that nobody can try too many wrong tokens on, and that takes one push at a time. */
  static EdgesServer start(Jobs jobs, DatabaseProbe probe, JobsSection.Settings settings)
      throws Exception {
    return start(jobs, probe, settings, Integer.MAX_VALUE);
  }

  /** Whoever tries that many wrong tokens has to wait 90 s; the clock stands still. */
  static EdgesServer start(
      Jobs jobs, DatabaseProbe probe, JobsSection.Settings settings, int failuresAtOnce)
      throws Exception {
    return start(jobs, probe, settings, failuresAtOnce, List.of(), new FakeChangeJournal());
  }

  /** A server with these operations on its admin port. */
  static EdgesServer start(
      Jobs jobs,
      DatabaseProbe probe,
      JobsSection.Settings settings,
      int failuresAtOnce,
      List<Operation> operations,
      ChangeJournal changes)
      throws Exception {
    DropwizardTestSupport<Configuration> server =
        new DropwizardTestSupport<>(
            EdgesOnly.class, ResourceHelpers.resourceFilePath("edges.yml")) {
          @Override
          public Application<Configuration> newApplication() {
            return new EdgesOnly(jobs, probe, settings, failuresAtOnce, operations, changes);
          }
        };
    server.before();
    return new EdgesServer(server);
  }

  /** Sends a request; headers as name, value, name, value. The answer is one that is described. */
  HttpResponse<String> send(String method, String path, String... headers)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = send(server.getLocalPort(), method, path, headers);
    ApiContract.check(ApiContract.Port.APPLICATION, method, path, answer);
    return answer;
  }

  /** Sends a POST with a body; headers as above. */
  HttpResponse<String> post(String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpResponse<String> answer =
        HTTP.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.getLocalPort() + path))
                .timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .headers(headers)
                .build(),
            HttpResponse.BodyHandlers.ofString());
    ApiContract.check(ApiContract.Port.APPLICATION, "POST", path, answer);
    return answer;
  }

  HttpResponse<String> sendAdmin(String method, String path, String... headers)
      throws IOException, InterruptedException {
    return send(server.getAdminPort(), method, path, headers);
  }

  int adminPort() {
    return server.getAdminPort();
  }

  private static HttpResponse<String> send(int port, String method, String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(30))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static Receipt taken(Delivery delivery) {
    int count = delivery.snapshots().size();
    return new Receipt(count, 0, 0, 0, 0, 0, SetAsides.NONE, 0, 0, 0, 0, BigDecimal.ZERO, 0);
  }

  URI baseUrl() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  @Override
  public void close() {
    server.after();
  }

  private static final class EdgesOnly extends Application<Configuration> {

    private final Jobs jobs;
    private final DatabaseProbe probe;
    private final JobsSection.Settings settings;
    private final int failuresAtOnce;
    private final List<Operation> operations;
    private final ChangeJournal changes;

    EdgesOnly(
        Jobs jobs,
        DatabaseProbe probe,
        JobsSection.Settings settings,
        int failuresAtOnce,
        List<Operation> operations,
        ChangeJournal changes) {
      this.operations = operations;
      this.changes = changes;
      this.failuresAtOnce = failuresAtOnce;
      this.jobs = jobs;
      this.probe = probe;
      this.settings = settings;
    }

    @Override
    public void run(Configuration configuration, Environment environment) {
      Tokens tokens =
          new Tokens(
              List.of(
                  token("platform", Right.JOBS, Right.STATUS, Right.INGEST),
                  token("watcher", Right.STATUS),
                  token("reader", Right.ADMIN_READ),
                  token("writer", Right.ADMIN_WRITE)));
      InstantSource stopped = InstantSource.fixed(Instant.EPOCH);
      Gate gate =
          new Gate(
              tokens,
              new Throttle(failuresAtOnce, Duration.ofSeconds(90), 10, stopped),
              environment.metrics());
      Ingest ingest =
          new Ingest(
              EdgesServer::taken,
              new PushPolicies(
                  List::of,
                  new NodePolicy(FirstSnapshot.BASELINE, Instant.EPOCH, 1),
                  source -> Optional.empty()),
              1,
              Duration.ofMillis(100),
              Duration.ofSeconds(10),
              Clock.fixed(Instant.EPOCH, ZoneOffset.UTC),
              environment.metrics());
      DefaultServerFactory connectors = (DefaultServerFactory) configuration.getServerFactory();
      ListenAddress anyPort = new ListenAddress("127.0.0.1", 0);
      new ListenSettings(anyPort, anyPort).applyTo(connectors);
      HttpEdges.register(
          environment,
          connectors,
          gate,
          settings,
          "r/app:v1",
          jobs,
          ingest,
          probe,
          new OperationServlet(
              new Operations(operations), changes, stopped, environment.getObjectMapper()),
          null,
          Denials.NONE);
    }

    private static Token token(String name, Right... rights) {
      return Token.of(name + "-token", new Caller(name, Set.of(rights)));
    }
  }
}
