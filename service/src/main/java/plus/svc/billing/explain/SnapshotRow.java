package plus.svc.billing.explain;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.snapshot.NodeSnapshot;
import plus.svc.billing.platform.Micros;
import plus.svc.billing.platform.SqlArrays;

/**
 * An archived snapshot with where it came from.
 *
 * @param digest of its content, in hexadecimal digits
 * @param source the source, or {@code push:NAME}
 */
record SnapshotRow(NodeSnapshot snapshot, String digest, String source, Instant receivedAt) {

  Instant at() {
    return Micros.toInstant(snapshot.atMicros());
  }

  /** Maps the columns in the order of {@link ExplainDao}'s statements. */
  static final class Mapper implements RowMapper<SnapshotRow> {
    @Override
    public SnapshotRow map(ResultSet rs, StatementContext ctx) throws SQLException {
      @Nullable OffsetDateTime startedAt = rs.getObject(2, OffsetDateTime.class);
      return new SnapshotRow(
          new NodeSnapshot(
              Micros.of(rs.getObject(1, OffsetDateTime.class).toInstant()),
              startedAt == null ? NodeSnapshot.NEVER : Micros.of(startedAt.toInstant()),
              rs.getLong(3),
              SqlArrays.ints(rs, 4),
              SqlArrays.longs(rs, 5),
              SqlArrays.longs(rs, 6)),
          rs.getString(7),
          rs.getString(8),
          rs.getObject(9, OffsetDateTime.class).toInstant());
    }
  }
}
