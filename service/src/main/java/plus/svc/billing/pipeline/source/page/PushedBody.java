package plus.svc.billing.pipeline.source.page;

import java.util.List;
import plus.svc.billing.pipeline.snapshot.Snapshot;

/**
 * The snapshots of one pushed body.
 *
 * @param placed those with a usable head, in the order sent
 * @param rejected those without
 */
public record PushedBody(List<Placed> placed, List<RejectedSnapshot> rejected) {

  /**
   * A snapshot and its place.
   *
   * @param index in the body, from 0
   */
  public record Placed(int index, Snapshot snapshot) {}

  public PushedBody {
    placed = List.copyOf(placed);
    rejected = List.copyOf(rejected);
  }
}
