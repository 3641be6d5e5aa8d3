package plus.svc.billing.audit;

import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.audit.Finding.Kind;
import plus.svc.billing.quantity.Minutes;

/** Tells what is found about buckets. */
final class BucketTeller {

  private final Findings findings;
  private final Map<String, AuditedNode> nodes;

  BucketTeller(Findings findings, Map<String, AuditedNode> nodes) {
    this.findings = findings;
    this.nodes = nodes;
  }

  void tell(
      Kind kind,
      BucketKey key,
      @Nullable Object must,
      @Nullable Object is,
      @Nullable BigDecimal money,
      String why) {
    findings.add(
        new Finding(
            kind,
            nodes.get(key.node()),
            key.account(),
            key.line(),
            Minutes.start(key.minute()),
            must,
            is,
            money == null ? null : Pricing.plain(money),
            nodes.containsKey(key.node()) ? why : why + " (node " + key.node() + ")"));
  }
}
