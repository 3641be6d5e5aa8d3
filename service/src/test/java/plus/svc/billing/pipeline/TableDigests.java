package plus.svc.billing.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Jdbi;

/**
 * Rows and content of every table of ours and of the shared schema, to tell whether any changed;
 * not of those that hold nothing but when a loop ran last.
 */
public final class TableDigests {

  private TableDigests() {}

  /** By table: the number of rows, and a digest of them that their order does not matter to. */
  public static Map<String, String> of(Jdbi jdbi) {
    return jdbi.withHandle(
        handle -> {
          List<String> tables =
              handle
                  .createQuery(
                      """
                      SELECT format('%I.%I', schemaname, tablename)
                        FROM pg_tables
                       WHERE schemaname IN ('public', 'billing')
                         AND tablename NOT LIKE 'databasechangelog%'
                         AND tablename NOT IN ('repair_mark', 'month_ahead')
                       ORDER BY 1
                      """)
                  .mapTo(String.class)
                  .list();
          Map<String, String> digests = new TreeMap<>();
          for (String table : tables) {
            digests.put(
                table,
                handle
                    .createQuery(
                        "SELECT count(*) || ' rows, '"
                            + " || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)"
                            + " FROM "
                            + table
                            + " t")
                    .mapTo(String.class)
                    .one());
          }
          return digests;
        });
  }

  /** The tables whose rows differ, as sentences; empty if none does. */
  public static List<String> changes(Map<String, String> before, Map<String, String> after) {
    List<String> changes = new ArrayList<>();
    before.forEach(
        (table, digest) -> {
          if (!digest.equals(after.get(table))) {
            changes.add(table + ": " + digest + " became " + after.get(table));
          }
        });
    return changes;
  }
}
