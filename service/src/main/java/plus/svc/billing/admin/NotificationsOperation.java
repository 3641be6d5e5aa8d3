package plus.svc.billing.admin;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.api.report.Verdict;
import plus.svc.billing.wallet.outbox.Letter;
import plus.svc.billing.wallet.outbox.LetterFilter;
import plus.svc.billing.wallet.outbox.Letters;
import plus.svc.billing.wallet.outbox.OutboxDao.Standing;

/** {@code notifications}: where webhooks stand, and what waits, died or was delivered. */
public final class NotificationsOperation implements Operation {

  private static final int LISTED = 200;
  private static final int MOST_LISTED = 10_000;
  private static final List<String> STATES = List.of("dead", "waiting", "delivered");

  private final Letters letters;

  public NotificationsOperation(Letters letters) {
    this.letters = letters;
  }

  @Override
  public String name() {
    return "notifications";
  }

  @Override
  public Set<String> inputs() {
    return Set.of("state", "target", "account", "notice", "limit");
  }

  @Override
  public void run(Inputs inputs, Report report) {
    String state = inputs.oneOf("state", STATES).orElse("dead");
    LetterFilter filter = filter(inputs);
    int most = Math.min(inputs.count("limit").orElse(LISTED), MOST_LISTED);
    List<Standing> standings = letters.standings();
    tellTargets(standings, report);
    List<Letter> listed = letters.list(state, filter, most);
    tell(listed, report);
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("state", state);
    summary.put("listed", listed.size());
    summary.put("waiting", standings.stream().mapToLong(Standing::waiting).sum());
    long dead = standings.stream().mapToLong(Standing::dead).sum();
    summary.put("dead", dead);
    report.end(summary, dead == 0 ? Verdict.CLEAN : Verdict.FOUND);
  }

  static LetterFilter filter(Inputs inputs) {
    return new LetterFilter(
        inputs.text("target").orElse(""),
        inputs.uuid("account").orElse(null),
        inputs.uuid("notice").orElse(null));
  }

  private void tellTargets(List<Standing> standings, Report report) {
    report.section(
        "targets", "target", "configured", "waiting", "failing", "oldest_waiting_s", "dead");
    Set<String> silent = new TreeSet<>(letters.configured());
    for (Standing standing : standings) {
      silent.remove(standing.target());
      report.row(
          standing.target(),
          letters.configured().contains(standing.target()),
          standing.waiting(),
          standing.failing(),
          standing.oldestSeconds(),
          standing.dead());
    }
    silent.forEach(target -> report.row(target, true, 0, 0, 0, 0));
  }

  private static void tell(List<Letter> letters, Report report) {
    report.section(
        "deliveries",
        "notice",
        "target",
        "account",
        "seq",
        "kind",
        "at",
        "state",
        "attempts",
        "since",
        "next_at",
        "ended_at",
        "error",
        "data");
    for (Letter letter : letters) {
      report.row(
          letter.id(),
          letter.target(),
          letter.accountUuid(),
          letter.seq(),
          letter.kind(),
          letter.at(),
          letter.state(),
          letter.attempts(),
          letter.since(),
          letter.state().equals("waiting") ? letter.nextAt() : null,
          letter.endedAt(),
          letter.error(),
          letter.data());
    }
  }
}
