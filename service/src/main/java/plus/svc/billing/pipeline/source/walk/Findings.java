package plus.svc.billing.pipeline.source.walk;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.source.SourceFailure.Kind;
import plus.svc.billing.pipeline.source.page.RejectedSnapshot;

/**
 * What was set aside of the pages read, while the rest went on.
 *
 * @param foreign snapshots, or page heads, of another node or environment than expected
 * @param outside snapshots outside the asked window
 * @param unusable snapshots without a usable head
 * @param firstUnusable why the first of them was
 */
public record Findings(
    int foreign, int outside, int unusable, RejectedSnapshot.@Nullable Reason firstUnusable) {

  /** Nothing was set aside. */
  public static final Findings NONE = new Findings(0, 0, 0, null);

  /** Adds up two findings. */
  public Findings plus(Findings other) {
    return new Findings(
        foreign + other.foreign,
        outside + other.outside,
        unusable + other.unusable,
        firstUnusable == null ? other.firstUnusable : firstUnusable);
  }

  /** What an operator must know, in the form of a failure's message; empty if there is nothing. */
  public Optional<String> text() {
    List<String> parts = new ArrayList<>();
    if (foreign > 0) {
      parts.add(
          Kind.WRONG_NODE.text()
              + ": another node or env than expected answers there ("
              + foreign
              + " set aside)");
    }
    if (outside > 0) {
      parts.add(
          Kind.OUTSIDE_WINDOW.text()
              + ": snapshots outside the asked window ("
              + outside
              + " set aside)");
    }
    if (unusable > 0 && firstUnusable != null) {
      parts.add(
          Kind.BAD_SNAPSHOT.text() + ": " + firstUnusable.text() + " (" + unusable + " set aside)");
    }
    return parts.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", parts));
  }
}
