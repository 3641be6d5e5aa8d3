package plus.svc.billing.wallet;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import plus.svc.billing.api.report.Verdict;
import plus.svc.billing.explain.Balance;
import plus.svc.billing.explain.Why;
import plus.svc.billing.pipeline.AuditReport;
import plus.svc.billing.pipeline.rating.PeakHours;

/** From a ledger row of an operation back to its request, and forward to all it posted. */
final class WalletExplainIT {

  private final WalletWorld world = new WalletWorld();
  private final WalletEngine engine = world.engine();
  private final UUID user = world.userWith(engine, "10");
  private final UUID other = world.userWith(engine, "1");

  @AfterEach
  void close() {
    world.close();
  }

  private WalletAnswer transfer() {
    Command command =
        new Command.Group(
            List.of(
                new Command.Leg(user, new BigDecimal("-4"), "CNY"),
                new Command.Leg(other, new BigDecimal("4"), "CNY")),
            "");
    return WalletWorld.ask(
        engine,
        WalletRequest.of("gateway", "rent-7", "http 10.0.0.1", command, "{\"amount\":\"4\"}"));
  }

  private AuditReport why(UUID id) {
    AuditReport report = new AuditReport();
    new Why(world.jdbi, PeakHours.NONE).entry(id, report);
    return report;
  }

  private static List<Map<String, @Nullable Object>> section(AuditReport report, String name) {
    return report.sections.getOrDefault(name, List.of());
  }

  @Test
  void aLedgerRowLeadsToItsRequestAndToItsSiblings() {
    WalletAnswer answer = transfer();

    AuditReport report = why(answer.entries().get(1));

    assertThat(section(report, "requests")).hasSize(1);
    assertThat(section(report, "requests").get(0))
        .containsEntry("request", answer.operation())
        .containsEntry("caller", "gateway")
        .containsEntry("key", "rent-7")
        .containsEntry("kind", "group")
        .containsEntry("came_by", "http 10.0.0.1")
        .containsEntry("status", "applied")
        .containsEntry("body", "{\"amount\":\"4\"}");
    assertThat(section(report, "posted_for_them"))
        .extracting(row -> row.get("entry"))
        .containsExactlyInAnyOrderElementsOf(answer.entries());
  }

  @Test
  void aRequestLeadsToItsRowsAndToWhatTookThemBack() {
    UUID operation = transfer().operation();
    UUID back = world.ask(engine, new Command.Reverse(operation, "mistake")).operation();

    AuditReport report = why(operation);

    assertThat(section(report, "requests").get(0)).containsEntry("reversed_by", back);
    assertThat(section(report, "posted_for_them")).hasSize(2);
    assertThat(section(why(back), "requests").get(0)).containsEntry("reverses", operation);
    assertThat(section(why(UUID.randomUUID()), "requests")).isEmpty();
  }

  @Test
  void theBalanceOfAnAccountWithOperationsAgreesWithItsRow() {
    transfer();
    world.ask(engine, WalletWorld.append(user, "-1"));
    AuditReport report = new AuditReport();

    new Balance(world.jdbi)
        .at(user, world.clock.instant().plus(Duration.ofSeconds(1)), world.clock.instant(), report);

    assertThat(report.verdict).isEqualTo(Verdict.CLEAN);
    assertThat((BigDecimal) report.summary.get("balance")).isEqualByComparingTo("5");
  }
}
