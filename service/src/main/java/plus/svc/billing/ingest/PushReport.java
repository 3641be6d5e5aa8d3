package plus.svc.billing.ingest;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import plus.svc.billing.api.IngestProblem;
import plus.svc.billing.api.IngestResult;
import plus.svc.billing.api.JobResult;
import plus.svc.billing.pipeline.Receipt;
import plus.svc.billing.pipeline.source.page.PushedBody.Placed;
import plus.svc.billing.pipeline.source.page.RejectedSnapshot;

/** What became of a push, gathered while it is taken. */
final class PushReport {

  static final int MOST_PROBLEMS = 20;

  private final Instant startedAt;
  private final List<IngestProblem> problems = new ArrayList<>();
  private Receipt receipt = Receipt.NOTHING;
  private int rejected;
  private int notTaken;
  private String failure = "";

  PushReport(Instant startedAt) {
    this.startedAt = startedAt;
  }

  /** A snapshot whose head is unusable. */
  void rejected(RejectedSnapshot snapshot) {
    rejected(
        snapshot.index(),
        snapshot.reason().field(),
        snapshot.value(),
        snapshot.reason().text() + "; " + snapshot.reason().mend());
  }

  /** A snapshot that cannot be taken as it is. */
  void rejected(int index, String field, String value, String mend) {
    rejected++;
    problem(new IngestProblem(index, field, value, mend));
  }

  /** A delivery that was committed. */
  void taken(List<Placed> parcel, Receipt of) {
    receipt = receipt.plus(of);
    for (Placed placed : parcel) {
      placed
          .snapshot()
          .rejected()
          .forEach(sample -> problem(SampleProblems.of(placed.index(), sample)));
    }
  }

  /** Snapshots that could not be written now; {@code why} names a reference in the log. */
  void notTaken(int snapshots, String why) {
    notTaken += snapshots;
    failure = why;
  }

  private void problem(IngestProblem problem) {
    if (problems.size() < MOST_PROBLEMS) {
      problems.add(problem);
    }
  }

  private int takenSnapshots() {
    return receipt.accepted() + receipt.repeated() + receipt.conflicting();
  }

  IngestResult result(Instant finishedAt) {
    return new IngestResult(
        IngestResult.JOB,
        startedAt,
        finishedAt,
        receipt.samples(),
        receipt.buckets(),
        receipt.correctedBuckets(),
        status(),
        error(),
        receipt.accepted(),
        receipt.late(),
        receipt.repeated(),
        receipt.conflicting(),
        rejected,
        notTaken,
        receipt.setAside(),
        problems);
  }

  private String status() {
    if (takenSnapshots() == 0) {
      return JobResult.ERROR;
    }
    boolean whole = notTaken == 0 && receipt.setAside() == 0 && problems.isEmpty();
    return whole ? JobResult.OK : JobResult.PARTIAL;
  }

  private String error() {
    List<String> parts = new ArrayList<>();
    if (rejected > 0) {
      parts.add(rejected + " snapshots rejected");
    }
    if (notTaken > 0) {
      parts.add(notTaken + " snapshots not written: " + failure + "; send the same again");
    }
    if (receipt.setAside() > 0) {
      parts.add(receipt.setAside() + " samples set aside");
    }
    return String.join("; ", parts);
  }
}
