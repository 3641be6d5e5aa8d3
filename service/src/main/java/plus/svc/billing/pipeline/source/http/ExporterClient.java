package plus.svc.billing.pipeline.source.http;

import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.routing.RoutingSupport;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceId;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.pipeline.source.page.WindowDecoder;
import plus.svc.billing.pipeline.source.page.WindowFetcher;
import plus.svc.billing.pipeline.source.page.WindowPage;
import plus.svc.billing.pipeline.source.page.WindowQuery;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.platform.StageWatch;
import plus.svc.billing.platform.StageWatch.Stage;

/**
 * Asks exporters over HTTP. Connections are kept a source; its trust and credential are followed, a
 * request uses the newest that are fit for use.
 */
public final class ExporterClient implements WindowFetcher, AutoCloseable {

  private final WindowDecoder decoder;
  private final SecretRefs secrets;
  private final StageWatch watch;
  private final ScheduledThreadPoolExecutor timer;
  private final Map<SourceId, Channel> channels = new ConcurrentHashMap<>();
  private final Map<SourceId, UnderWay> underWay = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** A client that nobody watches. */
  public ExporterClient(WindowDecoder decoder, SecretRefs secrets) {
    this(decoder, secrets, StageWatch.NONE);
  }

  /** Makes a client; close it to end its requests and connections. */
  public ExporterClient(WindowDecoder decoder, SecretRefs secrets, StageWatch watch) {
    this.watch = watch;
    this.decoder = decoder;
    this.secrets = secrets;
    this.timer =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "exporter-deadline");
              thread.setDaemon(true);
              return thread;
            },
            // A request that meets the closing is aborted right after it asked for its deadline.
            new ThreadPoolExecutor.DiscardPolicy());
    timer.setRemoveOnCancelPolicy(true);
  }

  @Override
  public WindowPage fetchWindow(SourceSpec source, WindowQuery query) throws SourceFailure {
    return fetch(
        source,
        WindowUrl.of(source.baseUrl(), query),
        response -> PageResponse.window(response, decoder));
  }

  @Override
  public WindowPage fetchLatest(SourceSpec source) throws SourceFailure {
    return fetch(
        source,
        WindowUrl.latest(source.baseUrl()),
        response -> PageResponse.latest(response, decoder));
  }

  /** Reads an answer. */
  @FunctionalInterface
  private interface Reading {
    WindowPage read(ClassicHttpResponse response) throws IOException, SourceFailure;
  }

  private WindowPage fetch(SourceSpec source, URI url, Reading reading) throws SourceFailure {
    StageWatch.Running fetching = watch.begin(Stage.FETCH);
    try {
      return fetchNow(source, url, reading);
    } finally {
      fetching.close();
    }
  }

  private WindowPage fetchNow(SourceSpec source, URI url, Reading reading) throws SourceFailure {
    Channel channel = channel(source);
    HttpGet request = new HttpGet(url);
    request.setHeader(HttpHeaders.ACCEPT, "application/json");
    request.setHeader(HttpHeaders.ACCEPT_ENCODING, "gzip");
    CloseableHttpClient http = channel.authorized(request);
    UnderWay turn = UnderWay.start(request, source.requestTimeout(), timer);
    underWay.put(source.id(), turn);
    try (turn) {
      if (closed) {
        turn.abort();
      }
      return exchange(channel, http, request, turn, reading);
    } finally {
      underWay.remove(source.id(), turn);
    }
  }

  @Override
  public void abort(SourceId source) {
    UnderWay turn = underWay.get(source);
    if (turn != null) {
      turn.abort();
    }
  }

  /**
   * Sources that go on with an old credential or old trust, each with the reason why what its
   * references name now is not used; holds no secret.
   */
  public Map<SourceId, String> credentialAlarms() {
    Map<SourceId, String> alarms = new HashMap<>();
    channels.forEach(
        (source, channel) -> {
          String alarm = channel.alarm();
          if (alarm != null) {
            alarms.put(source, alarm);
          }
        });
    return alarms;
  }

  /**
   * When the certificates end that are in use for a source: {@code client} is ours, {@code trust}
   * the last of the pinned authorities, {@code server} its own.
   */
  public Map<String, Instant> certificateExpiries(SourceId source) {
    Channel channel = channels.get(source);
    return channel == null ? Map.of() : channel.expiries();
  }

  /** Forgets the connections, credentials and alarms of all other sources. */
  public void retain(Set<SourceId> sources) {
    channels
        .entrySet()
        .removeIf(
            known -> {
              boolean gone = !sources.contains(known.getKey());
              if (gone) {
                known.getValue().close();
              }
              return gone;
            });
  }

  /** Ends all requests at once; later ones fail. */
  @Override
  public void close() {
    closed = true;
    underWay.values().forEach(UnderWay::abort);
    channels.values().forEach(Channel::close);
    timer.shutdownNow();
  }

  private WindowPage exchange(
      Channel channel, CloseableHttpClient http, HttpGet request, UnderWay turn, Reading reading)
      throws SourceFailure {
    HttpClientContext context = HttpClientContext.create();
    try (ClassicHttpResponse response =
        http.executeOpen(RoutingSupport.determineHost(request), request, context)) {
      channel.noteServer(context.getSSLSession());
      StageWatch.Running decoding = watch.begin(Stage.DECODE);
      boolean whole = false;
      try {
        WindowPage page = reading.read(response);
        whole = true;
        return page;
      } finally {
        decoding.close();
        if (!whole) {
          // Else closing the response would read the rest of it.
          request.cancel();
        }
      }
    } catch (IOException | HttpException | IllegalStateException e) {
      turn.checkNotEnded();
      throw Failures.of(e, channel.source());
    }
  }

  private Channel channel(SourceSpec source) {
    Channel known = channels.get(source.id());
    if (known != null && known.serves(source)) {
      return known;
    }
    Channel fresh = new Channel(source, secrets);
    Channel old = channels.put(source.id(), fresh);
    if (old != null) {
      old.close();
    }
    return fresh;
  }
}
