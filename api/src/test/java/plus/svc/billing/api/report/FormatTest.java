package plus.svc.billing.api.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FormatTest {

  private static final String HOSTILE = "jp\u001b[31m\u009b2J\u202e\r\n<b>\"'&";

  private static void tell(Report report) {
    report.section("sources", "source_id", "bytes", "at");
    report.row("jp", 9_007_199_254_740_993L, Instant.parse("2026-01-31T10:00:00Z"));
    report.progress(0.5, "half of it");
    report.row("us-dallas", null, Instant.parse("2026-01-31T10:00:00.5Z"));
    report.section("money", "cost", "lag", "tags");
    report.row(new BigDecimal("-1E-12"), Duration.ofSeconds(90), List.of("a", "b,c"));
    report.section("nothing", "column");
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("total_cost", new BigDecimal("1E+3"));
    summary.put("applied", false);
    report.end(summary, Verdict.FOUND);
  }

  private static String told(Format format) {
    StringWriter out = new StringWriter();
    tell(format.to(out, "a & b"));
    return out.toString();
  }

  @Test
  void jsonHoldsEverySectionAsObjectsThenSummaryAndVerdict() {
    assertThat(told(Format.JSON))
        .isEqualTo(
            """
            {
             "sources":[
              {"source_id":"jp","bytes":9007199254740993,"at":"2026-01-31T10:00:00Z"},
              {"source_id":"us-dallas","bytes":null,"at":"2026-01-31T10:00:00.500Z"}],
             "money":[
              {"cost":"-0.000000000001","lag":"1m30s","tags":["a","b,c"]}],
             "nothing":[],
             "summary":{"total_cost":"1000","applied":false},
             "verdict":"found"
            }
            """);
  }

  @Test
  void csvIsASectionEachWithTheVerdictLast() {
    assertThat(told(Format.CSV))
        .isEqualTo(
            """
            # sources
            source_id,bytes,at
            jp,9007199254740993,2026-01-31T10:00:00Z
            us-dallas,,2026-01-31T10:00:00.500Z

            # money
            cost,lag,tags
            -0.000000000001,1m30s,"a, b,c"

            # nothing
            column

            # summary
            name,value
            total_cost,1000
            applied,false
            verdict,found
            """
                .replace("\n", "\r\n"));
  }

  @Test
  void theTableIsAlignedWithNumbersToTheRight() {
    assertThat(told(Format.TABLE))
        .isEqualTo(
            """
            sources
            SOURCE ID             BYTES  AT
            jp         9007199254740993  2026-01-31T10:00:00Z
            us-dallas                 -  2026-01-31T10:00:00.500Z

            money
                       COST  LAG    TAGS
            -0.000000000001  1m30s  a, b,c

            nothing
            (none)

            total cost: 1000
            applied: false
            verdict: found
            """);
  }

  @Test
  void aCellThatIsWiderThanTheFirstRowsIsWrittenWhole() {
    StringWriter out = new StringWriter();
    Report table = Format.TABLE.to(out, "");
    table.section("rows", "name", "n");
    for (int row = 0; row < 100; row++) {
      table.row("a", row);
    }
    assertThat(out.toString().lines()).as("what settled is out").hasSize(102);
    table.row("much wider than the rest", 5_000_000_000L);
    table.end(Map.of(), Verdict.CLEAN);

    assertThat(out.toString()).contains("\nmuch wider than the rest  5000000000\n");
  }

  @Test
  void aHeatMapIsDrawnAndSaysWhatItShows() {
    StringWriter out = new StringWriter();
    Report page = Format.HTML.to(out, "audit");
    page.section(
        "heatmap",
        "source",
        "node",
        "from",
        "until",
        "minutes",
        "observed",
        "spanned",
        "at_risk",
        "pending",
        "wrong",
        "word");
    Instant ten = Instant.parse("2026-01-31T10:00:00Z");
    page.row("jp", "prod:<jp>", ten, ten.plusSeconds(300), 5L, 5L, 0L, 0L, 0L, 0L, "observed");
    page.row(
        "jp",
        "prod:<jp>",
        ten.plusSeconds(600),
        ten.plusSeconds(900),
        5L,
        3L,
        0L,
        2L,
        0L,
        1L,
        "wrong");
    page.end(Map.of(), Verdict.FOUND);
    assertThat(out.toString())
        .contains("prod:&lt;jp&gt;", "a field is 5 minutes", "viewBox=\"0 0 27 18\"")
        .contains(
            "<title>wrong, 2026-01-31T10:10:00Z to 2026-01-31T10:15:00Z; minutes 5; observed 3;"
                + " at risk 2; wrong 1</title><rect class=\"w-wrong\" x=\"18\"")
        .contains("what is written is not what is proven")
        .doesNotContain("<script");
  }

  @Test
  void thePageHoldsItselfTogether() {
    String page = told(Format.HTML);

    assertThat(page)
        .startsWith("<!DOCTYPE html>")
        .contains("<title>a &amp; b</title>", "<td class=\"n\">9007199254740993</td>")
        .contains("<td class=\"verdict found\">found</td>", "@media print", "color-scheme")
        .doesNotContain("<script", "http:", "https:", "src=", "@import")
        .endsWith("</html>\n");
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void whatANodeIsNamedSteersNeitherTerminalNorPage(Format format) {
    StringWriter out = new StringWriter();
    Report report = format.to(out, HOSTILE);
    report.section("nodes", "node");
    report.row(HOSTILE);
    report.end(Map.of("node", HOSTILE), Verdict.CLEAN);

    assertThat(out.toString()).doesNotContain("\u001b", "\u009b", "\u202e");
    if (format == Format.HTML) {
      assertThat(out.toString()).contains("&lt;b&gt;&quot;&#39;&amp;").doesNotContain("<b>");
    }
    assertThat(out.toString().replace("\r\n", "\n")).doesNotContain("\r");
  }

  @ParameterizedTest
  @ValueSource(strings = {"=1+1", "+1+1", "-1+1", "@SUM(A1)", " =1+1", "\t=1+1", "=\"a\",1"})
  void aSpreadsheetTakesNoTextForAFormula(String text) {
    StringWriter out = new StringWriter();
    Report csv = Format.CSV.to(out, "");
    csv.section("nodes", "node", "cost");
    csv.row(text, new BigDecimal("-1.50"));
    csv.end(Map.of(), Verdict.CLEAN);

    assertThat(out.toString().lines().skip(2).findFirst().orElseThrow())
        .matches("\"?'[=+@-].*,-1.50");
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void eventsCarryAReportWhole(Format format) {
    StringWriter out = new StringWriter();
    Report report = format.to(out, "a & b");
    EventReader.End end = read(told(Format.EVENTS), report).orElseThrow();
    report.end(end.summary(), end.verdict());

    assertThat(out).hasToString(told(format));
  }

  @Test
  void aCutAnswerHasNoEndWhereverItIsCut() {
    String events = told(Format.EVENTS);

    for (int length = 0; length < events.length() - 2; length++) {
      Report report = Format.TABLE.to(new StringWriter(), "");
      assertThat(read(events.substring(0, length), report)).as(events, length).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html>",
        "[]",
        "{}",
        "null",
        "{\"verdict\":\"fine\"}",
        "{\"row\":[1]}",
        "{\"section\":\"a\",\"columns\":[\"b\"]}{\"row\":[1,2]}",
        "{\"section\":\"a\",\"columns\":[]}{\"section\":\"a\",\"columns\":[]}"
      })
  void whatIsNoReportHasNoEnd(String text) {
    assertThat(read(text + "{\"summary\":{},\"verdict\":\"clean\"}", Format.JSON.to(out(), "")))
        .isEmpty();
  }

  @Test
  void aReportIsHeldToTheOrderOfItsCalls() {
    Report report = Format.JSON.to(out(), "");
    assertThatThrownBy(() -> report.row("a")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> report.section("verdict")).isInstanceOf(IllegalStateException.class);
    report.section("a", "b");
    assertThatThrownBy(() -> report.row("c", "d")).hasMessageContaining("2 values");
    report.end(Map.of(), Verdict.CLEAN);
    assertThatThrownBy(() -> report.end(Map.of(), Verdict.CLEAN)).hasMessageContaining("ended");
  }

  @Test
  void aWriterThatFailsBreaksTheReport() {
    Writer full =
        new Writer() {
          @Override
          public void write(char[] text, int offset, int length) throws IOException {
            throw new IOException("disk full");
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    assertThatThrownBy(() -> tell(Format.EVENTS.to(full, ""))).isInstanceOf(ReportBroken.class);
  }

  private static StringWriter out() {
    return new StringWriter();
  }

  private static Optional<EventReader.End> read(String events, Report report) {
    return EventReader.read(
        new ByteArrayInputStream(events.getBytes(StandardCharsets.UTF_8)), report);
  }
}
