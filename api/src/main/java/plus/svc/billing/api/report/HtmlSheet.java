package plus.svc.billing.api.report;

import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One self-contained page: nothing is loaded from elsewhere and nothing runs in it. The summary
 * comes last in the stream and stands first on the page.
 */
final class HtmlSheet extends Sheet {

  /** Sections that are drawn another way than as a table, by name. */
  private static final Map<String, Supplier<HtmlSection>> DRAWINGS =
      Map.of("heatmap", HtmlHeatMap::new);

  private static final String STYLE =
      """
      :root { color-scheme: light dark; --line: #8884; --bad: #c62828; --good: #2e7d32 }
      body { display: flex; flex-direction: column; margin: 2rem auto; max-width: 80rem;
        padding: 0 1rem; font: 15px/1.45 system-ui, sans-serif }
      header { order: -3 } .s-heatmap { order: -2 } .summary { order: -1 } h1 { margin: 0 } h2 { margin: 1.5rem 0 .5rem }
      section { overflow-x: auto }
      table { border-collapse: collapse; font-variant-numeric: tabular-nums }
      th, td { padding: .2rem .6rem; border-bottom: 1px solid var(--line); text-align: left;
        vertical-align: top }
      td.n { text-align: right } th { position: sticky; top: 0; background: Canvas }
      .verdict { font-weight: 700 } .clean { color: var(--good) }
      .found, .refused, .failed { color: var(--bad) }
      .map td.label { white-space: nowrap; position: sticky; left: 0; background: Canvas }
      .map svg { display: block; height: 18px }
      .legend span { margin-right: 1.2rem; white-space: nowrap }
      .legend svg { width: 14px; height: 14px; vertical-align: -2px; margin-right: .3rem }
      .w-observed { fill: #0072b2 } .w-spanned { fill: #56b4e9 } .w-pending { fill: #8884 }
      .w-at_risk { fill: #e69f00 } .w-wrong { fill: #d55e00 } .mark { fill: Canvas; stroke: none }
      @media print { body { margin: 0; max-width: none; font-size: 10px }
        section { overflow: visible } th { position: static } tr { break-inside: avoid } }
      @media (prefers-color-scheme: dark) { :root { --bad: #ef9a9a; --good: #a5d6a7 } }
      """;

  private final Writer out;
  private final String title;
  private HtmlSection section = new HtmlSection.Table();
  private boolean begun;

  /**
   * @param title what the page is about
   */
  HtmlSheet(Writer out, String title) {
    this.out = out;
    this.title = title;
  }

  @Override
  void begin(String name, List<String> columns) throws IOException {
    open();
    section = DRAWINGS.getOrDefault(name, HtmlSection.Table::new).get();
    out.write("<section class=\"s-" + HtmlSection.escape(name) + "\">\n");
    out.write("<h2>" + HtmlSection.escape(name.replace('_', ' ')) + "</h2>\n");
    section.begin(out, columns);
  }

  @Override
  void write(List<@Nullable Object> values) throws IOException {
    section.row(out, values);
  }

  @Override
  void finish() throws IOException {
    section.end(out);
    out.write("</section>\n");
  }

  @Override
  void close(Map<String, ? extends @Nullable Object> summary, Verdict verdict) throws IOException {
    open();
    out.write("<section class=\"summary\">\n<table>\n");
    for (Map.Entry<String, ? extends @Nullable Object> entry : summary.entrySet()) {
      out.write("<tr><th>" + HtmlSection.escape(entry.getKey().replace('_', ' ')) + "</th><td>");
      out.write(HtmlSection.escape(Values.text(entry.getValue())) + "</td></tr>\n");
    }
    String text = verdict.text();
    out.write("<tr><th>verdict</th><td class=\"verdict " + text + "\">" + text + "</td></tr>\n");
    out.write("</table>\n</section>\n</body>\n</html>\n");
    out.flush();
  }

  private void open() throws IOException {
    if (begun) {
      return;
    }
    begun = true;
    String shown = HtmlSection.escape(Values.line(title));
    out.write("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.write("<meta name=\"viewport\" content=\"width=device-width\">\n");
    out.write("<title>" + shown + "</title>\n<style>\n" + STYLE + "</style>\n</head>\n<body>\n");
    out.write("<header><h1>" + shown + "</h1></header>\n");
  }
}
