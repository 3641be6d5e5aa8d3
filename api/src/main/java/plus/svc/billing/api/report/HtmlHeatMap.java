package plus.svc.billing.api.report;

import java.io.IOException;
import java.io.Writer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A map of what is known, one strip for each node and one field for each stretch of time: looked at
 * rather than read. Colours that differ for everybody's eyes, and what is bad bears a sign besides;
 * each field says what it stands for when it is pointed at.
 */
final class HtmlHeatMap implements HtmlSection {

  private static final int WIDTH = 9;
  private static final int HEIGHT = 18;
  private static final List<String> WORDS =
      List.of("observed", "spanned", "pending", "at_risk", "wrong");
  private static final Map<String, String> MEANING =
      Map.of(
          "observed", "every minute has a snapshot",
          "spanned", "some have none, but the counters went on",
          "pending", "not told yet",
          "at_risk", "a restart inside: some bytes can't be known",
          "wrong", "what is written is not what is proven");

  private final Map<String, List<Field>> strips = new LinkedHashMap<>();
  private List<String> columns = List.of();
  private @Nullable Instant first;
  private @Nullable Instant last;
  private Duration length = Duration.ofMinutes(1);

  private record Field(Instant from, String word, String title) {}

  @Override
  public void begin(Writer out, List<String> names) throws IOException {
    columns = names;
    out.write("<p class=\"legend\">");
    for (String word : WORDS) {
      out.write("<span><svg viewBox=\"0 0 9 18\">");
      draw(out, 0, word);
      out.write("</svg>" + shown(word) + ": " + MEANING.getOrDefault(word, "") + "</span> ");
    }
    out.write("</p>\n");
  }

  private static String shown(String word) {
    return word.replace('_', ' ');
  }

  @Override
  public void row(Writer out, List<@Nullable Object> values) {
    Map<String, @Nullable Object> row = new HashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      row.put(columns.get(i), values.get(i));
    }
    Instant from = Instant.parse(Values.text(row.get("from")));
    Instant until = Instant.parse(Values.text(row.get("until")));
    if (first == null || from.isBefore(first)) {
      first = from;
    }
    if (last == null || until.isAfter(last)) {
      last = until;
    }
    Duration now = Duration.between(from, until);
    length = now.compareTo(length) > 0 ? now : length;
    String word = Values.text(row.get("word"));
    String node = Values.text(row.get("source")) + "\u00a0 " + Values.text(row.get("node"));
    StringBuilder title = new StringBuilder();
    title.append(shown(word)).append(", ").append(from).append(" to ").append(until);
    for (String name : List.of("minutes", "observed", "spanned", "at_risk", "pending", "wrong")) {
      String count = Values.text(row.get(name));
      if (!count.equals("0")) {
        title.append("; ").append(shown(name)).append(' ').append(count);
      }
    }
    strips
        .computeIfAbsent(node, name -> new ArrayList<>())
        .add(new Field(from, word, title.toString()));
  }

  @Override
  public void end(Writer out) throws IOException {
    Instant start = first;
    Instant stop = last;
    if (start == null || stop == null) {
      out.write("<p>nothing to show</p>\n");
      return;
    }
    long fields =
        Math.max(1, Duration.between(start, stop).plus(length).minusNanos(1).dividedBy(length));
    out.write("<p>" + start + " to " + stop + ", a field is ");
    out.write(length.toMinutes() + (length.toMinutes() == 1 ? " minute" : " minutes") + "</p>\n");
    out.write("<table class=\"map\">\n<tbody>\n");
    for (Map.Entry<String, List<Field>> strip : strips.entrySet()) {
      out.write("<tr><td class=\"label\">" + HtmlSection.escape(strip.getKey()) + "</td><td>");
      out.write(
          String.format(
              Locale.ROOT,
              "<svg width=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\">",
              fields * WIDTH,
              fields * WIDTH,
              HEIGHT));
      for (Field field : strip.getValue()) {
        long at = Duration.between(start, field.from()).dividedBy(length);
        out.write("<g><title>" + HtmlSection.escape(field.title()) + "</title>");
        draw(out, at * WIDTH, field.word());
        out.write("</g>");
      }
      out.write("</svg></td></tr>\n");
    }
    out.write("</tbody>\n</table>\n");
  }

  /** A field; what is bad bears a sign, a cross or a bar, beside its colour. */
  private static void draw(Writer out, long x, String word) throws IOException {
    String name = WORDS.contains(word) ? word : "pending";
    out.write(
        String.format(
            Locale.ROOT,
            "<rect class=\"w-%s\" x=\"%d\" y=\"0\" width=\"%d\" height=\"%d\"/>",
            name,
            x,
            WIDTH - 1,
            HEIGHT));
    if (name.equals("wrong")) {
      out.write(
          String.format(
              Locale.ROOT,
              "<path d=\"M%d 6l4 6m0-6l-4 6\" stroke=\"Canvas\" stroke-width=\"2\"/>",
              x + 2));
    } else if (name.equals("at_risk")) {
      out.write(
          String.format(
              Locale.ROOT,
              "<rect class=\"mark\" x=\"%d\" y=\"8\" width=\"5\" height=\"2\"/>",
              x + 2));
    }
  }
}
