package plus.svc.billing.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import plus.svc.billing.pipeline.snapshot.SeriesKey;

/**
 * All exporters of a run in a process of their own, so that neither their heap nor their processor
 * time is the service's. Stateless: {@code /<busy until>/<busy every>/<node>} before the path says
 * how the counters of a node run, the window which minutes of it are told.
 */
public final class ExportersMain {

  private static final int THREADS = 4;
  private static final int PIECE = 1 << 16;

  private final Workload workload;
  private final Map<Integer, byte[][]> samples = new HashMap<>();

  private ExportersMain(Workload workload) {
    this.workload = workload;
    for (int node = 0; node < workload.nodes(); node++) {
      List<SeriesKey> series = workload.series(node);
      byte[][] heads = new byte[series.size()][];
      for (int i = 0; i < heads.length; i++) {
        heads[i] =
            bytes(
                (i == 0 ? "" : ",")
                    + "{\"uuid\":\""
                    + series.get(i).identifier()
                    + "\",\"email\":\"\",\"inbound_tag\":\""
                    + series.get(i).inboundTag()
                    + "\",\"uplink_bytes_total\":");
      }
      samples.put(node, heads);
    }
  }

  /**
   * Serves until its standard input ends.
   *
   * @param args nodes, accounts a node, the first minute's seconds since 1970
   */
  public static void main(String[] args) throws IOException {
    ExportersMain exporters =
        new ExportersMain(
            new Workload(
                Integer.parseInt(args[0]),
                Integer.parseInt(args[1]),
                Instant.ofEpochSecond(Long.parseLong(args[2]))));
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exporters::answer);
    server.setExecutor(Executors.newFixedThreadPool(THREADS));
    server.start();
    System.out.println(server.getAddress().getPort());
    System.in.transferTo(OutputStream.nullOutputStream());
    System.exit(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      URI uri = exchange.getRequestURI();
      String[] path = uri.getPath().split("/", -1);
      Map<String, String> query = query(uri);
      byte[] body =
          page(
              Integer.parseInt(path[1]),
              Integer.parseInt(path[2]),
              Integer.parseInt(path[3]),
              query);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, body.length);
      OutputStream out = exchange.getResponseBody();
      // In pieces: the server keeps a buffer of the largest one for each connection.
      for (int at = 0; at < body.length; at += PIECE) {
        out.write(body, at, Math.min(PIECE, body.length - at));
      }
    }
  }

  private byte[] page(int busyUntil, int busyEvery, int node, Map<String, String> query)
      throws IOException {
    String cursor = query.getOrDefault("cursor", "");
    int first =
        cursor.isEmpty()
            ? Math.max(0, minute(Instant.parse(query.getOrDefault("since", ""))))
            : minute(Instant.parse(cursor)) + 1;
    int last = minute(Instant.parse(query.getOrDefault("until", "")));
    int end = Math.min(last, first + Integer.parseInt(query.getOrDefault("limit", "1")) - 1);
    String who =
        "\"node_id\":\"" + workload.node(node).node() + "\",\"env\":\"" + workload.node(node).env();
    ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 16);
    out.write(bytes("{" + who + "\",\"snapshots\":["));
    for (int minute = first; minute <= end; minute++) {
      String at = workload.at(minute).toString();
      out.write(
          bytes(
              (minute == first ? "" : ",")
                  + "{\"collected_at\":\""
                  + at
                  + "\","
                  + who
                  + "\",\"samples\":["));
      writeSamples(out, node, Math.min(minute, busyUntil) / busyEvery * busyEvery);
      out.write(bytes("]}"));
    }
    boolean more = end < last;
    out.write(bytes("],\"has_more\":" + more));
    out.write(bytes(more ? ",\"next_cursor\":\"" + workload.at(end) + "\"}" : "}"));
    return out.toByteArray();
  }

  private void writeSamples(ByteArrayOutputStream out, int node, int moved) throws IOException {
    byte[][] heads = samples.getOrDefault(node, new byte[0][]);
    byte[] between = bytes(",\"downlink_bytes_total\":");
    for (int i = 0; i < heads.length; i++) {
      out.write(heads[i]);
      out.write(bytes(Long.toString(Workload.uplink(node, i, moved))));
      out.write(between);
      out.write(bytes(Long.toString(Workload.downlink(node, i, moved))));
      out.write('}');
    }
  }

  private int minute(Instant at) {
    return (int) Math.floorDiv(Duration.between(workload.origin(), at).toSeconds(), 60);
  }

  private static Map<String, String> query(URI uri) {
    Map<String, String> values = new HashMap<>();
    for (String pair : uri.getRawQuery().split("&", -1)) {
      int equals = pair.indexOf('=');
      values.put(
          pair.substring(0, equals),
          URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
    }
    return values;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
