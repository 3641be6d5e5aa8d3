package plus.svc.billing.auth;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What a token may do. A right implies no other. */
public enum Right {
  /** Start the collect and reconcile jobs. */
  JOBS(Right.JOBS_NAME),
  /** Read {@code /v1/status}. */
  STATUS(Right.STATUS_NAME),
  /** Push snapshots. */
  INGEST(Right.INGEST_NAME),
  /** GET on the admin port. */
  ADMIN_READ("admin:read"),
  /** Everything else on the admin port. */
  ADMIN_WRITE("admin:write");

  /** {@link #JOBS} where an annotation needs a constant. */
  public static final String JOBS_NAME = "jobs";

  /** {@link #STATUS} where an annotation needs a constant. */
  public static final String STATUS_NAME = "status";

  /** {@link #INGEST} where an annotation needs a constant. */
  public static final String INGEST_NAME = "ingest";

  private final String text;

  Right(String text) {
    this.text = text;
  }

  /** As configured and as roles name it. */
  public String text() {
    return text;
  }

  /** The rights by their texts. */
  public static Map<String, Right> byText() {
    return Arrays.stream(values()).collect(Collectors.toMap(Right::text, Function.identity()));
  }
}
