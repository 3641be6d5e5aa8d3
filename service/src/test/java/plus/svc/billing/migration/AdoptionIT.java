package plus.svc.billing.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import plus.svc.billing.testing.PostgresHarness;
import plus.svc.billing.testing.TestDatabase;

/** What the migrations make of a database that an earlier writer filled. */
final class AdoptionIT {

  private static final List<String> TABLES =
      List.of(
          "users",
          "traffic_stat_checkpoints",
          "traffic_minute_buckets",
          "billing_ledger",
          "account_quota_states",
          "account_billing_profiles",
          "billing_source_sync_state");

  private final List<TestDatabase> made = new ArrayList<>();

  private TestDatabase make(EarlierWriter age) {
    TestDatabase database = age.make();
    made.add(database);
    return database;
  }

  private Jdbi adopted(EarlierWriter age) {
    TestDatabase database = make(age);
    PostgresHarness.migrate(database);
    return database.jdbi();
  }

  @AfterEach
  void dropDatabases() {
    made.forEach(PostgresHarness.shared()::drop);
  }

  @ParameterizedTest
  @EnumSource
  void noValueThatWasThereIsLostOrRewritten(EarlierWriter age) {
    TestDatabase database = make(age);
    Map<String, List<String>> columns = new TreeMap<>();
    TABLES.forEach(table -> columns.put(table, columns(database.jdbi(), table)));
    Map<String, List<List<String>>> before = rows(database.jdbi(), columns);
    PostgresHarness.migrate(database);
    assertThat(before.values()).noneMatch(List::isEmpty);
    assertThat(rows(database.jdbi(), columns)).isEqualTo(before);
  }

  private static Map<String, List<List<String>>> rows(
      Jdbi jdbi, Map<String, List<String>> columns) {
    Map<String, List<List<String>>> rows = new TreeMap<>();
    columns.forEach((table, names) -> rows.put(table, rows(jdbi, table, names)));
    return rows;
  }

  /** The names of a table's columns. */
  private static List<String> columns(Jdbi jdbi, String table) {
    return new Query(jdbi)
        .texts(
            """
                    SELECT column_name
                      FROM information_schema.columns
                     WHERE table_schema = 'public' AND table_name = ?
                     ORDER BY ordinal_position
                    """,
            table);
  }

  /** The rows but for opening entries, as text; decimals in one spelling, minus zero as zero. */
  private static List<List<String>> rows(Jdbi jdbi, String table, List<String> columns) {
    String where = table.equals("billing_ledger") ? " WHERE entry_type <> 'opening_balance'" : "";
    return jdbi.inTransaction(
        handle -> {
          handle.execute("SET LOCAL extra_float_digits = 1");
          return handle
              .select(
                  "SELECT "
                      + String.join(
                          ", ", columns.stream().map(c -> text(handle, table, c)).toList())
                      + " FROM public."
                      + table
                      + where
                      + " ORDER BY 1, 2, 3, 4")
              .map(
                  (rs, ctx) -> {
                    List<String> row = new ArrayList<>();
                    for (int i = 1; i <= columns.size(); i++) {
                      row.add(String.valueOf(rs.getString(i)));
                    }
                    return row;
                  })
              .list();
        });
  }

  private static String text(Handle handle, String table, String column) {
    String type =
        handle
            .select(
                """
                SELECT data_type
                  FROM information_schema.columns
                 WHERE table_schema = 'public' AND table_name = ? AND column_name = ?
                """,
                table,
                column)
            .mapTo(String.class)
            .one();
    return switch (type) {
      case "double precision", "numeric" -> "trim_scale(" + column + "::text::numeric)::text";
      default -> column + "::text";
    };
  }

  @ParameterizedTest
  @EnumSource
  void readersFindTheDoublesThatWereThere(EarlierWriter age) {
    TestDatabase database = make(age);
    String sql =
        """
        SELECT id::text || amount_delta::float8 + 0 || ' ' || balance_after::float8
          FROM public.billing_ledger
         WHERE entry_type <> 'opening_balance'
         ORDER BY id
        """;
    List<String> before = doubles(database.jdbi(), sql);
    PostgresHarness.migrate(database);
    assertThat(doubles(database.jdbi(), sql)).isEqualTo(before).hasSize(8);
  }

  private static List<String> doubles(Jdbi jdbi, String sql) {
    return jdbi.inTransaction(
        handle -> {
          handle.execute("SET LOCAL extra_float_digits = 3");
          return handle.select(sql).mapTo(String.class).list();
        });
  }

  @ParameterizedTest
  @EnumSource
  void moneyBecomesTheShortestDecimalOfItsDouble(EarlierWriter age) {
    Jdbi jdbi = adopted(age);
    assertThat(balances(jdbi))
        .containsEntry("1", "9.700000000000001")
        .containsEntry("2", "-30.000000000000004")
        .containsEntry("4", "0.11000000000000001")
        .containsEntry("5", "-0.00000000000000001");
    assertThat(
            new Query(jdbi)
                .texts(
                    """
                            SELECT multiplier::text
                              FROM public.traffic_minute_buckets
                             WHERE node_id = 'bare-node'
                            """))
        .containsExactly("0.30000000000000004");
  }

  private static Map<String, String> balances(Jdbi jdbi) {
    return new Query(jdbi)
        .map(
            "SELECT left(account_uuid::text, 1) AS a, current_balance::text AS b FROM public.account_quota_states");
  }

  @ParameterizedTest
  @EnumSource
  void everyAccountOpensSoThatItsBalanceIsTheSumOfItsLedger(EarlierWriter age) {
    Jdbi jdbi = adopted(age);
    assertThat(
            new Query(jdbi)
                .texts(
                    """
                            SELECT left(u.uuid::text, 1)
                              FROM public.users u
                              LEFT JOIN public.account_quota_states q ON q.account_uuid = u.uuid
                              LEFT JOIN billing.account_states s ON s.account_uuid = u.uuid
                             WHERE coalesce(q.current_balance, 0) IS DISTINCT FROM
                                   (SELECT coalesce(sum(amount_delta), 0) FROM public.billing_ledger l
                                     WHERE l.account_uuid = u.uuid)
                                OR q.current_balance IS DISTINCT FROM s.balance
                            """))
        .isEmpty();
    assertThat(openings(jdbi)).containsOnlyKeys("1", "2", "4", "5", "6");
    assertThat(openings(jdbi).get("1")).isEqualByComparingTo("5.650000000000001");
    assertThat(openings(jdbi).get("4")).isEqualByComparingTo("0");
    assertThat(openings(jdbi).get("6")).isEqualByComparingTo("-0.000000001");
  }

  private static Map<String, BigDecimal> openings(Jdbi jdbi) {
    Map<String, BigDecimal> openings = new TreeMap<>();
    new Query(jdbi)
        .map(
            """
            SELECT left(account_uuid::text, 1), amount_delta
              FROM public.billing_ledger
             WHERE entry_type = 'opening_balance'
            """)
        .forEach((account, amount) -> openings.put(account, new BigDecimal(amount)));
    return openings;
  }

  @ParameterizedTest
  @EnumSource
  void theSharedTablesEndUpAsOnAnEmptyDatabase(EarlierWriter age) {
    Jdbi jdbi = adopted(age);
    TestDatabase fresh = PostgresHarness.shared().freshDatabase();
    made.add(fresh);
    for (String table : TABLES.subList(1, TABLES.size())) {
      assertThat(MigrationsIT.columnsOf(jdbi, table))
          .as(table)
          .containsExactlyInAnyOrderElementsOf(MigrationsIT.columnsOf(fresh.jdbi(), table));
    }
    assertThat(MigrationsIT.keys(jdbi)).isEqualTo(MigrationsIT.keys(fresh.jdbi()));
    assertThat(MigrationsIT.indexes(jdbi))
        .containsExactlyInAnyOrderElementsOf(MigrationsIT.indexes(fresh.jdbi()));
  }

  @ParameterizedTest
  @EnumSource
  void billingBeginsWhereTheEarlierWriterStopped(EarlierWriter age) {
    Jdbi jdbi = adopted(age);
    assertThat(takeovers(jdbi, "source_id", "billing.takeovers"))
        .containsEntry("jp-exporter", "2026-04-08 10:30:00")
        .containsEntry("us-exporter", "2026-04-08 10:20:00")
        .containsKey("hk-exporter")
        .doesNotContainKey("new-exporter");
    assertThat(takeovers(jdbi, "composed", "billing.node_takeovers"))
        .containsEntry("prod:jp-node", "2026-04-08 10:30:00")
        .containsEntry("prod:us-node", "2026-04-08 10:25:00")
        .containsEntry("bare-node", "2026-04-07 08:00:30");
  }

  @Test
  void aWatermarkInTheFutureBarsNothingThatIsStillToCome() {
    Jdbi jdbi = adopted(EarlierWriter.NEWER);
    assertThat(
            new Query(jdbi).truth("SELECT bool_and(billing_from <= now()) FROM billing.takeovers"))
        .isTrue();
  }

  private static Map<String, String> takeovers(Jdbi jdbi, String name, String table) {
    return new Query(jdbi)
        .map(
            "SELECT "
                + name
                + " AS a, to_char(billing_from AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS b FROM "
                + table);
  }

  @Test
  void moneyThatIsNoNumberStopsTheMigrationBeforeAnythingChanges() {
    TestDatabase database = make(EarlierWriter.OLDER);
    Jdbi jdbi = database.jdbi();
    jdbi.useHandle(
        h ->
            h.execute(
                "UPDATE public.account_quota_states SET current_balance = 'NaN' WHERE account_uuid = ?",
                EarlierWriter.FIVE));
    assertThatThrownBy(() -> PostgresHarness.migrate(database))
        .rootCause()
        .hasMessageContaining("account_quota_states.current_balance of account 55555555")
        .hasMessageContaining("mend these rows");
    assertThat(MigrationsIT.columnsOf(jdbi, "account_quota_states"))
        .contains("current_balance double precision NOT NULL 0");
    jdbi.useHandle(
        h ->
            h.execute(
                "UPDATE public.account_quota_states SET current_balance = 0 WHERE account_uuid = ?",
                EarlierWriter.FIVE));
    PostgresHarness.migrate(database);
    assertThat(openings(jdbi)).containsKey("5");
  }

  @Test
  void aUserWithLedgerRowsCannotBeDeletedAndTheRefusalSaysWhy() {
    Jdbi jdbi = adopted(EarlierWriter.OLDER);
    assertThatThrownBy(() -> delete(jdbi, EarlierWriter.ONE))
        .rootCause()
        .hasMessageContaining("nor can a user who has ledger rows")
        .hasMessageContaining(EarlierWriter.ONE.toString())
        .hasMessageContaining("deactivate the user");
    assertThat(new AccountsReader(jdbi).usage(EarlierWriter.ONE).totalBytes()).isEqualTo(3);
    delete(jdbi, EarlierWriter.THREE);
    assertThatThrownBy(() -> jdbi.useHandle(h -> h.execute("TRUNCATE public.users CASCADE")))
        .hasMessageContaining("append-only");
  }

  private static void delete(Jdbi jdbi, UUID user) {
    jdbi.useHandle(h -> h.execute("DELETE FROM public.users WHERE uuid = ?", user));
  }

  @ParameterizedTest
  @EnumSource
  void emptyStatesStayEmptyAndReadersReadOn(EarlierWriter age) {
    AccountsReader reader = new AccountsReader(adopted(age));
    AccountsReader.Quota four = reader.quota(EarlierWriter.FOUR);
    assertThat(four.throttleState()).isEmpty();
    assertThat(four.suspendState()).isEmpty();
    assertThat(four.balance()).isEqualTo(0.11000000000000001);
    assertThat(reader.quota(EarlierWriter.FIVE).balance()).isEqualTo(-1e-17);
    assertThat(reader.multipliers()).contains(1.1, 0.30000000000000004);
    assertThat(reader.latest(EarlierWriter.ONE, 20))
        .extracting(AccountsReader.Entry::amount)
        .contains(-0.1, -0.2, 0.0, 4.35);
    assertThat(reader.collector().checkpoints()).isEqualTo(4);
  }
}
