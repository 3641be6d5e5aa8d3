package plus.svc.billing.wallet.recharge;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.ledger.LedgerId;
import plus.svc.billing.wallet.WalletRequest;
import plus.svc.billing.wallet.payment.MinorUnits;
import plus.svc.billing.wallet.payment.Payment;
import plus.svc.billing.wallet.payment.PaymentFailure;
import plus.svc.billing.wallet.payment.PaymentOrder;
import plus.svc.billing.wallet.payment.PaymentService;
import plus.svc.billing.wallet.payment.PaymentState;

/**
 * Recharges, as callers use them. An order is stored before anything is paid, its payment is made
 * outside of any transaction, and whatever is told of it later goes through {@link #tell}.
 */
public final class Recharge {

  private static final int MOST_EVENTS = 1_000;
  private static final String SERVICE = "payment-service";

  private final Jdbi jdbi;
  private final RechargeLedger ledger;
  private final OrderBook book;
  private final PaymentService payments;
  private final RechargeSettings settings;
  private final RechargeWatch watch;
  private final InstantSource clock;

  /**
   * @param payments {@link PaymentService#NONE} if there is none: then no order can be made, and
   *     all else works
   */
  public Recharge(
      Jdbi jdbi,
      RechargeLedger ledger,
      PaymentService payments,
      RechargeSettings settings,
      RechargeWatch watch,
      InstantSource clock) {
    this.jdbi = jdbi;
    this.ledger = ledger;
    this.book = new OrderBook(ledger, settings, clock);
    this.payments = payments;
    this.settings = settings;
    this.watch = watch;
    this.clock = clock;
  }

  /**
   * Makes an order and its payment. Where the payment service gives no answer in time the order
   * stays pending without a {@code payUrl}, and its payment is made later on ({@link
   * RechargePoll}): look it up.
   *
   * @throws RechargeProblem if it can't be made as asked
   */
  public RechargeOrder order(Ask ask) {
    if (payments == PaymentService.NONE) {
      throw new RechargeProblem(
          RechargeProblem.Kind.PAYMENT_UNAVAILABLE,
          "no payment service is configured: set wallet.payment.kind");
    }
    RechargeOrder wanted = wanted(ask);
    RechargeOrder order =
        ledger.inTransaction(
            handle -> store(handle.attach(RechargeDao.class), handle, wanted, ask));
    if (order.state() != RechargeState.PENDING || order.canBePaid()) {
      return order;
    }
    RechargeOrder paying = pay(order);
    if (paying.state() == RechargeState.FAILED) {
      throw new RechargeProblem(
          RechargeProblem.Kind.PAYMENT_REFUSED,
          "the payment service refuses order " + order.orderId() + ": check method and amount");
    }
    return paying;
  }

  /**
   * Takes what somebody says of an order who is entitled to. Any number of reports from anybody, in
   * any order, end in the same state with the same entries.
   *
   * @return {@link Told.Effect#REFUSED} where it doesn't fit the order, and nothing was done
   * @throws RechargeProblem if there is no such order
   */
  public Told tell(UUID orderId, Report report) {
    return tell(orderId, report, null);
  }

  /**
   * What {@link #tell} would do just now; does nothing.
   *
   * @throws RechargeProblem if there is no such order
   */
  public Told foresee(UUID orderId, Report report) {
    return jdbi.withExtension(RechargeDao.class, dao -> OrderBook.foresee(dao, orderId, report));
  }

  /** As {@link #tell}, for a callback: one that doesn't fit is an error to whoever sent it. */
  public Told callback(UUID orderId, Report report) {
    Told told = tell(orderId, report);
    if (told.effect() == Told.Effect.REFUSED) {
      throw new RechargeProblem(RechargeProblem.Kind.MISMATCH, told.problem());
    }
    return told;
  }

  /** An order. */
  public Optional<RechargeOrder> find(UUID orderId) {
    return jdbi.withExtension(RechargeDao.class, dao -> dao.find(orderId));
  }

  /** What was said of an order, the oldest first. */
  public List<RechargeEvent> events(UUID orderId) {
    return jdbi.withExtension(RechargeDao.class, dao -> dao.events(orderId, MOST_EVENTS));
  }

  /** Makes the payment of an order that has none; as it stands afterwards. */
  RechargeOrder pay(RechargeOrder order) {
    try {
      return took(
          order, payments.create(payment(order), settings.callTime()), Report.Origin.CREATE);
    } catch (PaymentFailure e) {
      if (e.isFinal()) {
        Report refused =
            new Report(Report.Origin.CREATE, SERVICE, PaymentState.FAILED, "", null, "", "");
        tell(order.orderId(), refused, null);
      }
      return troubled(order, e);
    }
  }

  /** Asks about the payment of an order that has one; as it stands afterwards. */
  RechargeOrder look(RechargeOrder order, String paymentId) {
    try {
      return took(order, payments.get(paymentId, settings.callTime()), Report.Origin.POLL);
    } catch (PaymentFailure e) {
      return troubled(order, e);
    }
  }

  private RechargeOrder took(RechargeOrder order, Payment payment, Report.Origin origin) {
    Long minor = payment.amountMinor();
    Report report =
        new Report(
            origin,
            SERVICE,
            payment.state(),
            payment.paymentId(),
            minor == null ? null : MinorUnits.amount(minor, order.currency()),
            payment.currency(),
            "");
    return tell(order.orderId(), report, payment).order();
  }

  private RechargeOrder troubled(RechargeOrder order, PaymentFailure failure) {
    if (!order.state().isPaid()) {
      String trouble = String.valueOf(failure.getMessage());
      jdbi.useExtension(RechargeDao.class, dao -> dao.noteTrouble(order.orderId(), trouble));
    }
    return find(order.orderId()).orElse(order);
  }

  private Told tell(UUID orderId, Report report, @Nullable Payment payment) {
    Told told = book.tell(orderId, report, payment);
    watch.told(report.origin(), told.effect());
    return told;
  }

  private RechargeOrder store(RechargeDao dao, Handle handle, RechargeOrder wanted, Ask ask) {
    String unit =
        ledger
            .unit(handle, wanted.account())
            .orElseThrow(
                () ->
                    new RechargeProblem(
                        RechargeProblem.Kind.ACCOUNT_NOT_FOUND,
                        "there is no account " + wanted.account()));
    if (!unit.equals(wanted.currency())) {
      throw bad(
          "currency is "
              + wanted.currency()
              + ": account "
              + wanted.account()
              + " is kept in "
              + unit);
    }
    Instant firstLook =
        wanted.createdAt().plus(settings.callTime()).plus(settings.wait(RechargeState.PENDING, 0));
    int fresh = dao.insert(wanted, wanted.method().text(), ask.caller(), firstLook);
    RechargeOrder stored = dao.find(wanted.orderId()).orElseThrow();
    if (fresh == 0 && !isSame(stored, wanted)) {
      throw new RechargeProblem(
          RechargeProblem.Kind.KEY_TAKEN,
          "the idempotency key stands for another order: must be new for each order");
    }
    if (fresh == 1) {
      watch.ordered();
    }
    return stored;
  }

  private static boolean isSame(RechargeOrder stored, RechargeOrder wanted) {
    return stored.account().equals(wanted.account())
        && stored.amount().compareTo(wanted.amount()) == 0
        && stored.currency().equals(wanted.currency())
        && stored.method() == wanted.method();
  }

  private RechargeOrder wanted(Ask ask) {
    if (ask.currency().isBlank()) {
      throw new RechargeProblem(
          RechargeProblem.Kind.CURRENCY_REQUIRED, "currency is missing: must be such as CNY");
    }
    if (ask.amount().signum() <= 0) {
      throw bad("amount must be above zero");
    }
    checkText("returnUrl", ask.returnUrl());
    checkText("clientIp", ask.clientIp());
    long minor;
    try {
      minor = MinorUnits.of(ask.amount(), ask.currency());
    } catch (IllegalArgumentException e) {
      throw bad(String.valueOf(e.getMessage()));
    }
    BigDecimal amount = MinorUnits.amount(minor, ask.currency());
    Instant now = clock.instant();
    return new RechargeOrder(
        orderId(ask, now),
        ask.account(),
        amount,
        ask.currency(),
        minor,
        ask.method(),
        subject(amount, ask.currency()),
        ask.returnUrl().isBlank() ? settings.returnUrl() : ask.returnUrl(),
        ask.clientIp(),
        RechargeState.PENDING,
        null,
        "",
        "",
        "",
        "",
        now,
        now,
        now.plus(settings.expireAfter()),
        null,
        null);
  }

  /** Hashed from caller and key, else new: by time, then by chance. */
  private static UUID orderId(Ask ask, Instant now) {
    String key = ask.key();
    if (key == null) {
      return new LedgerId().of(now.toEpochMilli(), "recharge|" + UUID.randomUUID());
    }
    return WalletRequest.idOf(ask.caller(), "recharge|" + key);
  }

  private PaymentOrder payment(RechargeOrder order) {
    return new PaymentOrder(
        order.orderId(),
        order.account().toString(),
        order.amountMinor(),
        order.currency(),
        order.method(),
        order.subject(),
        order.returnUrl(),
        settings.notifyUrl(),
        order.clientIp());
  }

  private static String subject(BigDecimal amount, String currency) {
    return currency.equals("CNY")
        ? "账户充值 - " + amount.toPlainString() + "元"
        : "Recharge - " + amount.toPlainString() + " " + currency;
  }

  private static void checkText(String field, String text) {
    if (text.length() > Ask.MOST_TEXT || text.indexOf('\0') >= 0) {
      throw bad(field + " is too long: must have at most " + Ask.MOST_TEXT + " characters");
    }
  }

  private static RechargeProblem bad(String message) {
    return new RechargeProblem(RechargeProblem.Kind.BAD_REQUEST, message);
  }
}
