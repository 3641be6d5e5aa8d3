package plus.svc.billing.wallet.outbox;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/** What operators see and do of deliveries. */
public final class Letters {

  private final LetterDao letters;
  private final OutboxDao rows;
  private final Set<String> configured;

  /**
   * @param targets that are configured now
   */
  public Letters(Jdbi jdbi, Collection<WebhookTarget> targets) {
    this.letters = jdbi.onDemand(LetterDao.class);
    this.rows = jdbi.onDemand(OutboxDao.class);
    this.configured = targets.stream().map(WebhookTarget::name).collect(Collectors.toSet());
  }

  /** Names of the targets that notices are sent to; others may have rows of former times. */
  public Set<String> configured() {
    return configured;
  }

  /** Where each target stands that has anything waiting or dead. */
  public List<OutboxDao.Standing> standings() {
    return rows.standings();
  }

  /** Deliveries in one state, the newest first, at most so many. */
  public List<Letter> list(String state, LetterFilter filter, int most) {
    return letters.letters(state, filter, most);
  }

  /** How many dead letters a replay would put back. */
  public long dead(LetterFilter filter) {
    return letters.dead(filter);
  }

  /** Puts dead letters back; they are sent before what waits behind them. */
  public long replay(LetterFilter filter) {
    return letters.replay(filter);
  }
}
