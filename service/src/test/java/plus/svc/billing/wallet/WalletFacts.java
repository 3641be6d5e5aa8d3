package plus.svc.billing.wallet;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/**
 * What must be true of every database that the wallet worked on, once nothing waits: each rule is a
 * question that finds its violations by going through everything there is. Shares no statement with
 * the service.
 */
public final class WalletFacts {

  private static final Instant EVER = Instant.parse("1970-01-01T00:00:00Z");
  private static final Instant ALWAYS = Instant.parse("9999-01-01T00:00:00Z");

  /** Entries with the places that the history gives them, and who asked for them. */
  private static final String PLACED =
      """
      WITH placed AS (
          SELECT coalesce(l.sub_account, l.account_uuid) AS account, l.id, l.amount_delta AS amount,
                 coalesce(b.booked_at, l.created_at) AS place, l.entry_type AS kind,
                 coalesce(l.meter, '') AS meter, coalesce(l.units, 0) AS units,
                 CASE WHEN l.appended OR (l.operation_id IS NULL AND l.node_id IS NULL
                                          AND l.entry_type <> 'opening_balance')
                      THEN b.balance_after ELSE l.balance_after END AS balance_after,
                 coalesce(r.caller, 'accounts') AS caller,
                 l.operation_id IS NOT NULL OR b.ledger_id IS NOT NULL AS turns_over
            FROM public.billing_ledger l
            LEFT JOIN billing.bookings b ON b.ledger_id = l.id
            LEFT JOIN billing.requests r ON r.request_id = l.operation_id)
      """;

  private static final Map<String, String> RULES = new LinkedHashMap<>();

  static {
    RULES.put(
        "a main balance is the sum of its ledger rows, exactly and as readers see it",
        """
        SELECT q.account_uuid || ': exact ' || q.exact_balance || ', shown ' || q.current_balance
               || ', ledger ' || coalesce(l.sum, 0)
          FROM public.account_quota_states q
          LEFT JOIN (SELECT account_uuid, sum(amount_delta) AS sum
                       FROM public.billing_ledger WHERE sub_account IS NULL
                      GROUP BY account_uuid) l USING (account_uuid)
         WHERE q.exact_balance IS DISTINCT FROM coalesce(l.sum, 0)
            OR q.current_balance <> q.exact_balance
        """);
    RULES.put(
        "a further balance is the sum of its ledger rows",
        """
        SELECT a.account_id || ': ' || a.balance || ', ledger ' || coalesce(l.sum, 0)
          FROM billing.accounts a
          LEFT JOIN (SELECT sub_account, sum(amount_delta) AS sum
                       FROM public.billing_ledger GROUP BY sub_account) l
            ON l.sub_account = a.account_id
         WHERE a.account_id <> a.owner_uuid AND a.balance <> coalesce(l.sum, 0)
        """);
    RULES.put("nothing waits", "SELECT ledger_id::text FROM billing.foreign_entries");
    RULES.put(
        "what is held is the sum of the active holds",
        """
        WITH kept AS (
            SELECT account_uuid AS account, held, open_holds FROM public.account_quota_states
             UNION ALL
            SELECT account_id, held, open_holds FROM billing.accounts
             WHERE account_id <> owner_uuid)
        SELECT kept.account || ': held ' || kept.held || ' by ' || kept.open_holds || ', holds '
               || coalesce(sum(h.amount), 0) || ' by ' || count(h.hold_id)
          FROM kept
          LEFT JOIN billing.holds h ON h.account_id = kept.account AND h.state = 'active'
         GROUP BY kept.account, kept.held, kept.open_holds
        HAVING kept.held <> coalesce(sum(h.amount), 0) OR kept.open_holds <> count(h.hold_id)
        """);
    RULES.put(
        "a quota is the uses of its month, and what holds keep of it",
        """
        WITH uses AS (
            SELECT l.account_uuid, l.meter,
                   date_trunc('month', coalesce(c.bucket_start, l.bucket_start), 'UTC')
                     AS period_start,
                   sum(l.units) FILTER (WHERE l.entry_type = 'usage_free') AS used,
                   sum(l.units) FILTER (WHERE l.entry_type = 'usage_charge') AS charged
              FROM public.billing_ledger l
              LEFT JOIN public.billing_ledger c ON c.id = l.corrects
             WHERE l.meter IS NOT NULL GROUP BY 1, 2, 3),
        kept AS (
            SELECT account_id AS account_uuid, meter, period_start, sum(free_units) AS held
              FROM billing.holds WHERE state = 'active' AND meter IS NOT NULL GROUP BY 1, 2, 3)
        SELECT account_uuid || ' ' || meter || ' ' || period_start || ': ' || coalesce(q.used, -1)
               || '/' || coalesce(q.charged, -1) || '/' || coalesce(q.held, -1) || ', uses '
               || coalesce(u.used, 0) || '/' || coalesce(u.charged, 0) || '/'
               || coalesce(k.held, 0)
          FROM (SELECT * FROM billing.past_quotas WHERE meter <> 'traffic') q
          FULL JOIN uses u USING (account_uuid, meter, period_start)
          FULL JOIN kept k USING (account_uuid, meter, period_start)
         WHERE q.used IS DISTINCT FROM coalesce(u.used, 0)
            OR q.charged IS DISTINCT FROM coalesce(u.charged, 0)
            OR q.held IS DISTINCT FROM coalesce(k.held, 0)
        """);
    RULES.put(
        "no more units were free than are granted",
        """
        SELECT account_uuid || ' ' || meter || ': ' || used || ' and ' || held || ' of ' || granted
          FROM billing.past_quotas
         WHERE meter <> 'traffic' AND (used + held > granted OR used < 0 OR charged < 0)
        """);
    RULES.put(
        "turnover is the sum of its entries",
        PLACED
            + """
            , sums AS (
                SELECT account AS account_id,
                       date_bin('15 minutes', place, '2000-01-01Z') AS quarter, kind, meter,
                       caller, count(*) AS entries, sum(units) AS units,
                       coalesce(sum(amount) FILTER (WHERE amount > 0), 0) AS credit,
                       -coalesce(sum(amount) FILTER (WHERE amount < 0), 0) AS debit
                  FROM placed WHERE turns_over
                 GROUP BY 1, 2, 3, 4, 5)
            SELECT account_id || ' ' || quarter || ' ' || kind || ': ' || coalesce(t.entries, 0)
                   || ' for ' || coalesce(s.entries, 0)
              FROM billing.turnover t
              FULL JOIN sums s USING (account_id, quarter, kind, meter, caller)
             WHERE t.entries IS DISTINCT FROM s.entries OR t.units IS DISTINCT FROM s.units
                OR t.credit IS DISTINCT FROM s.credit OR t.debit IS DISTINCT FROM s.debit
            """);
    RULES.put(
        "every balance in a history is the sum so far, and every place is one entry's",
        PLACED
            + """
            SELECT account || ' at ' || place || ': ' || coalesce(balance_after::text, 'nothing')
                   || ' for ' || so_far
              FROM (SELECT *, sum(amount) OVER history AS so_far,
                           lag(place) OVER history AS before
                      FROM placed WINDOW history AS (PARTITION BY account ORDER BY place, id)) h
             WHERE balance_after IS DISTINCT FROM so_far OR place = before
            """);
    RULES.put(
        "every request has its operation",
        """
        SELECT request_id::text FROM billing.requests r
         WHERE NOT EXISTS (SELECT FROM billing.operations o WHERE o.request_id = r.request_id)
        """);
    RULES.put(
        "every entry of an operation has its request, which was applied",
        """
        SELECT l.id::text
          FROM public.billing_ledger l
          LEFT JOIN billing.operations o ON o.request_id = l.operation_id
         WHERE l.operation_id IS NOT NULL AND o.status IS DISTINCT FROM 'applied'
        """);
    RULES.put(
        "an answer names the entries there are",
        """
        SELECT o.request_id || ': ' || coalesce(a.ids, '{}')::text || ' for '
               || coalesce(l.ids, '{}')::text
          FROM billing.operations o
          LEFT JOIN LATERAL (
                SELECT array_agg(id::uuid ORDER BY id::uuid) AS ids
                  FROM jsonb_array_elements_text(o.answer::jsonb -> 'entries') AS e (id)) a ON true
          LEFT JOIN LATERAL (
                SELECT array_agg(id ORDER BY id) AS ids
                  FROM public.billing_ledger WHERE operation_id = o.request_id) l ON true
         WHERE a.ids IS DISTINCT FROM l.ids
        """);
    RULES.put(
        "what moves between accounts sums to zero in each unit",
        """
        SELECT l.operation_id || ': ' || sum(l.amount_delta)
          FROM public.billing_ledger l
          JOIN billing.requests r ON r.request_id = l.operation_id AND r.kind = 'group'
          LEFT JOIN billing.accounts a ON a.account_id = l.sub_account
         GROUP BY l.operation_id, coalesce(a.unit, 'CNY')
        HAVING sum(l.amount_delta) <> 0
        """);
    RULES.put(
        "a reversal takes back all that there was",
        """
        SELECT o.request_id || ': ' || sum(l.amount_delta)
          FROM billing.operations o
          JOIN public.billing_ledger l ON l.operation_id IN (o.request_id, o.reverses)
         WHERE o.reverses IS NOT NULL
         GROUP BY o.request_id, coalesce(l.sub_account, l.account_uuid)
        HAVING sum(l.amount_delta) <> 0 OR sum(l.units) <> 0
        """);
    RULES.put(
        "a guarded operation never overdraws",
        """
        SELECT DISTINCT ON (l.operation_id, coalesce(l.sub_account, l.account_uuid))
               l.operation_id || ' left ' || l.balance_after
          FROM public.billing_ledger l
          JOIN billing.requests r ON r.request_id = l.operation_id
           AND r.kind IN ('debit', 'deduct', 'group')
          LEFT JOIN billing.accounts a ON a.account_id = coalesce(l.sub_account, l.account_uuid)
         WHERE l.appended IS NULL
           AND l.balance_after < -coalesce(a.overdraft, 0)
           AND (SELECT sum(g.amount_delta) FROM public.billing_ledger g
                 WHERE g.operation_id = l.operation_id
                   AND coalesce(g.sub_account, g.account_uuid)
                     = coalesce(l.sub_account, l.account_uuid)) < 0
           AND NOT EXISTS (
               SELECT FROM public.billing_ledger later
                WHERE later.operation_id = l.operation_id AND later.created_at > l.created_at
                  AND coalesce(later.sub_account, later.account_uuid)
                    = coalesce(l.sub_account, l.account_uuid))
        """);
  }

  private WalletFacts() {}

  /** Everything that is not as it must be, by rule. */
  public static Map<String, List<String>> violations(Jdbi jdbi) {
    Map<String, List<String>> violations = new LinkedHashMap<>();
    jdbi.useHandle(
        handle ->
            RULES.forEach(
                (rule, sql) -> {
                  List<String> found = handle.createQuery(sql).mapTo(String.class).list();
                  if (!found.isEmpty()) {
                    violations.put(rule, found);
                  }
                }));
    return violations;
  }

  /** Deadlocks that the server broke in this database so far. */
  public static long deadlocks(Jdbi jdbi) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
                .mapTo(long.class)
                .one());
  }

  /** Goes through an account's history by pages, and asks for its balance at instants. */
  static void assertHistory(WalletWorld world, WalletReads reads, UUID account, Random random) {
    List<WalletReads.HistoryEntry> all = new ArrayList<>();
    List<WalletReads.HistoryEntry> page = reads.history(account, EVER, ALWAYS, null, 7);
    while (!page.isEmpty()) {
      all.addAll(page);
      page = reads.history(account, EVER, ALWAYS, page.get(page.size() - 1), 7);
    }
    Set<UUID> ids = new HashSet<>(world.ledgerIds(account));
    assertThat(all.stream().map(WalletReads.HistoryEntry::id))
        .containsExactlyInAnyOrderElementsOf(ids);
    BigDecimal sum = BigDecimal.ZERO;
    for (int i = 0; i < all.size(); i++) {
      WalletReads.HistoryEntry entry = all.get(i);
      sum = sum.add(entry.amount());
      assertThat(entry.balanceAfter()).as("after %s", entry).isEqualByComparingTo(sum);
      if (random.nextInt(4) == 0) {
        assertThat(reads.balanceAt(account, entry.place()).orElseThrow()).isEqualByComparingTo(sum);
        assertThat(reads.balanceAt(account, entry.place().minusNanos(1_000)).orElseThrow())
            .isEqualByComparingTo(sum.subtract(entry.amount()));
      }
    }
    assertThat(reads.balance(account).orElseThrow().balance()).isEqualByComparingTo(sum);
  }
}
