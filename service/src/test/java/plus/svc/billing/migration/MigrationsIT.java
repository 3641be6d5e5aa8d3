package plus.svc.billing.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.testing.Database;
import plus.svc.billing.testing.PostgresHarness;

/** What the migrations make of an empty database. */
final class MigrationsIT {

  @RegisterExtension static final Database migrated = Database.migrated();

  /** The shared tables as the page that accounts and we agreed on lists them, money as NUMERIC. */
  private static final Map<String, String> SHARED =
      Map.of(
          "traffic_stat_checkpoints",
          """
          node_id text NOT NULL
          account_uuid uuid NOT NULL
          last_uplink_total bigint NOT NULL 0
          last_downlink_total bigint NOT NULL 0
          last_seen_at timestamp with time zone NOT NULL
          xray_revision text NOT NULL ''::text
          reset_epoch bigint NOT NULL 0
          created_at timestamp with time zone NOT NULL now()
          updated_at timestamp with time zone NOT NULL now()
          """,
          "traffic_minute_buckets",
          """
          bucket_start timestamp with time zone NOT NULL
          node_id text NOT NULL
          account_uuid uuid NOT NULL
          region text NOT NULL ''::text
          line_code text NOT NULL ''::text
          uplink_bytes bigint NOT NULL 0
          downlink_bytes bigint NOT NULL 0
          total_bytes bigint NOT NULL 0
          multiplier numeric NOT NULL 1.0
          rating_status text NOT NULL 'pending'::text
          source_revision text NOT NULL ''::text
          created_at timestamp with time zone NOT NULL now()
          updated_at timestamp with time zone NOT NULL now()
          + included_bytes bigint NOT NULL 0
          + charged_bytes bigint NOT NULL 0
          + amount numeric NOT NULL 0
          + revision integer NOT NULL 0
          """,
          "billing_ledger",
          """
          id uuid NOT NULL
          account_uuid uuid NOT NULL
          bucket_start timestamp with time zone NOT NULL
          bucket_end timestamp with time zone NOT NULL
          entry_type text NOT NULL
          rated_bytes bigint NOT NULL 0
          amount_delta numeric NOT NULL 0
          balance_after numeric NOT NULL 0
          pricing_rule_version text NOT NULL ''::text
          created_at timestamp with time zone NOT NULL now()
          + node_id text
          + line_code text
          + corrects uuid
          + operation_id uuid
          + sub_account uuid
          + meter text
          + units bigint
          + appended boolean
          """,
          "account_quota_states",
          """
          account_uuid uuid NOT NULL
          remaining_included_quota bigint NOT NULL 0
          current_balance numeric NOT NULL 0
          arrears boolean NOT NULL false
          arrears_since timestamp with time zone
          throttle_state text NOT NULL 'normal'::text
          suspend_state text NOT NULL 'active'::text
          last_rated_bucket_at timestamp with time zone
          effective_at timestamp with time zone NOT NULL now()
          updated_at timestamp with time zone NOT NULL now()
          period_start timestamp with time zone
          period_end timestamp with time zone
          proxy_access_state text NOT NULL 'active'::text
          + opened_at timestamp with time zone
          + exact_balance numeric
          + shown_remaining bigint
          + shown_period timestamp with time zone
          + rated_at timestamp with time zone
          + arrears_reason text NOT NULL ''::text
          + suspend_reason text NOT NULL ''::text
          + quota_start timestamp with time zone
          + quota_end timestamp with time zone
          + quota_granted bigint
          + quota_used bigint
          + quota_charged bigint
          + quota_included_at timestamp with time zone
          + quota_granted_at timestamp with time zone
          + price_changes integer NOT NULL 0
          + held numeric NOT NULL 0
          + open_holds integer NOT NULL 0
          + last_entry_at timestamp with time zone
          """,
          "account_billing_profiles",
          """
          account_uuid uuid NOT NULL
          package_name text NOT NULL 'default'::text
          included_quota_bytes bigint NOT NULL 0
          base_price_per_byte double precision NOT NULL 0
          region_multiplier double precision NOT NULL 1.0
          line_multiplier double precision NOT NULL 1.0
          peak_multiplier double precision NOT NULL 1.0
          offpeak_multiplier double precision NOT NULL 1.0
          pricing_rule_version text NOT NULL 'pricing-default-v1'::text
          created_at timestamp with time zone NOT NULL now()
          updated_at timestamp with time zone NOT NULL now()
          """,
          "billing_source_sync_state",
          """
          source_id text NOT NULL
          last_completed_until timestamp with time zone
          last_attempted_at timestamp with time zone
          last_succeeded_at timestamp with time zone
          last_error text NOT NULL ''::text
          updated_at timestamp with time zone NOT NULL now()
          + last_cursor text NOT NULL ''::text
          """,
          "account_policy_snapshots",
          """
          account_uuid uuid NOT NULL
          policy_version text NOT NULL
          auth_state text NOT NULL 'active'::text
          rate_profile text NOT NULL 'standard'::text
          conn_profile text NOT NULL 'standard'::text
          eligible_node_groups jsonb NOT NULL '[]'::jsonb
          preferred_strategy text NOT NULL 'ewma'::text
          degrade_mode text NOT NULL 'deny'::text
          expires_at timestamp with time zone NOT NULL
          created_at timestamp with time zone NOT NULL now()
          updated_at timestamp with time zone NOT NULL now()
          """,
          "node_health_snapshots",
          """
          node_id text NOT NULL
          region text NOT NULL ''::text
          line_code text NOT NULL ''::text
          pricing_group text NOT NULL ''::text
          stats_enabled boolean NOT NULL false
          xray_revision text NOT NULL ''::text
          healthy boolean NOT NULL false
          latency_ms integer NOT NULL 0
          error_rate double precision NOT NULL 0
          active_connections integer NOT NULL 0
          health_score double precision NOT NULL 0
          sampled_at timestamp with time zone NOT NULL now()
          """,
          "scheduler_decisions",
          """
          id uuid NOT NULL
          account_uuid uuid
          node_group text NOT NULL ''::text
          strategy text NOT NULL ''::text
          decision text NOT NULL ''::text
          generated_at timestamp with time zone NOT NULL now()
          """);

  @Test
  void anEmptyDatabaseGetsTheSharedTablesWithExactlyTheirColumns() {
    SHARED.forEach(
        (table, columns) ->
            assertThat(columnsOf(migrated.jdbi(), table))
                .as(table)
                .isEqualTo(columns.replace("+ ", "").lines().toList()));
  }

  @Test
  void columnsAddedToSharedTablesAreNullableOrDefaulted() {
    // Otherwise the INSERTs of other services, which don't name them, would fail.
    SHARED.values().stream()
        .flatMap(String::lines)
        .filter(column -> column.startsWith("+ ") && column.contains(" NOT NULL"))
        .forEach(column -> assertThat(column).matches(".* NOT NULL .+"));
  }

  @Test
  void theKeysThatOthersInsertAgainstStand() {
    assertThat(keys(migrated.jdbi()))
        .containsEntry("traffic_stat_checkpoints", "PRIMARY KEY (node_id, account_uuid)")
        .containsEntry(
            "traffic_minute_buckets",
            "PRIMARY KEY (bucket_start, node_id, account_uuid, region, line_code)")
        .containsEntry("billing_ledger", "PRIMARY KEY (id)")
        .containsEntry("account_quota_states", "PRIMARY KEY (account_uuid)")
        .containsEntry("account_billing_profiles", "PRIMARY KEY (account_uuid)")
        .containsEntry("billing_source_sync_state", "PRIMARY KEY (source_id)")
        .containsEntry("users", "PRIMARY KEY (uuid)");
  }

  @Test
  void theReadersIndexesStand() {
    assertThat(indexes(migrated.jdbi()))
        .contains(
            "(account_uuid, bucket_start DESC) on traffic_minute_buckets",
            "(account_uuid, created_at DESC) on billing_ledger");
  }

  @Test
  void everyAccountColumnOfASharedTableFollowsItsUser() {
    assertThat(
            new Query(migrated.jdbi())
                .texts(
                    """
                                SELECT conrelid::regclass::text
                                  FROM pg_constraint
                                 WHERE contype = 'f' AND confrelid = 'public.users'::regclass
                                   AND confdeltype = 'c'
                                """))
        .contains(
            "traffic_stat_checkpoints",
            "traffic_minute_buckets",
            "billing_ledger",
            "account_quota_states",
            "account_billing_profiles");
  }

  @Test
  void migratingAgainChangesNothing() {
    var database = PostgresHarness.shared().emptyDatabase();
    PostgresHarness.migrate(database);
    String schema = Schema.ddl(database.jdbi());
    var record = changeLog(database.jdbi());
    PostgresHarness.migrate(database);
    assertThat(Schema.ddl(database.jdbi())).isEqualTo(schema);
    assertThat(changeLog(database.jdbi())).isEqualTo(record);
    PostgresHarness.shared().drop(database);
  }

  @Test
  void theMigratingRoleIsNoSuperuser() {
    assumeThat(RuntimeRole.canBeMade(migrated.jdbi())).isTrue();
    var database = PostgresHarness.shared().emptyDatabase();
    var owner = new Query(database.jdbi());
    try (var role = RuntimeRole.with(database, "SELECT 1")) {
      owner.run("ALTER DATABASE \"" + database.name() + "\" OWNER TO " + role.name());
      PostgresHarness.migrate(role.seen());
      assertThat(Schema.ddl(database.jdbi())).isEqualTo(Schema.ddl(migrated.jdbi()));
      owner.run("ALTER DATABASE \"" + database.name() + "\" OWNER TO " + database.user());
    }
    PostgresHarness.shared().drop(database);
  }

  static List<String> columnsOf(Jdbi jdbi, String table) {
    return new Query(jdbi)
        .texts(
            """
                    SELECT concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
                                     CASE WHEN a.attnotnull THEN 'NOT NULL' END,
                                     pg_get_expr(d.adbin, d.adrelid))
                      FROM pg_attribute a
                      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                     WHERE a.attrelid = ('public.' || ?)::regclass
                       AND a.attnum > 0 AND NOT a.attisdropped
                     ORDER BY a.attnum
                    """,
            table);
  }

  static Map<String, String> keys(Jdbi jdbi) {
    return new Query(jdbi)
        .map(
            """
                    SELECT conrelid::regclass::text AS name, pg_get_constraintdef(oid) AS key
                      FROM pg_constraint
                     WHERE contype = 'p' AND connamespace = 'public'::regnamespace
                    """);
  }

  /** Indexes of the shared tables, whatever their names. */
  static List<String> indexes(Jdbi jdbi) {
    return new Query(jdbi)
        .texts(
            """
                    SELECT substring(indexdef FROM 'btree (.*)') || ' on ' || tablename
                      FROM pg_indexes
                     WHERE schemaname = 'public'
                    """);
  }

  private static List<Map<String, Object>> changeLog(Jdbi jdbi) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM public.databasechangelog ORDER BY orderexecuted")
                .mapToMap()
                .list());
  }
}
