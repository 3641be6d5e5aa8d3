package plus.svc.billing.audit;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.SqlBatch;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jspecify.annotations.Nullable;

/** Keeps how far the continuous audit has come. */
interface MarkDao {

  /** One instance at a time; the lock goes with the transaction. */
  @SqlQuery("SELECT pg_try_advisory_xact_lock(hashtext('billing.continuous_audit'))")
  boolean lock();

  /**
   * How far a node is verified, and looked at.
   *
   * @param findings what was found in it and is not mended
   */
  record Mark(
      int nodeKey,
      Instant verifiedUntil,
      Instant checkedUntil,
      int findings,
      String firstFinding) {}

  @SqlQuery(
      """
      SELECT node_key, verified_until, checked_until, findings, first_finding
        FROM billing.audit_marks
      """)
  @RegisterConstructorMapper(Mark.class)
  List<Mark> marks();

  @SqlBatch(
      """
      INSERT INTO billing.audit_marks
             (node_key, verified_until, checked_until, findings, first_finding, checked_at)
      VALUES (:nodeKey, :verifiedUntil, :checkedUntil, :findings, :firstFinding, :now)
          ON CONFLICT (node_key) DO UPDATE
         SET verified_until = excluded.verified_until, checked_until = excluded.checked_until,
             findings = excluded.findings, first_finding = excluded.first_finding,
             checked_at = excluded.checked_at
      """)
  void save(@BindMethods List<Mark> marks, @Bind("now") Instant now);

  /** Where the continuous audit stands as a whole. */
  record State(
      Instant checkedAt,
      @Nullable Instant verifiedUntil,
      UUID accountsAfter,
      List<UUID> openAccounts,
      long findings,
      String firstFinding,
      long atRiskMinutes) {}

  @SqlQuery(
      """
      SELECT checked_at, verified_until, accounts_after, open_accounts, findings, first_finding,
             at_risk_minutes
        FROM billing.audit_state
      """)
  @RegisterConstructorMapper(State.class)
  Optional<State> state();

  @SqlUpdate(
      """
      INSERT INTO billing.audit_state
             (checked_at, verified_until, accounts_after, open_accounts, findings, first_finding,
              at_risk_minutes)
      VALUES (:now, :verified, :after, :open, :findings, :first, :risk)
          ON CONFLICT (one) DO UPDATE
         SET checked_at = excluded.checked_at, verified_until = excluded.verified_until,
             accounts_after = excluded.accounts_after, open_accounts = excluded.open_accounts,
             findings = excluded.findings, first_finding = excluded.first_finding,
             at_risk_minutes = excluded.at_risk_minutes
      """)
  @SuppressWarnings("TooManyParameters")
  void save(
      @Bind("now") Instant now,
      @Bind("verified") @Nullable Instant verifiedUntil,
      @Bind("after") UUID accountsAfter,
      @Bind("open") UUID[] openAccounts,
      @Bind("findings") long findings,
      @Bind("first") String firstFinding,
      @Bind("risk") long atRiskMinutes);
}
