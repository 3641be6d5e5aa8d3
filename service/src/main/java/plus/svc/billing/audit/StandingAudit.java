package plus.svc.billing.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.audit.Finding.Kind;

/** Looks at what stands for everything: the ledger's guard, and how far sources were read. */
final class StandingAudit {

  private static final List<String> GUARDED =
      List.of(
          "billing_ledger",
          "operations",
          "recharge_events",
          "refusals",
          "requests",
          "service_prices");
  private static final String NOTES = "billing_ledger_note_foreign";

  /** What exporters forgot is passed over, be it seen or not. */
  private static final Duration FORGOTTEN = Duration.ofDays(3);

  private final MoneyDao money;
  private final FactsDao facts;
  private final Findings findings;

  StandingAudit(MoneyDao money, FactsDao facts, Findings findings) {
    this.money = money;
    this.facts = facts;
    this.findings = findings;
  }

  /** Whether the database still refuses what must never happen to the ledger and its reasons. */
  void guard() {
    Map<String, MoneyDao.TriggerRow> triggers = new HashMap<>();
    money.triggers().forEach(row -> triggers.put(row.name(), row));
    for (String table : GUARDED) {
      guard(triggers, table, table + "_append_only");
      guard(triggers, table, table + "_no_truncate");
    }
    MoneyDao.@Nullable TriggerRow notes = triggers.get(NOTES);
    tell(
        NOTES,
        notes != null && isOn(notes) && notes.source().contains("billing.foreign_entries"),
        "ledger rows of other services are not noted");
  }

  private void guard(Map<String, MoneyDao.TriggerRow> triggers, String table, String name) {
    MoneyDao.@Nullable TriggerRow trigger = triggers.get(name);
    boolean refuses =
        trigger != null
            && isOn(trigger)
            && trigger.source().contains("RAISE EXCEPTION")
            && !trigger.source().contains("RETURN NEW");
    tell(name, refuses, "the append-only guard of " + table + " does not stand");
  }

  private static boolean isOn(MoneyDao.TriggerRow trigger) {
    return trigger.enabled().equals("O") || trigger.enabled().equals("A");
  }

  private void tell(String trigger, boolean stands, String why) {
    if (!stands) {
      findings.add(
          Finding.of(
              Kind.GUARD_GONE, "trigger " + trigger, null, why + ": run db migrate's DDL of it"));
    }
  }

  /** No source may have been read further than its node was ever seen. */
  void progress(List<AuditedNode> nodes, Instant now) {
    Map<String, Instant> read = new HashMap<>();
    facts.progress().forEach(row -> read.put(row.source(), row.completedUntil()));
    Map<String, AuditedNode> newest = new HashMap<>();
    for (AuditedNode node : nodes) {
      newest.merge(node.source, node, (a, b) -> a.headMinute() >= b.headMinute() ? a : b);
    }
    newest.keySet().stream()
        .sorted()
        .forEach(
            source -> {
              @Nullable Instant until = read.get(source);
              @Nullable AuditedNode node = newest.get(source);
              @Nullable Instant head = node == null ? null : node.row.headAt();
              if (until != null
                  && node != null
                  && head != null
                  && until.isAfter(head)
                  && until.isAfter(now.minus(FORGOTTEN))) {
                findings.add(
                    Finding.ofNode(
                        Kind.PROGRESS_AHEAD,
                        node,
                        until,
                        head,
                        until,
                        "the source is noted as read further than its newest snapshot"));
              }
            });
  }
}
