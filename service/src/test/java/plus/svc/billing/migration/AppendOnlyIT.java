package plus.svc.billing.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.sql.SQLException;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import plus.svc.billing.testing.Database;

/** What was written about money stays as it was written, whoever wants to change it. */
class AppendOnlyIT {

  @RegisterExtension static final Database database = Database.migrated();

  private static final String NOT_ALLOWED = "42501";
  private static @Nullable RuntimeRole role;

  /** A row in each table, as a request and a recharge would leave them. */
  @BeforeAll
  static void begin() {
    UUID user = UUID.randomUUID();
    UUID id = UUID.randomUUID();
    Query owner = new Query(database.jdbi());
    owner.run("INSERT INTO public.users (uuid, proxy_uuid) VALUES (?, ?)", user, user);
    owner.run(
        """
        INSERT INTO billing.requests (request_id, caller, idempotency_key, kind, source,
                                      received_at, digest, command, body)
        VALUES (?, 'gateway', 'k', 'debit', 'test', now(), ?, '{}', '{}')
        """,
        id,
        id);
    owner.run(
        """
        INSERT INTO billing.operations (request_id, account_id, status, answer, applied_at)
        VALUES (?, ?, 'applied', '{}', now())
        """,
        id,
        user);
    owner.run(
        "INSERT INTO billing.refusals (caller, source, kind, reason) VALUES ('c', 's', 'k', 'r')");
    owner.run(
        """
        INSERT INTO billing.service_prices (service, effective_from, price, free_units)
        VALUES ('payment', now(), 1, 1)
        """);
    owner.run(
        """
        INSERT INTO billing.recharge_orders
               (order_id, account_id, caller, amount, currency, amount_minor, method, subject,
                return_url, client_ip, state, created_at, changed_at, expires_at)
        VALUES (?, ?, 'c', 1, 'CNY', 100, 'alipay', '', '', '', 'pending', now(), now(), now())
        """,
        id,
        user);
    owner.run(
        """
        INSERT INTO billing.recharge_events
               (order_id, at, origin, caller, said, payment_id, currency, effect, problem, state,
                body)
        VALUES (?, now(), 'callback', 'c', 'success', 'p', 'CNY', 'refused', '', 'pending', '{}')
        """,
        id);
    owner.run(
        """
        INSERT INTO public.billing_ledger
               (id, account_uuid, bucket_start, bucket_end, entry_type, amount_delta, operation_id)
        VALUES (?, ?, now(), now(), 'debit', -1, ?)
        """,
        id,
        user,
        id);
    role = RuntimeRole.canBeMade(database.jdbi()) ? RuntimeRole.on(database.get()) : null;
  }

  @AfterAll
  static void dropTheRole() {
    if (role != null) {
      role.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "billing.requests, body",
    "billing.operations, answer",
    "billing.refusals, reason",
    "billing.service_prices, price",
    "billing.recharge_events, body",
    "public.billing_ledger, amount_delta"
  })
  void f12NeitherTheOwnerNorTheServiceChangesWhatWasWritten(String table, String column) {
    for (String statement :
        new String[] {
          "UPDATE " + table + " SET " + column + " = " + column,
          "DELETE FROM " + table,
          "TRUNCATE " + table + " CASCADE"
        }) {
      assertThat(failure(database.jdbi(), statement))
          .as("the owner: " + statement)
          .hasMessageContaining("append-only");
      if (role != null) {
        assertThat(failure(role.jdbi(), statement))
            .as("the service: " + statement)
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(NOT_ALLOWED));
      }
    }
  }

  /** Their states move on, so they may be changed by the service; nobody of it deletes them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "billing.holds",
        "billing.recharge_orders",
        "billing.accounts",
        "billing.turnover",
        "public.account_quota_states"
      })
  void f12WhatMovesOnIsNotDeletedByTheService(String table) {
    if (role == null) {
      return;
    }
    for (String statement : new String[] {"DELETE FROM " + table, "TRUNCATE " + table}) {
      assertThat(failure(role.jdbi(), statement))
          .as(statement)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(NOT_ALLOWED));
    }
  }

  private static Throwable failure(Jdbi jdbi, String statement) {
    Throwable failure = catchThrowable(() -> jdbi.useHandle(handle -> handle.execute(statement)));
    assertThat(failure).as(statement).isNotNull();
    while (failure.getCause() != null) {
      failure = failure.getCause();
    }
    return failure;
  }
}
