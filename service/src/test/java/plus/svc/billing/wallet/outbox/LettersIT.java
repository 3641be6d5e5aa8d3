package plus.svc.billing.wallet.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static plus.svc.billing.wallet.outbox.OutboxWorld.QUICK;
import static plus.svc.billing.wallet.outbox.OutboxWorld.target;

import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.admin.BadInput;
import plus.svc.billing.admin.Inputs;
import plus.svc.billing.admin.NotificationsOperation;
import plus.svc.billing.admin.NotificationsReplayOperation;
import plus.svc.billing.admin.Operation;
import plus.svc.billing.api.report.Verdict;
import plus.svc.billing.repair.RecordedReport;
import plus.svc.billing.testing.Database;
import plus.svc.billing.testing.Eventually;

/** What operators see of dead letters, and how these come back. */
@Timeout(120)
class LettersIT {

  private static final RetryPolicy ONCE =
      new RetryPolicy(Duration.ofMillis(5), Duration.ofMillis(5), 1, Duration.ofHours(24));

  @RegisterExtension static final Database database = Database.migrated();

  private final Jdbi jdbi = database.jdbi();
  private final OutboxWorld world = new OutboxWorld(jdbi);

  @AfterEach
  void stop() throws Exception {
    world.stop();
    jdbi.useHandle(handle -> handle.execute("DELETE FROM billing.notice_deliveries"));
  }

  private static RecordedReport ask(Operation operation, String... inputs) {
    Map<String, List<String>> given = new HashMap<>();
    Arrays.stream(inputs)
        .map(input -> input.split("=", 2))
        .forEach(pair -> given.put(pair[0], List.of(pair[1])));
    RecordedReport report = new RecordedReport();
    operation.run(new Inputs(given, OutboxWorld.AT, "anna"), report);
    return report;
  }

  @Test
  void deadLettersAreListedPutBackAndSentBeforeWhatWaits() throws Exception {
    UUID account = UUID.randomUUID();
    UUID decoy = UUID.randomUUID();
    try (Receiver receiver = Receiver.plain(got -> 500)) {
      WebhookTarget hook = target("mended", receiver.uri());
      world.add(account, 2, hook);
      world.add(decoy, 1, hook);
      world.start(ONCE, hook);
      Eventually.holds(() -> assertThat(world.count("mended", "dead")).isEqualTo(3));
      world.stop();
      world.add(account, 1, hook);

      Letters letters = new Letters(jdbi, List.of(hook, target("silent", receiver.uri())));
      RecordedReport list = ask(new NotificationsOperation(letters), "account=" + account);
      assertThat(list.verdict()).isEqualTo(Verdict.FOUND);
      assertThat(list.column("deliveries", "error")).containsExactly("status", "status");
      assertThat(list.column("deliveries", "data")).contains("{\"n\": \"1\"}");
      assertThat(list.column("targets", "target")).containsExactly("mended", "silent");
      assertThat(list.total("dead")).isEqualTo(3L);
      assertThat(ask(new NotificationsOperation(letters), "state=waiting").rows("deliveries"))
          .hasSize(1);

      Operation replay = new NotificationsReplayOperation(letters);
      RecordedReport told = ask(replay, "account=" + account, "target=mended");
      assertThat(told.total("dead_letters")).isEqualTo(2L);
      assertThat(told.verdict()).isEqualTo(Verdict.FOUND);
      assertThat(world.count("mended", "dead")).isEqualTo(3);
      RecordedReport done = ask(replay, "account=" + account, "apply=true", "reason=mended");
      assertThat(done.total("dead_letters")).isEqualTo(2L);
      assertThat(done.verdict()).isEqualTo(Verdict.CLEAN);
      assertThat(world.count("mended", "dead")).as("the other account's stays").isEqualTo(1);

      receiver.answers(got -> 200);
      world.start(QUICK, hook);
      Eventually.holds(() -> assertThat(world.count("mended", "delivered")).isEqualTo(3));
      assertThat(receiver.taken().stream().map(got -> got.body().path("sequence").asLong()))
          .isSorted()
          .hasSize(3);
    }
  }

  @Test
  void whatIsMeantMustBeSaid() {
    Operation replay = new NotificationsReplayOperation(new Letters(jdbi, List.of()));
    assertThatThrownBy(() -> ask(replay, "apply=true", "reason=all of it"))
        .isInstanceOf(BadInput.class);
  }

  /** One that is put back while a later one of the account is on its way waits for that one. */
  @Test
  void whatIsPutBackNeverTravelsBesideALaterOne() {
    UUID account = UUID.randomUUID();
    WebhookTarget hook = target("beside", URI.create("http://127.0.0.1:1/"));
    world.add(account, 3, hook);
    OutboxDao rows = jdbi.onDemand(OutboxDao.class);
    UUID claim = UUID.randomUUID();
    Due first = rows.claim("beside", claim, 60_000, 9).get(0);
    rows.failed(account, "beside", first.seq(), claim, "status", 0, 1, 0);
    Due second = rows.claim("beside", claim, 60_000, 9).get(0);
    assertThat(second.seq()).isGreaterThan(first.seq());

    Letters letters = new Letters(jdbi, List.of(hook));
    assertThat(letters.replay(new LetterFilter("beside", null, first.id()))).isEqualTo(1);
    assertThat(rows.claim("beside", UUID.randomUUID(), 60_000, 9)).isEmpty();
    rows.delivered(account, "beside", second.seq(), claim);
    assertThat(rows.claim("beside", UUID.randomUUID(), 60_000, 9))
        .singleElement()
        .satisfies(
            due -> {
              assertThat(due.seq()).isEqualTo(first.seq());
              assertThat(due.attempts()).isEqualTo(1);
            });
  }
}
