package plus.svc.billing.wallet.recharge;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.wallet.payment.PaymentMethod;

/** Statements on orders and what was said of them. */
interface RechargeDao {

  @SqlUpdate(
      """
      INSERT INTO billing.recharge_orders
             (order_id, account_id, caller, amount, currency, amount_minor, method, subject,
              return_url, client_ip, state, created_at, changed_at, expires_at, next_look_at)
      VALUES (:o.orderId, :o.account, :caller, :o.amount, :o.currency, :o.amountMinor, :method,
              :o.subject, :o.returnUrl, :o.clientIp, 'pending', :o.createdAt, :o.changedAt,
              :o.expiresAt, :nextLookAt)
          ON CONFLICT (order_id) DO NOTHING
      """)
  int insert(
      @BindMethods("o") RechargeOrder order,
      @Bind("method") String method,
      @Bind("caller") String caller,
      @Bind("nextLookAt") Instant nextLookAt);

  @SqlQuery(
      """
      SELECT order_id, account_id, amount, currency, amount_minor, method, subject, return_url,
             client_ip, state, payment_id, pay_url, pay_code, pay_params, trouble, created_at,
             changed_at, expires_at, credit_entry, refund_entry
        FROM billing.recharge_orders
       WHERE order_id = :order
      """)
  @RegisterRowMapper(OrderMapper.class)
  Optional<RechargeOrder> find(@Bind("order") UUID order);

  /** Nobody else changes the order until the transaction ends. */
  @SqlQuery(
      """
      SELECT order_id, account_id, amount, currency, amount_minor, method, subject, return_url,
             client_ip, state, payment_id, pay_url, pay_code, pay_params, trouble, created_at,
             changed_at, expires_at, credit_entry, refund_entry
        FROM billing.recharge_orders
       WHERE order_id = :order
         FOR UPDATE
      """)
  @RegisterRowMapper(OrderMapper.class)
  Optional<RechargeOrder> lock(@Bind("order") UUID order);

  @SqlQuery(
      """
      SELECT EXISTS (SELECT 1 FROM billing.recharge_orders
                      WHERE payment_id = :payment AND order_id <> :order)
      """)
  boolean paysAnother(@Bind("payment") String payment, @Bind("order") UUID order);

  /** Notes a payment, of the order that has none yet. */
  @SqlUpdate(
      """
      UPDATE billing.recharge_orders
         SET payment_id = :payment
       WHERE order_id = :order AND payment_id IS NULL
      """)
  int notePayment(@Bind("order") UUID order, @Bind("payment") String payment);

  @SqlUpdate(
      """
      UPDATE billing.recharge_orders
         SET pay_url = :url, pay_code = :code, pay_params = :params, trouble = ''
       WHERE order_id = :order
      """)
  void notePaying(
      @Bind("order") UUID order,
      @Bind("url") String url,
      @Bind("code") String code,
      @Bind("params") String params);

  @SqlUpdate("UPDATE billing.recharge_orders SET trouble = :trouble WHERE order_id = :order")
  void noteTrouble(@Bind("order") UUID order, @Bind("trouble") String trouble);

  @SqlUpdate(
      """
      UPDATE billing.recharge_orders
         SET state = :state, changed_at = :now, credit_entry = :credit, refund_entry = :refund,
             next_look_at = CASE WHEN :lookOn THEN next_look_at
                                 ELSE CAST(:next AS TIMESTAMPTZ) END
       WHERE order_id = :order
      """)
  int move(
      @Bind("order") UUID order,
      @Bind("state") String state,
      @Bind("credit") @Nullable UUID credit,
      @Bind("refund") @Nullable UUID refund,
      @Bind("lookOn") boolean lookOn,
      @Bind("next") @Nullable Instant next,
      @Bind("now") Instant now);

  /** Whether the same was said before in the same way, and believed or refused as now. */
  @SqlQuery(
      """
      SELECT EXISTS (SELECT 1 FROM billing.recharge_events
                      WHERE order_id = :order AND origin = :origin AND said = :said
                        AND payment_id = :payment AND problem = :problem
                        AND (effect = 'refused') = :refused)
      """)
  boolean wasSaid(
      @Bind("order") UUID order,
      @Bind("origin") String origin,
      @Bind("said") String said,
      @Bind("refused") boolean refused,
      @Bind("payment") String payment,
      @Bind("problem") String problem);

  @SqlUpdate("UPDATE billing.recharge_orders SET repeats = repeats + 1 WHERE order_id = :order")
  void countRepeat(@Bind("order") UUID order);

  @SqlUpdate(
      """
      INSERT INTO billing.recharge_events
             (order_id, at, origin, caller, said, payment_id, amount, currency, effect, problem,
              state, body)
      VALUES (:order, :e.at, :e.origin, :e.caller, :e.said, :e.paymentId, :e.amount, :e.currency,
              :e.effect, :e.problem, :e.state, :body)
      """)
  void event(
      @Bind("order") UUID order, @BindMethods("e") RechargeEvent event, @Bind("body") String body);

  @SqlQuery(
      """
      SELECT at, origin, caller, said, payment_id, amount, currency, effect, problem, state
        FROM billing.recharge_events
       WHERE order_id = :order
       ORDER BY event_id
       LIMIT :most
      """)
  @RegisterConstructorMapper(RechargeEvent.class)
  List<RechargeEvent> events(@Bind("order") UUID order, @Bind("most") int most);

  /** Takes orders to look at, so that no other instance does, and puts their next look off. */
  @SqlQuery(
      """
      WITH due AS (
          SELECT order_id
            FROM billing.recharge_orders
           WHERE next_look_at <= :now
           ORDER BY next_look_at
           LIMIT :most
             FOR UPDATE SKIP LOCKED)
      UPDATE billing.recharge_orders o
         SET next_look_at = :until
        FROM due
       WHERE o.order_id = due.order_id
      RETURNING o.order_id, o.looks
      """)
  @RegisterConstructorMapper(Due.class)
  List<Due> claim(@Bind("now") Instant now, @Bind("until") Instant until, @Bind("most") int most);

  /** An order to look at, and how often that was done. */
  record Due(UUID orderId, int looks) {}

  /** Notes a look; whoever moved the order on meanwhile said when the next one is. */
  @SqlUpdate(
      """
      UPDATE billing.recharge_orders
         SET next_look_at = CASE WHEN state = :seen THEN CAST(:next AS TIMESTAMPTZ)
                                 ELSE next_look_at END,
             looks = looks + 1
       WHERE order_id = :order
      """)
  void looked(
      @Bind("order") UUID order, @Bind("seen") String seen, @Bind("next") @Nullable Instant next);

  /** Maps an order. */
  final class OrderMapper implements RowMapper<RechargeOrder> {
    @Override
    public RechargeOrder map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new RechargeOrder(
          rs.getObject(1, UUID.class),
          rs.getObject(2, UUID.class),
          rs.getBigDecimal(3),
          rs.getString(4),
          rs.getLong(5),
          PaymentMethod.parse(rs.getString(6)).orElseThrow(),
          rs.getString(7),
          rs.getString(8),
          rs.getString(9),
          RechargeState.of(rs.getString(10)),
          rs.getString(11),
          rs.getString(12),
          rs.getString(13),
          rs.getString(14),
          rs.getString(15),
          instant(rs, 16),
          instant(rs, 17),
          instant(rs, 18),
          rs.getObject(19, UUID.class),
          rs.getObject(20, UUID.class));
    }

    private static Instant instant(ResultSet rs, int column) throws SQLException {
      return rs.getObject(column, OffsetDateTime.class).toInstant();
    }
  }
}
