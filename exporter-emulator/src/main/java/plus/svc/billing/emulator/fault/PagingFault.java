package plus.svc.billing.emulator.fault;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import plus.svc.billing.emulator.window.Exporter;
import plus.svc.billing.emulator.window.GoTime;
import plus.svc.billing.emulator.window.Request;

/** Goes wrong with the way from page to page. */
public sealed interface PagingFault extends PageFault {

  /** The next cursor is the one just asked with; a reader that follows it turns in a circle. */
  record RepeatedCursor(When when) implements PagingFault {
    public RepeatedCursor {
      when = When.orAlways(when);
    }

    @Override
    public void tamper(PageTree page, Request request, Exporter exporter) {
      String asked = request.query().get("cursor");
      page.more(asked.isEmpty() ? lastStamp(page, request) : asked);
    }
  }

  /** The next cursor lies an hour before the page. */
  record BackwardCursor(When when) implements PagingFault {
    public BackwardCursor {
      when = When.orAlways(when);
    }

    @Override
    public void tamper(PageTree page, Request request, Exporter exporter) {
      Instant first =
          page.snapshotList().stream()
              .findFirst()
              .flatMap(PageTree::collectedAt)
              .orElse(since(request));
      page.more(GoTime.format(first.minus(Duration.ofHours(1))));
    }
  }

  /** More is promised without a cursor to get it with. */
  record MissingCursor(When when) implements PagingFault {
    public MissingCursor {
      when = When.orAlways(when);
    }

    @Override
    public void tamper(PageTree page, Request request, Exporter exporter) {
      page.root().put("has_more", true);
      page.root().remove("next_cursor");
    }
  }

  /** Nothing on the page, and more promised. */
  record EmptyButMore(When when) implements PagingFault {
    public EmptyButMore {
      when = When.orAlways(when);
    }

    @Override
    public void tamper(PageTree page, Request request, Exporter exporter) {
      page.more(GoTime.format(position(request).plusMillis(1)));
      page.snapshots().removeAll();
    }
  }

  /** Each page has one made-up snapshot a millisecond on, and always more to come. */
  record EndlessPages(When when) implements PagingFault {
    public EndlessPages {
      when = When.orAlways(when);
    }

    @Override
    public void tamper(PageTree page, Request request, Exporter exporter) {
      Instant next = position(request).plusMillis(1);
      Optional<ObjectNode> pattern = page.lastSnapshot();
      page.snapshots().removeAll();
      ObjectNode snapshot =
          pattern.orElseGet(
              () ->
                  page.root()
                      .objectNode()
                      .put("node_id", exporter.config().nodeId())
                      .put("env", exporter.config().env())
                      .putNull("samples"));
      PageTree.stamp(snapshot, next);
      page.snapshots().add(snapshot);
      page.more(GoTime.format(next));
    }
  }

  /** {@code "snapshots":null}, whatever there is. */
  record NullSnapshots(When when) implements PagingFault {
    public NullSnapshots {
      when = When.orAlways(when);
    }

    @Override
    public void tamper(PageTree page, Request request, Exporter exporter) {
      page.root().putNull("snapshots");
    }
  }

  private static Instant since(Request request) {
    return GoTime.parse(request.query().get("since")).orElse(Instant.EPOCH);
  }

  private static Instant position(Request request) {
    return GoTime.parse(request.query().get("cursor")).orElseGet(() -> since(request));
  }

  private static String lastStamp(PageTree page, Request request) {
    return GoTime.format(
        page.lastSnapshot().flatMap(PageTree::collectedAt).orElseGet(() -> since(request)));
  }
}
