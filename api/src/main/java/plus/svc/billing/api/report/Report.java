package plus.svc.billing.api.report;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes the answer to an operator's question while it is found: sections of rows, then a summary
 * and a verdict. Nothing is kept, so an answer may be as long as it likes.
 *
 * <p>Names are snake_case: they are keys in JSON and headings everywhere else. Values are {@code
 * String}, {@code Integer}, {@code Long}, {@code BigDecimal}, {@code Boolean}, {@code Instant},
 * {@code Duration}, a {@code List} of these, or null.
 */
public interface Report {

  /**
   * Begins a section and ends the one before it. A section's name comes once in a report.
   *
   * @param columns names of what each row holds, in order
   */
  void section(String name, String... columns);

  /** One row of the section; as many values as it has columns. */
  void row(@Nullable Object... values);

  /**
   * Tells how far the work is. No part of the answer: shown while it is awaited, where somebody
   * waits.
   *
   * @param share from 0 to 1
   */
  void progress(double share, String doing);

  /** Ends the answer. Without this call it is incomplete, and is told so. */
  void end(Map<String, ? extends @Nullable Object> summary, Verdict verdict);
}
