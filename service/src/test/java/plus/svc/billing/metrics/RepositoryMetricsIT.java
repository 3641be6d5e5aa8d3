package plus.svc.billing.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.extension.Extensions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.testing.Database;
import plus.svc.billing.wallet.ServicePrices;
import plus.svc.billing.wallet.WalletPolicy;
import plus.svc.billing.wallet.WalletReads;

/** F9 and F10 of the wallet's repositories, on a real database. */
class RepositoryMetricsIT {

  @RegisterExtension static final Database database = Database.migrated();

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Jdbi jdbi =
      database
          .jdbi()
          .configure(
              Extensions.class,
              all -> all.registerHandlerCustomizer(new RepositoryMetrics(registry)));
  private final WalletReads reads =
      new WalletReads(
          jdbi,
          new WalletPolicy("CNY", ZoneOffset.UTC),
          () -> new ServicePrices(List.of()),
          Clock.systemUTC());

  /** What has moved, by method and outcome. */
  private Map<String, Double> calls() {
    Map<String, Double> calls = new TreeMap<>();
    registry
        .scrape(name -> name.equals("billing_repository_calls"))
        .forEach(
            metric ->
                ((CounterSnapshot) metric)
                    .getDataPoints()
                    .forEach(
                        point -> {
                          Labels labels = point.getLabels();
                          if (point.getValue() > 0) {
                            calls.put(
                                labels.get("repository")
                                    + "."
                                    + labels.get("method")
                                    + " "
                                    + labels.get("outcome"),
                                point.getValue());
                          }
                        }));
    return calls;
  }

  private SummarySnapshot.SummaryDataPointSnapshot duration(String method) {
    SummarySnapshot durations =
        (SummarySnapshot)
            registry.scrape(name -> name.equals("billing_repository_call_duration_seconds")).get(0);
    return durations.getDataPoints().stream()
        .filter(point -> method.equals(point.getLabels().get("method")))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void f9EachCallOfARepositoryMovesItsCountersByOneAndNoOther() {
    reads.recordCount(UUID.randomUUID());
    for (int i = 0; i < 7; i++) {
      assertThat(reads.operation(UUID.randomUUID())).isEmpty();
    }
    assertThat(calls())
        .isEqualTo(Map.of("WalletReadDao.recordCount ok", 1.0, "WalletReadDao.told ok", 7.0));
    assertThat(duration("told").getCount()).isEqualTo(7);
    assertThat(duration("told").getSum() / 7).isBetween(1e-6, 5.0);
    assertThat(duration("history").getCount()).as("there before it is first called").isZero();

    jdbi.useHandle(handle -> handle.execute("ALTER TABLE billing.requests RENAME TO hidden"));
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> reads.operation(UUID.randomUUID()))
          .isInstanceOf(JdbiException.class);
    }
    jdbi.useHandle(handle -> handle.execute("ALTER TABLE billing.hidden RENAME TO requests"));
    assertThat(calls())
        .containsEntry("WalletReadDao.told ok", 7.0)
        .containsEntry("WalletReadDao.told failed", 3.0)
        .hasSize(3);
    assertThat(duration("told").getCount()).isEqualTo(10);
  }

  /** A name that is no table's would be left out without a word. */
  @Test
  void f10EveryRepositoryThatIsToldOfIsThereAndItsRecordsAreEstimatedNotCounted() {
    jdbi.useHandle(
        handle -> {
          handle.execute(
              """
              INSERT INTO billing.refusals (caller, source, kind, idempotency_key, reason, body)
              SELECT 'c', 's', 'Debit', 'k' || i, 'r', '{}' FROM generate_series(1, 250) AS i
              """);
          handle.execute("ANALYZE billing.refusals");
        });
    Map<String, Long> records = reads.estimates(WalletMetrics.REPOSITORIES);
    assertThat(records.keySet()).containsExactlyInAnyOrderElementsOf(WalletMetrics.REPOSITORIES);
    assertThat(records).containsEntry("billing.refusals", 250L);
    assertThat(WalletMetrics.REPOSITORIES)
        .contains(
            "billing.requests",
            "billing.operations",
            "public.billing_ledger",
            "billing.holds",
            "billing.recharge_orders",
            "billing.notices",
            "billing.notice_deliveries",
            "billing.turnover");
    int[] asked = new int[1];
    WalletMetrics metrics = new WalletMetrics(registry);
    metrics.records(() -> records);
    Map<String, Double> before = calls();
    for (int i = 0; i < 5; i++) {
      asked[0] += registry.scrape(name -> name.equals("billing_records")).size();
    }
    assertThat(asked[0]).isEqualTo(5);
    assertThat(calls()).as("a scrape asks no repository").isEqualTo(before);
  }
}
