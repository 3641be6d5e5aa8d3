package plus.svc.billing.admin;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.api.report.Verdict;
import plus.svc.billing.wallet.outbox.LetterFilter;
import plus.svc.billing.wallet.outbox.Letters;

/**
 * {@code notifications-replay}: says how many dead letters of a target, an account or a notice
 * there are; applied, puts them back as if they were new.
 */
public final class NotificationsReplayOperation implements Operation {

  private final Letters letters;

  public NotificationsReplayOperation(Letters letters) {
    this.letters = letters;
  }

  @Override
  public String name() {
    return "notifications-replay";
  }

  @Override
  public Set<String> inputs() {
    return Set.of("target", "account", "notice");
  }

  @Override
  public boolean canApply() {
    return true;
  }

  @Override
  public void run(Inputs inputs, Report report) {
    LetterFilter filter = NotificationsOperation.filter(inputs);
    if (filter.target().isEmpty() && filter.account() == null && filter.notice() == null) {
      throw new BadInput("target", "", "name a target, an account or a notice");
    }
    boolean apply = inputs.applies();
    long count = apply ? letters.replay(filter) : letters.dead(filter);
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("applied", apply);
    summary.put("dead_letters", count);
    report.end(summary, apply || count == 0 ? Verdict.CLEAN : Verdict.FOUND);
  }
}
