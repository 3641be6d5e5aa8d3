package plus.svc.billing.auth;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What a token may do. A right implies no other. */
public enum Right {
  /** Start the collect and reconcile jobs. */
  JOBS("jobs"),
  /** Read {@code /v1/status}. */
  STATUS("status"),
  /** Push snapshots. */
  INGEST("ingest"),
  /** GET of the metrics on the admin port, and nothing else there. */
  METRICS("metrics"),
  /** GET on the admin port. */
  ADMIN_READ("admin:read"),
  /** Everything else on the admin port. */
  ADMIN_WRITE("admin:write"),
  /** Set accounts up. */
  WALLET_SET_UP("wallet:set-up"),
  /** Credit accounts. */
  WALLET_CREDIT("wallet:credit"),
  /** Debit accounts, and deduct the use of services. */
  WALLET_DEBIT("wallet:debit"),
  /** Move money between accounts. */
  WALLET_GROUP("wallet:group"),
  /** Reserve, commit and void. */
  WALLET_HOLD("wallet:hold"),
  /** Read balances, histories and sums, and check what a use would cost. */
  WALLET_READ("wallet:read"),
  /** Send operations in bulk; each needs its own right too. */
  WALLET_BULK("wallet:bulk"),
  /** Order recharges. */
  WALLET_RECHARGE("wallet:recharge"),
  /** Say what became of payments: the payment service's alone. */
  WALLET_CALLBACK("wallet:callback"),
  /** Take operations back. */
  WALLET_ADMIN("wallet:admin");

  private final String text;

  Right(String text) {
    this.text = text;
  }

  /** As configured and as roles name it. */
  public String text() {
    return text;
  }

  /** The rights by their texts. */
  public static Map<String, Right> byText() {
    return Arrays.stream(values()).collect(Collectors.toMap(Right::text, Function.identity()));
  }
}
