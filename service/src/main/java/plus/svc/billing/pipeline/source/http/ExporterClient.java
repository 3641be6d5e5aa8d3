package plus.svc.billing.pipeline.source.http;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.apache.hc.client5.http.classic.methods.HttpGet;
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

/**
 * Asks exporters over HTTP. Connections are kept a source; trust and certificate are read when its
 * first request is made, or its specification changed.
 */
public final class ExporterClient implements WindowFetcher, AutoCloseable {

  private final WindowDecoder decoder;
  private final SecretRefs secrets;
  private final ScheduledThreadPoolExecutor timer;
  private final Map<SourceId, Channel> channels = new ConcurrentHashMap<>();
  private final Map<SourceId, UnderWay> underWay = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** Makes a client; close it to end its requests and connections. */
  public ExporterClient(WindowDecoder decoder, SecretRefs secrets) {
    this.decoder = decoder;
    this.secrets = secrets;
    this.timer =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "exporter-deadline");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
  }

  @Override
  public WindowPage fetchWindow(SourceSpec source, WindowQuery query) throws SourceFailure {
    Channel channel = channel(source);
    HttpGet request = new HttpGet(WindowUrl.of(source.baseUrl(), query));
    request.setHeader(HttpHeaders.ACCEPT, "application/json");
    request.setHeader(HttpHeaders.ACCEPT_ENCODING, "gzip");
    channel.authorize(request);
    UnderWay turn = UnderWay.start(request, source.requestTimeout(), timer);
    underWay.put(source.id(), turn);
    try (turn) {
      if (closed) {
        turn.abort();
      }
      return exchange(channel, request, turn, source);
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

  /** Ends all requests at once; later ones fail. */
  @Override
  public void close() {
    closed = true;
    underWay.values().forEach(UnderWay::abort);
    channels.values().forEach(Channel::close);
    timer.shutdownNow();
  }

  private WindowPage exchange(Channel channel, HttpGet request, UnderWay turn, SourceSpec source)
      throws SourceFailure {
    try (ClassicHttpResponse response =
        channel
            .http()
            .executeOpen(
                RoutingSupport.determineHost(request), request, HttpClientContext.create())) {
      boolean whole = false;
      try {
        WindowPage page = PageResponse.read(response, decoder);
        whole = true;
        return page;
      } finally {
        if (!whole) {
          // Else closing the response would read the rest of it.
          request.cancel();
        }
      }
    } catch (IOException | HttpException | IllegalStateException e) {
      turn.checkNotEnded();
      throw Failures.of(e, serverName(source));
    }
  }

  private Channel channel(SourceSpec source) throws SourceFailure {
    Channel known = channels.get(source.id());
    if (known != null && known.serves(source)) {
      return known;
    }
    Channel fresh = Channel.open(source, secrets);
    Channel old = channels.put(source.id(), fresh);
    if (old != null) {
      old.close();
    }
    return fresh;
  }

  private static String serverName(SourceSpec source) {
    String name = source.serverName();
    return name == null ? source.baseUrl().getHost() : name;
  }
}
