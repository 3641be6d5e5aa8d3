package plus.svc.billing.audit;

import com.codahale.metrics.health.HealthCheck;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.audit.Finding.Kind;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.quantity.Minutes;

/**
 * Looks after the recent past all the time, a bounded part a turn, on one instance at a time: the
 * minutes that came since, against the archive; what was found before, whether it is mended; and
 * some accounts in turn. What it proved it keeps as a watermark.
 */
public final class ContinuousAudit extends HealthCheck {

  private static final Logger LOG = LoggerFactory.getLogger(ContinuousAudit.class);

  /** Of one node in one turn; fewer where there are many series. */
  private static final long MOST_MINUTES = 30;

  private static final long FEWEST_MINUTES = 10;
  private static final long SERIES_MINUTES = 250_000;

  private static final Duration LONGEST_TURN = Duration.ofSeconds(10);
  private static final Duration LONGEST_ON_ACCOUNTS = Duration.ofSeconds(1);
  private static final int ACCOUNTS = 5;
  private static final int MOST_OPEN_ACCOUNTS = 100;
  private static final long MOST_FINDINGS = 1_000;

  private final Jdbi jdbi;
  private final PeakHours peakHours;
  private final Duration lookBack;
  private final InstantSource clock;
  private volatile MarkDao.@Nullable State standing;

  /**
   * @param lookBack how far back it begins on a node that it never looked at
   */
  public ContinuousAudit(Jdbi jdbi, PeakHours peakHours, Duration lookBack, InstantSource clock) {
    this.jdbi = jdbi;
    this.peakHours = peakHours;
    this.lookBack = lookBack;
    this.clock = clock;
  }

  /**
   * Where it stands.
   *
   * @param verifiedUntil every minute before it is proven complete and right, of every node that
   *     was heard of lately; null before the first turn
   * @param findings what is not as it must be
   * @param firstFinding one of them, '' if there is none
   * @param atRiskMinutes of those looked at, minutes in which some bytes can't be known
   */
  public record Standing(
      @Nullable Instant verifiedUntil,
      @Nullable Instant checkedAt,
      long findings,
      String firstFinding,
      long atRiskMinutes) {}

  /** Where it stood after its last turn, on whichever instance that was. */
  public Standing standing() {
    MarkDao.@Nullable State state = standing;
    return state == null
        ? new Standing(null, null, 0, "", 0)
        : new Standing(
            state.verifiedUntil(),
            state.checkedAt(),
            state.findings(),
            state.firstFinding(),
            state.atRiskMinutes());
  }

  @Override
  protected Result check() {
    Standing now = standing();
    return now.findings() == 0
        ? Result.healthy("verified until %s", now.verifiedUntil())
        : Result.unhealthy(
            "the audit found %s deviations; the first: %s", now.findings(), now.firstFinding());
  }

  /** Looks once; nothing but how far it came is written. */
  public void turn() {
    jdbi.useTransaction(
        TransactionIsolationLevel.REPEATABLE_READ,
        handle -> {
          if (handle.attach(MarkDao.class).lock()) {
            new Turn(handle, clock.instant()).run();
          }
        });
    standing = jdbi.withExtension(MarkDao.class, MarkDao::state).orElse(null);
  }

  /** Minutes of some nodes that are looked at together. */
  private record Span(long from, long until) {}

  /** One turn. */
  private final class Turn {
    private final Handle handle;
    private final MarkDao dao;
    private final MoneyDao money;
    private final Instant now;
    private final long end;
    private final long step;
    private final long began = System.nanoTime();
    private final Map<Integer, MarkDao.Mark> marks = new LinkedHashMap<>();
    private final Map<Integer, EvidenceDao.NodeRow> rows = new LinkedHashMap<>();
    private long riskMinutes;

    Turn(Handle handle, Instant now) {
      this.handle = handle;
      this.dao = handle.attach(MarkDao.class);
      this.money = handle.attach(MoneyDao.class);
      this.now = now;
      this.end = Minutes.floor(now.truncatedTo(ChronoUnit.MINUTES)) - 1;
      long series =
          handle.attach(EvidenceDao.class).sizes().stream()
              .mapToLong(EvidenceDao.Size::series)
              .sum();
      this.step =
          Math.max(FEWEST_MINUTES, Math.min(MOST_MINUTES, SERIES_MINUTES / Math.max(1, series)));
    }

    void run() {
      Map<Integer, MarkDao.Mark> known = new HashMap<>();
      dao.marks().forEach(mark -> known.put(mark.nodeKey(), mark));
      for (EvidenceDao.NodeRow row : handle.attach(EvidenceDao.class).nodes()) {
        if (row.firstAt() != null) {
          rows.put(row.nodeKey(), row);
          marks.put(row.nodeKey(), known.getOrDefault(row.nodeKey(), begin(row)));
        }
      }
      spans(true).forEach((span, nodes) -> look(span, nodes, true));
      spans(false).forEach((span, nodes) -> look(span, nodes, false));
      dao.save(List.copyOf(marks.values()), now);
      accounts();
    }

    private MarkDao.Mark begin(EvidenceDao.NodeRow row) {
      Instant first = row.firstAt() == null ? now : row.firstAt();
      Instant from = Minutes.start(end).minus(lookBack);
      Instant start = Minutes.start(Minutes.floor(first.isAfter(from) ? first : from));
      return new MarkDao.Mark(row.nodeKey(), start, start, 0, "");
    }

    private boolean isLate() {
      return System.nanoTime() - began > LONGEST_TURN.toNanos();
    }

    /** What is to be looked at: again, since something was found there, or for the first time. */
    private Map<Span, List<EvidenceDao.NodeRow>> spans(boolean again) {
      Map<Span, List<EvidenceDao.NodeRow>> spans = new LinkedHashMap<>();
      marks.forEach(
          (key, mark) -> {
            EvidenceDao.NodeRow row = rows.get(key);
            if (row != null) {
              long checked = Minutes.floor(mark.checkedUntil());
              long from = again ? Minutes.floor(mark.verifiedUntil()) : checked;
              long until = Math.min(from + step, again ? checked : limit(row));
              if (from < until) {
                spans.computeIfAbsent(new Span(from, until), s -> new ArrayList<>()).add(row);
              }
            }
          });
      return spans;
    }

    /** What a node has not told yet can't be verified. */
    private long limit(EvidenceDao.NodeRow row) {
      return row.headAt() == null ? 0 : Math.min(end, Minutes.floor(row.headAt()) + 1);
    }

    private void look(Span span, List<EvidenceDao.NodeRow> ofSpan, boolean again) {
      if (isLate()) {
        return; // goes on in the next turn
      }
      AuditRequest request =
          new AuditRequest(
              Set.of(),
              Set.of(),
              Minutes.start(span.from()),
              Minutes.start(span.until()),
              now,
              AuditRequest.From.ARCHIVE,
              false,
              MOST_FINDINGS);
      Map<Integer, List<Finding>> found = new HashMap<>();
      Findings findings = new Findings(finding -> sort(finding, found), MOST_FINDINGS);
      Pricing pricing = new Pricing(money, peakHours);
      List<AuditedNode> nodes = new ArrayList<>();
      for (EvidenceDao.NodeRow row : ofSpan) {
        String source = row.source() == null ? "" : row.source();
        nodes.add(new AuditedNode(row, source, request, (node, run) -> {}));
      }
      new Completeness(handle, findings, pricing, Exporters.NONE, minute -> {}).run(nodes);
      Map<String, AuditedNode> byName = new HashMap<>();
      nodes.forEach(node -> byName.put(node.composed(), node));
      LedgerAudit.withoutRating(money, findings, pricing, byName)
          .run(Completeness.accountsOf(nodes), span.from(), span.until());
      for (AuditedNode node : nodes) {
        riskMinutes += again ? 0 : node.timeline.of(Timeline.Evidence.AT_RISK);
        mark(node, span, found.getOrDefault(node.key(), List.of()), again);
      }
    }

    /** What can't be known can't be mended either: it is counted, and passed. */
    private void sort(Finding finding, Map<Integer, List<Finding>> found) {
      AuditedNode node = finding.node();
      if (node != null && finding.kind() != Kind.AT_RISK) {
        found.computeIfAbsent(node.key(), key -> new ArrayList<>()).add(finding);
      }
    }

    private void mark(AuditedNode node, Span span, List<Finding> found, boolean again) {
      MarkDao.Mark mark = marks.get(node.key());
      if (mark == null) {
        return;
      }
      long verified = Minutes.floor(mark.verifiedUntil());
      long checked = Minutes.floor(mark.checkedUntil());
      long firstBad = span.until();
      for (Finding finding : found) {
        Instant at = finding.minute();
        firstBad = Math.min(firstBad, at == null ? span.from() : Minutes.floor(at));
      }
      boolean open = verified < checked;
      if (again || !open || firstBad < verified) {
        verified = firstBad;
      }
      checked = Math.max(checked, span.until());
      int count = found.size() + (again || !open ? 0 : mark.findings());
      String first = found.isEmpty() ? mark.firstFinding() : told(found.get(0));
      if (verified >= checked) {
        count = 0;
        first = "";
      } else if (count == 0) {
        count = Math.max(1, mark.findings());
      }
      if (!found.isEmpty() && mark.findings() == 0) {
        LOG.warn("the audit found {} deviations of {}: {}", found.size(), node.composed(), first);
      }
      marks.put(
          node.key(),
          new MarkDao.Mark(
              node.key(), Minutes.start(verified), Minutes.start(checked), count, first));
    }

    private String told(Finding finding) {
      AuditedNode node = finding.node();
      UUID account = finding.account();
      return finding.kind().text()
          + (node == null ? "" : " of node " + node.composed())
          + (account == null ? "" : " of account " + account)
          + (finding.minute() == null ? "" : " at " + finding.minute());
    }

    private void accounts() {
      MarkDao.State before =
          dao.state().orElse(new MarkDao.State(now, null, new UUID(0, 0), List.of(), 0, "", 0));
      Set<UUID> open = new TreeSet<>();
      List<Finding> found = new ArrayList<>();
      Findings findings =
          new Findings(
              finding -> {
                found.add(finding);
                UUID account = finding.account();
                if (account != null && open.size() < MOST_OPEN_ACCOUNTS) {
                  open.add(account);
                }
              },
              MOST_FINDINGS);
      FactsDao facts = handle.attach(FactsDao.class);
      new StandingAudit(money, facts, findings).guard();
      WalletAudit wallet = new WalletAudit(handle, findings);
      wallet.recent(now.minus(lookBack));
      AccountAudit audit =
          new AccountAudit(
              money,
              findings,
              new QuotaBook(money, Instant.EPOCH),
              wallet,
              new HashMap<>(),
              new HashMap<>());
      if (!before.openAccounts().isEmpty()) {
        audit.run(before.openAccounts());
      }
      UUID after = before.accountsAfter();
      long from = System.nanoTime();
      do {
        @Nullable UUID last = audit.next(after, ACCOUNTS);
        after = last == null ? new UUID(0, 0) : last;
      } while (System.nanoTime() - from < LONGEST_ON_ACCOUNTS.toNanos()
          && !after.equals(new UUID(0, 0)));
      long all = findings.total() + marks.values().stream().mapToLong(m -> m.findings()).sum();
      String first =
          marks.values().stream()
              .map(MarkDao.Mark::firstFinding)
              .filter(text -> !text.isEmpty())
              .findFirst()
              .orElse(found.isEmpty() ? "" : told(found.get(0)));
      dao.save(
          now,
          verifiedUntil(),
          after,
          open.toArray(UUID[]::new),
          all,
          first,
          before.atRiskMinutes() + riskMinutes);
    }

    /** Nodes that fell silent long ago hold nobody back, once all they told is verified. */
    private @Nullable Instant verifiedUntil() {
      Instant lately = now.minus(lookBack);
      return marks.values().stream()
          .filter(
              mark -> {
                EvidenceDao.NodeRow row = rows.get(mark.nodeKey());
                Instant head = row == null ? null : row.headAt();
                boolean heard = head != null && !head.isBefore(lately);
                return heard || mark.verifiedUntil().isBefore(mark.checkedUntil());
              })
          .map(MarkDao.Mark::verifiedUntil)
          .min(Instant::compareTo)
          .orElse(null);
    }
  }
}
