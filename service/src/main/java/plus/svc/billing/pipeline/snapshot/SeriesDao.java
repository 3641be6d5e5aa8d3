package plus.svc.billing.pipeline.snapshot;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** Statements on the series of a node and on who owns an identifier. */
interface SeriesDao {

  @SqlQuery(
      """
      SELECT node_key, identifier, inbound_tag, account_uuid
        FROM billing.series
       WHERE node_key = ANY(:nodes)
       ORDER BY node_key, ordinal
      """)
  @RegisterRowMapper(SeriesMapper.class)
  List<SeriesDictionary.SeriesRow> seriesOf(@Bind("nodes") Integer[] nodeKeys);

  @SqlUpdate(
      """
      INSERT INTO billing.series (node_key, ordinal, identifier, inbound_tag, account_uuid)
      SELECT :node, ordinal, identifier, inbound_tag, account_uuid
        FROM unnest(:ordinals, :identifiers, :inbounds, :accounts)
          AS s (ordinal, identifier, inbound_tag, account_uuid)
      """)
  void insert(
      @Bind("node") int nodeKey,
      @Bind("ordinals") Integer[] ordinals,
      @Bind("identifiers") UUID[] identifiers,
      @Bind("inbounds") String[] inbounds,
      @Bind("accounts") UUID[] accounts);

  @SqlUpdate(
      """
      UPDATE billing.series
         SET account_uuid = :account
       WHERE node_key = :node AND ordinal = :ordinal AND account_uuid IS NULL
      """)
  void attribute(
      @Bind("node") int nodeKey, @Bind("ordinal") int ordinal, @Bind("account") UUID account);

  @SqlQuery("SELECT account_uuid FROM billing.identities WHERE account_uuid = ANY(:ids)")
  List<UUID> byAccountUuid(@Bind("ids") UUID[] identifiers);

  @SqlQuery(
      """
      SELECT proxy_uuid, min(account_uuid::text)::uuid AS account_uuid
        FROM billing.identities
       WHERE proxy_uuid = ANY(:ids)
       GROUP BY proxy_uuid
      HAVING count(*) = 1
      """)
  @RegisterRowMapper(OwnerMapper.class)
  List<Owner> byProxyUuid(@Bind("ids") UUID[] identifiers);

  /** Who owns an identifier. */
  record Owner(UUID identifier, UUID account) {}

  /** Maps a series row. */
  final class SeriesMapper implements RowMapper<SeriesDictionary.SeriesRow> {
    @Override
    public SeriesDictionary.SeriesRow map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new SeriesDictionary.SeriesRow(
          rs.getInt(1), rs.getObject(2, UUID.class), rs.getString(3), rs.getObject(4, UUID.class));
    }
  }

  /** Maps an owner. */
  final class OwnerMapper implements RowMapper<Owner> {
    @Override
    public Owner map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new Owner(rs.getObject(1, UUID.class), rs.getObject(2, UUID.class));
    }
  }
}
