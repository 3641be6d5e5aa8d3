package plus.svc.billing.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static plus.svc.billing.pipeline.World.shot;

import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import plus.svc.billing.testing.Database;

/** The database itself keeps the ledger append-only, whoever asks and whatever rights it has. */
class LedgerGuardIT {

  @RegisterExtension static final Database SERVER = Database.migrated();

  private World world = new World(SERVER.get());
  private UUID a = new UUID(0, 0);

  @BeforeEach
  void aChargedAccount() {
    world = new World(SERVER.get());
    a = world.user();
    world.deliver(shot("10:00").of(a, 100, 0));
  }

  private void assertRefused(String statement) {
    long rows = world.count("public.billing_ledger", "true");
    assertThatThrownBy(() -> world.jdbi.useHandle(h -> h.execute(statement)))
        .hasStackTraceContaining("append-only");
    assertThat(world.count("public.billing_ledger", "true")).isEqualTo(rows);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE public.billing_ledger SET amount_delta = 0",
        "UPDATE public.billing_ledger SET amount_delta = amount_delta",
        "DELETE FROM public.billing_ledger",
        "TRUNCATE public.billing_ledger",
        "TRUNCATE public.users CASCADE",
        "DELETE FROM public.users",
        "INSERT INTO public.billing_ledger SELECT * FROM public.billing_ledger"
            + " ON CONFLICT (id) DO UPDATE SET amount_delta = 0"
      })
  void theOwnerMayNotChangeIt(String statement) {
    assertRefused(statement);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE public.billing_ledger SET balance_after = 1",
        "DELETE FROM public.billing_ledger",
        "TRUNCATE public.billing_ledger",
        "DELETE FROM public.users"
      })
  void aPlainRoleWithEveryRightOnTheTablesMayNotEither(String statement) {
    String role = "plain_" + UUID.randomUUID().toString().replace("-", "");
    world.jdbi.useHandle(
        h ->
            h.execute(
                String.format(
                    Locale.ROOT,
                    """
                CREATE ROLE %1$s NOSUPERUSER;
                GRANT USAGE ON SCHEMA public, billing TO %1$s;
                GRANT ALL ON ALL TABLES IN SCHEMA public, billing TO %1$s
                """,
                    role)));
    try {
      assertRefused(String.format(Locale.ROOT, "SET ROLE %s; %s", role, statement));
    } finally {
      world.jdbi.useHandle(
          h -> h.execute(String.format(Locale.ROOT, "DROP OWNED BY %1$s; DROP ROLE %1$s", role)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"requests", "operations", "refusals", "service_prices"})
  void whatLedgerRowsComeFromStaysToo(String table) {
    UUID id = UUID.randomUUID();
    world.jdbi.useHandle(
        h -> {
          h.execute(
              "INSERT INTO billing.requests (request_id, caller, idempotency_key, kind, source,"
                  + " received_at, digest, command, body)"
                  + " VALUES (?, 'c', 'k', 'debit', 's', now(), ?, '{}', '{}')",
              id,
              id);
          h.execute(
              "INSERT INTO billing.operations (request_id, status, answer, applied_at)"
                  + " VALUES (?, 'applied', '{}', now())",
              id);
          h.execute(
              "INSERT INTO billing.refusals (caller, source, kind, reason)"
                  + " VALUES ('c', 's', 'debit', 'r')");
          h.execute(
              "INSERT INTO billing.service_prices (service, effective_from, price, free_units)"
                  + " VALUES (?, now(), 1, 1)",
              id.toString());
        });
    String column = table.equals("service_prices") ? "price" : "kind";
    String changed = table.equals("operations") ? "status" : column;
    for (String statement :
        List.of(
            "UPDATE billing." + table + " SET " + changed + " = " + changed,
            "DELETE FROM billing." + table,
            "TRUNCATE billing." + table + " CASCADE")) {
      assertThatThrownBy(() -> world.jdbi.useHandle(h -> h.execute(statement)))
          .as(statement)
          .hasStackTraceContaining("append-only");
    }
  }

  @Test
  void aUserWithLedgerRowsStaysAndOneWithoutMayGo() {
    UUID b = world.user();
    world.jdbi.useHandle(h -> h.execute("DELETE FROM public.users WHERE uuid = ?", b));
    assertThat(world.count("public.users", "uuid = ?", b)).isZero();
    assertThatThrownBy(
            () ->
                world.jdbi.useHandle(h -> h.execute("DELETE FROM public.users WHERE uuid = ?", a)))
        .hasStackTraceContaining("append-only");
    assertThat(world.count("public.users", "uuid = ?", a)).isEqualTo(1);
  }

  @Test
  void aPlainInsertOfAnotherServicePassesAndIsTakenIntoTheBalance() {
    world.topUp(a, "20.25");
    world.deliver(shot("10:01").of(a, 110, 0));
    assertThat(world.balance(a)).isEqualByComparingTo("-34.75");
    assertThat(world.ledger(a)).isEqualByComparingTo("-34.75");
    assertThat(world.number("SELECT balance FROM billing.account_states WHERE account_uuid = ?", a))
        .isEqualByComparingTo("-34.75");
  }
}
