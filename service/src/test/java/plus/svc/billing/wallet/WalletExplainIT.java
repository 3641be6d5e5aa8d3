package plus.svc.billing.wallet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import plus.svc.billing.admin.BadInput;
import plus.svc.billing.admin.Inputs;
import plus.svc.billing.admin.WhyOperation;
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

  private static AuditReport asked(WhyOperation operation, Map<String, List<String>> inputs) {
    AuditReport report = new AuditReport();
    operation.run(new Inputs(inputs, Instant.EPOCH, "anna"), report);
    return report;
  }

  @Test
  void anOperatorAsksForAnOperationByItsId() {
    WalletAnswer answer = transfer();
    WhyOperation why = new WhyOperation(new Why(world.jdbi, PeakHours.NONE));
    String id = answer.operation().toString();

    AuditReport report = asked(why, Map.of("operation", List.of(id)));

    assertThat(report.verdict).isEqualTo(Verdict.CLEAN);
    assertThat(section(report, "requests"))
        .singleElement()
        .satisfies(row -> assertThat(row).containsEntry("key", "rent-7"));
    assertThat(section(report, "posted_for_them"))
        .extracting(row -> row.get("account"))
        .containsExactlyInAnyOrder(user, other);
    // A ledger row is no operation: who mixes them up is told.
    String row = answer.entries().get(0).toString();
    assertThat(asked(why, Map.of("operation", List.of(row))).summary)
        .containsEntry("problem", "there is no such operation");
    assertThatThrownBy(() -> asked(why, Map.of("operation", List.of(id), "entry", List.of(row))))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("give it alone");
  }

  @Test
  void theBalanceOfAFurtherAccountIsThatOfItsRowsAlone() {
    UUID points = UUID.randomUUID();
    world.ask(
        engine,
        new Command.SetUp(points, user, "POINTS", "", BigDecimal.ZERO, null, WalletWorld.none()));
    world.ask(engine, new Command.Post(points, new BigDecimal("30"), "POINTS", "", true));
    Instant before = world.clock.instant();
    world.clock.pass(Duration.ofSeconds(10));
    world.ask(engine, new Command.Post(points, new BigDecimal("-4"), "POINTS", "", false));
    world.ask(engine, new Command.Reserve(user, new BigDecimal("1"), "CNY", 60));

    AuditReport now = balance(points, world.clock.instant());
    assertThat(now.verdict).isEqualTo(Verdict.CLEAN);
    assertThat(now.summary).containsEntry("owner", user).containsEntry("unit", "POINTS");
    assertThat((BigDecimal) now.summary.get("balance")).isEqualByComparingTo("26");
    assertThat(section(now, "account_now"))
        .singleElement()
        .satisfies(
            row -> {
              assertThat((BigDecimal) row.get("balance")).isEqualByComparingTo("30");
              assertThat((BigDecimal) row.get("posted_by_others_since")).isEqualByComparingTo("-4");
            });
    assertThat((BigDecimal) balance(points, before).summary.get("balance"))
        .isEqualByComparingTo("30");
    assertThat((BigDecimal) balance(user, before).summary.get("balance"))
        .isEqualByComparingTo("10");

    world.jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE billing.accounts SET balance = 29 WHERE account_id = ?", points));
    AuditReport drifted = balance(points, world.clock.instant());
    assertThat(drifted.verdict).isEqualTo(Verdict.FOUND);
    assertThat((BigDecimal) drifted.summary.get("row_differs_by")).isEqualByComparingTo("-1");
    assertThat(balance(UUID.randomUUID(), before).verdict).isEqualTo(Verdict.REFUSED);
  }

  private AuditReport balance(UUID account, Instant at) {
    AuditReport report = new AuditReport();
    new Balance(world.jdbi).at(account, at, world.clock.instant(), report);
    return report;
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
