package plus.svc.billing.demo.wallet;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** A line of what the database has of services and orders, since the line before. */
public final class WalletBoard {

  private static final List<String> CALLERS = List.of("passport", "payment", "asset", "visitor");

  private final WalletFacts facts;
  private final Map<String, Long> last = new HashMap<>();

  WalletBoard(WalletFacts facts) {
    this.facts = facts;
  }

  /** Such as {@code passport 20 done, 3 refused; 9 recharges ordered, 4 paid in all}. */
  public String line() {
    StringJoiner line = new StringJoiner("; ");
    for (String caller : CALLERS) {
      long done = more(caller, "applied");
      long refused = more(caller, "rejected");
      if (done + refused > 0 || !caller.equals("visitor")) {
        line.add(caller + " " + done + " done" + (refused == 0 ? "" : ", " + refused + " refused"));
      }
    }
    Map<String, String> orders = facts.orders();
    long paid = orders.values().stream().filter("success"::equals).count();
    return line.add(orders.size() + " recharges ordered, " + paid + " paid in all").toString();
  }

  private long more(String caller, String status) {
    long now = facts.operations(caller, status);
    Long before = last.put(caller + " " + status, now);
    return now - (before == null ? 0 : before);
  }
}
