package plus.svc.billing.migration;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Jdbi;

/** Asks a database. */
final class Query {

  private final Jdbi jdbi;

  Query(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** The only value of the only row. */
  BigDecimal number(String sql, Object... args) {
    return jdbi.withHandle(h -> h.select(sql, args).mapTo(BigDecimal.class).one());
  }

  boolean truth(String sql, Object... args) {
    return jdbi.withHandle(h -> h.select(sql, args).mapTo(Boolean.class).one());
  }

  /** The first column. */
  List<String> texts(String sql, Object... args) {
    return jdbi.withHandle(h -> h.select(sql, args).mapTo(String.class).list());
  }

  /** The second column by the first. */
  Map<String, String> map(String sql, Object... args) {
    Map<String, String> map = new TreeMap<>();
    jdbi.useHandle(
        h ->
            h.select(sql, args)
                .map((rs, ctx) -> Map.entry(rs.getString(1), rs.getString(2)))
                .forEach(entry -> map.put(entry.getKey(), entry.getValue())));
    return map;
  }

  void run(String sql, Object... args) {
    jdbi.useHandle(h -> h.execute(sql, args));
  }
}
