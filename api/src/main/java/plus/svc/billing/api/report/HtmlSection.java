package plus.svc.billing.api.report;

import java.io.IOException;
import java.io.Writer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How one section is drawn in a page; a table, unless it has a drawing of its own. */
interface HtmlSection {

  /** The section begins; its title is written. */
  void begin(Writer out, List<String> columns) throws IOException;

  /** A row of it. */
  void row(Writer out, List<@Nullable Object> values) throws IOException;

  /** The section ends. */
  void end(Writer out) throws IOException;

  /** Text that means itself in HTML, between tags and in quoted attributes. */
  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** A plain table. */
  final class Table implements HtmlSection {

    @Override
    public void begin(Writer out, List<String> columns) throws IOException {
      out.write("<table>\n<thead><tr>");
      for (String column : columns) {
        out.write("<th>" + escape(column.replace('_', ' ')) + "</th>");
      }
      out.write("</tr></thead>\n<tbody>\n");
    }

    @Override
    public void row(Writer out, List<@Nullable Object> values) throws IOException {
      out.write("<tr>");
      for (Object value : values) {
        String text = Values.text(value);
        out.write(Values.isNumber(text) ? "<td class=\"n\">" : "<td>");
        out.write(escape(text) + "</td>");
      }
      out.write("</tr>\n");
    }

    @Override
    public void end(Writer out) throws IOException {
      out.write("</tbody>\n</table>\n");
    }
  }
}
