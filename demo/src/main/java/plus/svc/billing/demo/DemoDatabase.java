package plus.svc.billing.demo;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.RowMapper;
import plus.svc.billing.emulator.xray.SimulatedUser;

/** The demo's PostgreSQL, and a reader of the facts that shares no code with the service. */
final class DemoDatabase implements AutoCloseable {

  private final EmbeddedPostgres server;
  private final Jdbi jdbi;

  private DemoDatabase(EmbeddedPostgres server) {
    this.server = server;
    this.jdbi = Jdbi.create(server.getPostgresDatabase());
  }

  /** Starts a server of its own in the given folder. */
  static DemoDatabase start(Path folder) throws IOException {
    return new DemoDatabase(
        EmbeddedPostgres.builder()
            .setOverrideWorkingDirectory(folder.resolve("postgres").toFile())
            .setPGStartupWait(Duration.ofMinutes(1))
            // The demo stops it last, when it has reckoned.
            .setRegisterShutdownHook(false)
            .start());
  }

  /** The URL in the form that {@code DATABASE_URL} takes. */
  String url() {
    return "postgres://postgres:postgres@127.0.0.1:"
        + server.getPort()
        + "/postgres?sslmode=disable";
  }

  Jdbi jdbi() {
    return jdbi;
  }

  /** The accounts of people. */
  static List<UUID> uuids(List<SimulatedUser> people) {
    return people.stream().map(person -> UUID.fromString(person.accountUuid())).toList();
  }

  /** Registers people, as {@code accounts.svc.plus} would. */
  void register(List<SimulatedUser> people) {
    jdbi.useHandle(
        handle -> {
          var batch =
              handle.prepareBatch(
                  "INSERT INTO public.users (uuid, proxy_uuid, email) VALUES (?, ?, ?)");
          for (SimulatedUser person : people) {
            batch
                .bind(0, UUID.fromString(person.accountUuid()))
                .bind(1, UUID.fromString(person.identifier()))
                .bind(2, person.email())
                .add();
          }
          batch.execute();
        });
  }

  /** Tops an account up as accounts does: a ledger row and the balance, in one transaction. */
  void topUp(SimulatedUser person, String amount, Instant at) {
    UUID account = UUID.fromString(person.accountUuid());
    jdbi.useTransaction(
        handle -> {
          handle.execute(
              """
              INSERT INTO public.billing_ledger
                     (id, account_uuid, bucket_start, bucket_end, entry_type, amount_delta,
                      balance_after, pricing_rule_version, created_at)
              SELECT gen_random_uuid(), account_uuid, ?, ?, 'topup', ?::numeric,
                     current_balance + ?::numeric, 'stripe:demo', ?
                FROM public.account_quota_states
               WHERE account_uuid = ?
              """,
              at.atOffset(ZoneOffset.UTC),
              at.atOffset(ZoneOffset.UTC),
              amount,
              amount,
              at.atOffset(ZoneOffset.UTC),
              account);
          handle.execute(
              """
              UPDATE public.account_quota_states
                 SET current_balance = current_balance + ?::numeric
               WHERE account_uuid = ?
              """,
              amount,
              account);
        });
  }

  long number(String sql, Object... arguments) {
    return jdbi.withHandle(handle -> handle.select(sql, arguments).mapTo(Long.class).one());
  }

  /** The one row of a query, or what stands for none. */
  <T> T row(String sql, RowMapper<T> mapper, T none, Object... arguments) {
    return jdbi.withHandle(
        handle -> handle.select(sql, arguments).map(mapper).findOne().orElse(none));
  }

  String text(String sql, Object... arguments) {
    return jdbi.withHandle(handle -> handle.select(sql, arguments).mapTo(String.class).one());
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
