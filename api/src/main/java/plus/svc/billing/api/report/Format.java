package plus.svc.billing.api.report;

import java.io.IOException;
import java.io.Writer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a report can be written as. Every one is written as it comes, and holds nothing back. */
public enum Format {
  /** One JSON object. */
  JSON("application/json"),
  /** A JSON object a line; what the command line reads. */
  EVENTS("application/x-ndjson"),
  /** For spreadsheets, by RFC 4180. */
  CSV("text/csv"),
  /** Aligned text for a terminal. */
  TABLE("text/plain"),
  /** One self-contained page. */
  HTML("text/html");

  private final String mediaType;

  Format(String mediaType) {
    this.mediaType = mediaType;
  }

  /** Without parameters; all are UTF-8. */
  public String mediaType() {
    return mediaType;
  }

  /** As operators name it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** All the texts. */
  public static List<String> texts() {
    return Arrays.stream(values()).map(Format::text).toList();
  }

  /**
   * A report that writes to {@code out}, and nothing before its first call; a failure to write is a
   * {@link ReportBroken}.
   *
   * @param title what is asked, for the formats that have a title
   */
  public Report to(Writer out, String title) {
    try {
      return switch (this) {
        case JSON -> new JsonSheet(out);
        case EVENTS -> new EventSheet(out);
        case CSV -> new CsvSheet(out);
        case TABLE -> new TableSheet(out);
        case HTML -> new HtmlSheet(out, title);
      };
    } catch (IOException e) {
      throw new ReportBroken(e);
    }
  }
}
