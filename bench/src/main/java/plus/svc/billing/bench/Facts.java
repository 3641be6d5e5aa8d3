package plus.svc.billing.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;

/**
 * The rows that the service wrote, read back in the order they lie in, ready to be sent again as
 * they are: COPY BINARY of them into the same tables with their keys is the floor.
 */
final class Facts {

  private static final byte[] HEADER = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
  };
  private static final byte[] TRAILER = {(byte) 0xFF, (byte) 0xFF};
  private static final List<String> TABLES = List.of("traffic_minute_buckets", "billing_ledger");

  private final List<List<Batch>> streams = new ArrayList<>();

  @SuppressWarnings("ArrayRecordComponent") // megabytes that nobody compares
  private record Batch(String table, String columns, byte[] rows) {}

  /**
   * Reads the facts of an origin on.
   *
   * @param since condition on the rows of both tables
   * @param nodesOf the composed node ids of each stream
   * @param rowsPerBatch rows of each table in one transaction
   */
  static Facts read(Database database, String since, List<List<String>> nodesOf, int rowsPerBatch)
      throws SQLException, IOException {
    Facts facts = new Facts();
    for (List<String> nodes : nodesOf) {
      List<Batch> batches = new ArrayList<>();
      for (String table : TABLES) {
        batches.addAll(batches(database, table, since, nodes, rowsPerBatch));
      }
      facts.streams.add(batches);
    }
    return facts;
  }

  private static List<Batch> batches(
      Database database, String table, String since, List<String> nodes, int rowsPerBatch)
      throws SQLException, IOException {
    String columns =
        String.join(
            ", ",
            database.strings(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public'"
                    + " AND table_name = '"
                    + table
                    + "' ORDER BY ordinal_position"));
    String in = nodes.stream().map(n -> "'" + n + "'").collect(Collectors.joining(", "));
    String copy =
        "COPY (SELECT "
            + columns
            + " FROM public."
            + table
            + " WHERE "
            + since
            + " AND node_id IN ("
            + in
            + ") ORDER BY ctid) TO STDOUT (FORMAT binary)";
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Connection connection = database.connect()) {
      new CopyManager(connection.unwrap(org.postgresql.core.BaseConnection.class))
          .copyOut(copy, out);
    }
    List<Batch> batches = new ArrayList<>();
    for (byte[] rows : split(out.toByteArray(), rowsPerBatch)) {
      batches.add(new Batch(table, columns, rows));
    }
    return batches;
  }

  /** Cuts COPY's binary format between rows. */
  private static List<byte[]> split(byte[] bytes, int rowsPerBatch) {
    ByteBuffer all = ByteBuffer.wrap(bytes);
    List<byte[]> batches = new ArrayList<>();
    int begin = HEADER.length;
    int rows = 0;
    all.position(begin);
    while (true) {
      int at = all.position();
      int fields = all.getShort();
      if (fields < 0 || rows == rowsPerBatch) {
        if (rows > 0) {
          byte[] batch = new byte[HEADER.length + at - begin + TRAILER.length];
          System.arraycopy(HEADER, 0, batch, 0, HEADER.length);
          System.arraycopy(bytes, begin, batch, HEADER.length, at - begin);
          System.arraycopy(TRAILER, 0, batch, batch.length - TRAILER.length, TRAILER.length);
          batches.add(batch);
        }
        if (fields < 0) {
          return batches;
        }
        begin = at;
        rows = 0;
      }
      rows++;
      for (int field = 0; field < fields; field++) {
        int length = all.getInt();
        all.position(all.position() + Math.max(0, length));
      }
    }
  }

  /** Sends all of them, one transaction a batch of both tables. */
  Cost copyInto(Database database, Streams runner, long samples)
      throws InterruptedException, SQLException {
    List<Connection> connections = new ArrayList<>();
    try {
      for (int stream = 0; stream < streams.size(); stream++) {
        connections.add(database.connect());
      }
      return runner.run(
          streams.size(), samples, stream -> send(connections.get(stream), streams.get(stream)));
    } finally {
      for (Connection connection : connections) {
        connection.close();
      }
    }
  }

  private static void send(Connection connection, List<Batch> batches) throws SQLException {
    connection.setAutoCommit(false);
    int half = batches.size() / 2;
    for (int i = 0; i < half; i++) {
      copy(connection, batches.get(i));
      copy(connection, batches.get(half + i));
      connection.commit();
    }
  }

  private static void copy(Connection connection, Batch batch) throws SQLException {
    CopyIn copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn(
                "COPY public."
                    + batch.table()
                    + " ("
                    + batch.columns()
                    + ") FROM STDIN (FORMAT binary)");
    for (int at = 0; at < batch.rows().length; at += 1 << 16) {
      copy.writeToCopy(batch.rows(), at, Math.min(1 << 16, batch.rows().length - at));
    }
    copy.endCopy();
  }
}
