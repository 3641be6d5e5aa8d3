package plus.svc.billing.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.report.Format;
import plus.svc.billing.api.report.Verdict;

/** Keeps the changes in {@code billing.admin_changes}, which takes rows and never lets one go. */
public final class DatabaseChangeJournal implements ChangeJournal {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Jdbi jdbi;

  public DatabaseChangeJournal(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  @Override
  public long begin(
      Instant at, String caller, String operation, String reason, Map<String, Object> request) {
    String text;
    try {
      text = JSON.writeValueAsString(request);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the request of " + operation + " is no JSON", e);
    }
    return jdbi.withExtension(
        ChangeDao.class, dao -> dao.begin(at, caller, operation, reason, text));
  }

  @Override
  public void end(
      long change, Instant at, Map<String, ? extends @Nullable Object> summary, Verdict verdict) {
    StringWriter text = new StringWriter();
    Format.JSON.to(text, "").end(summary, verdict);
    jdbi.useExtension(ChangeDao.class, dao -> dao.end(change, at, text.toString()));
  }

  /** Changes that began, the oldest first; a page of them. */
  List<ChangeRow> page(ChangeFilter filter, long after) {
    return jdbi.withExtension(ChangeDao.class, dao -> dao.page(filter, after));
  }
}
