package plus.svc.billing.emulator.fault;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import plus.svc.billing.emulator.window.Exporter;
import plus.svc.billing.emulator.window.GoTime;
import plus.svc.billing.emulator.window.Request;
import plus.svc.billing.emulator.window.SampleRow;
import plus.svc.billing.emulator.window.SnapshotRow;

/** Goes wrong with a whole snapshot. */
public sealed interface SnapshotFault extends PageFault {

  /** The page's last snapshot says it is of another node. */
  record ForeignNode(When when, String nodeId) implements SnapshotFault {
    public ForeignNode {
      when = When.orAlways(when);
      Objects.requireNonNull(nodeId, "node_id is missing");
    }

    @Override
    public void tamper(PageTree page, Request request, Exporter exporter) {
      page.lastSnapshot().ifPresent(snapshot -> snapshot.put("node_id", nodeId));
    }
  }

  /** The page's last snapshot has this stamp: in the future, or long past. */
  record WrongInstant(When when, Instant collectedAt) implements SnapshotFault {
    public WrongInstant {
      when = When.orAlways(when);
      Objects.requireNonNull(collectedAt, "collected_at is missing");
    }

    @Override
    public void tamper(PageTree page, Request request, Exporter exporter) {
      page.lastSnapshot().ifPresent(snapshot -> PageTree.stamp(snapshot, collectedAt));
    }
  }

  /** The page also has a snapshot of an hour before, and one of an hour after the asked window. */
  record OutsideWindow(When when) implements SnapshotFault {
    private static final Duration OFF = Duration.ofHours(1);

    public OutsideWindow {
      when = When.orAlways(when);
    }

    @Override
    public void tamper(PageTree page, Request request, Exporter exporter) {
      Optional<ObjectNode> pattern = page.lastSnapshot();
      Optional<Instant> since = GoTime.parse(request.query().get("since"));
      Optional<Instant> until = GoTime.parse(request.query().get("until"));
      if (pattern.isPresent() && since.isPresent() && until.isPresent()) {
        ObjectNode before = pattern.get().deepCopy();
        ObjectNode after = pattern.get().deepCopy();
        PageTree.stamp(before, since.get().minus(OFF));
        PageTree.stamp(after, until.get().plus(OFF));
        page.snapshots().insert(0, before).add(after);
      }
    }
  }

  /**
   * Until an instant, a minute's row still has the totals of the row before it; from then on its
   * own larger ones. That is what flavour A's second scrape in a minute looks like to a quick
   * reader. No byte is lost by it if no restart lies between the two rows.
   */
  record RewrittenMinute(Instant minute, Instant until) implements SnapshotFault {
    public RewrittenMinute {
      Objects.requireNonNull(minute, "minute is missing");
      Objects.requireNonNull(until, "until is missing");
    }

    @Override
    public When when() {
      return new When(null, until, null);
    }

    @Override
    public void tamper(PageTree page, Request request, Exporter exporter) {
      for (ObjectNode snapshot : page.snapshotList()) {
        if (PageTree.collectedAt(snapshot).filter(minute::equals).isPresent()) {
          fill(snapshot.putArray("samples"), samplesBefore(exporter));
        }
      }
    }

    private List<SampleRow> samplesBefore(Exporter exporter) {
      List<SampleRow> samples = List.of();
      for (SnapshotRow row : exporter.history()) {
        if (row.collectedAt().isBefore(minute)) {
          samples = row.samples();
        }
      }
      return samples;
    }

    private static void fill(ArrayNode array, List<SampleRow> samples) {
      for (SampleRow sample : samples) {
        array
            .addObject()
            .put("uuid", sample.uuid())
            .put("email", sample.email())
            .put("inbound_tag", sample.inboundTag())
            .put("uplink_bytes_total", sample.uplinkBytesTotal())
            .put("downlink_bytes_total", sample.downlinkBytesTotal());
      }
    }
  }

  /** {@code "samples":null} in every snapshot. */
  record NullSamples(When when) implements SnapshotFault {
    public NullSamples {
      when = When.orAlways(when);
    }

    @Override
    public void tamper(PageTree page, Request request, Exporter exporter) {
      page.snapshotList().forEach(snapshot -> snapshot.putNull("samples"));
    }
  }
}
