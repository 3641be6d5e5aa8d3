package plus.svc.billing.pipeline.source.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.tuple;
import static plus.svc.billing.pipeline.source.page.Pages.ALICE;
import static plus.svc.billing.pipeline.source.page.Pages.BOB;
import static plus.svc.billing.pipeline.source.page.Pages.decode;
import static plus.svc.billing.pipeline.source.page.Pages.page;
import static plus.svc.billing.pipeline.source.page.Pages.sample;
import static plus.svc.billing.pipeline.source.page.Pages.sampleOf;
import static plus.svc.billing.pipeline.source.page.Pages.snapshot;
import static plus.svc.billing.pipeline.source.page.Pages.snapshotWith;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import plus.svc.billing.pipeline.snapshot.RejectReason;
import plus.svc.billing.pipeline.snapshot.RejectedSample;
import plus.svc.billing.pipeline.snapshot.Sample;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.page.RejectedSnapshot.Reason;

final class WindowDecoderTest {

  @Test
  void t01NullArraysAreEmpty() throws Exception {
    assertThat(decode("{\"snapshots\":null,\"has_more\":false}").isEmpty()).isTrue();
    WindowPage page =
        decode(
            "{\"snapshots\":[{\"collected_at\":\"2026-04-08T10:00:00Z\",\"node_id\":\"jp\","
                + "\"env\":\"prod\",\"samples\":null}],\"has_more\":false}");
    assertThat(page.snapshots().get(0).samples()).isEmpty();
  }

  @Test
  void t02ABlankHeadOfAnEmptyPageIsNoError() throws Exception {
    WindowPage page = decode("{\"node_id\":\"\",\"env\":\"\",\"snapshots\":[],\"has_more\":false}");
    assertThat(page.nodeId()).isEmpty();
    assertThat(page.isEmpty()).isTrue();
  }

  @Test
  void t03ACursorKeepsItsNanoseconds() throws Exception {
    WindowPage page =
        decode(
            "{\"snapshots\":[],\"has_more\":true,\"next_cursor\":\"2026-04-08T10:00:00.123456789Z\"}");
    assertThat(page.nextCursor()).isEqualTo("2026-04-08T10:00:00.123456789Z");
  }

  @Test
  void t07ATruncatedPageIsNoPage() {
    String whole = page(snapshot(sample(ALICE, "tcp", 1, 2)));
    for (int length = 0; length < whole.length(); length++) {
      String cut = whole.substring(0, length);
      assertThatCode(() -> decode(cut)).satisfies(e -> assertThat(e).isNotNull());
    }
    Refusal.of(() -> decode(whole.substring(0, 60))).isTruncated();
    Refusal.of(() -> decode("")).isTruncated();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html><body>Welcome</body></html>",
        "[]",
        "\"page\"",
        "{}",
        "{\"status\":\"ok\"}",
        "{\"snapshots\":{},\"has_more\":false}",
        "{\"snapshots\":[],\"has_more\":\"no\"}",
        "{\"snapshots\":[],\"has_more\":true,\"next_cursor\":5}",
        "{\"snapshots\":[],\"has_more\":false} {}",
        "{\"snapshots\":[],\"has_more\":false,}"
      })
  void t07AnythingButAPageIsRefused(String body) {
    Refusal.of(() -> decode(body)).isMalformed();
  }

  @Test
  void t12SeriesOfOneAccountStaySeparate() throws Exception {
    assertThat(onlySnapshot(sample(ALICE, "xhttp", 3, 4), sample(ALICE, "tcp", 1, 2)).samples())
        .containsExactly(
            new Sample(new SeriesKey(ALICE, "tcp"), 1, 2),
            new Sample(new SeriesKey(ALICE, "xhttp"), 3, 4));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00000000-0000-4000-8000-00000000000A",
        "{00000000-0000-4000-8000-00000000000a}",
        "urn:uuid:00000000-0000-4000-8000-00000000000a",
        "URN:UUID:00000000-0000-4000-8000-00000000000A",
        "0000000000004000800000000000000a",
        "{0000000000004000800000000000000A}"
      })
  void t13EveryFormOfAUuidFoldsIntoOne(String form) throws Exception {
    assertThat(onlySnapshot(sample(form, "tcp", 1, 2)).samples())
        .containsExactly(new Sample(new SeriesKey(ALICE, "tcp"), 1, 2));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "user@example.com",
        "",
        "00000000-0000-4000-8000-00000000000",
        "00000000-0000-4000-8000-00000000000g",
        "{00000000-0000-4000-8000-00000000000a",
        "00000000-00004000-8000-0000-00000000000a"
      })
  void t13WhatIsNoUuidIsSetAsideAndTheRestKept(String identifier) throws Exception {
    Snapshot snapshot = onlySnapshot(sample(identifier, "tcp", 1, 2), sample(BOB, "tcp", 3, 4));
    assertThat(snapshot.samples()).hasSize(1);
    assertThat(snapshot.rejected())
        .containsExactly(
            new RejectedSample(identifier, "tcp", "1", "2", RejectReason.BAD_IDENTIFIER));
  }

  @ParameterizedTest
  @CsvSource({
    "-1, NEGATIVE_TOTAL, -1",
    "-9223372036854775808, NEGATIVE_TOTAL, -9223372036854775808",
    "1.5, NOT_AN_INTEGER, 1.5",
    "1.0, NOT_AN_INTEGER, 1.0",
    "1e3, NOT_AN_INTEGER, 1e3",
    "'\"12\"', NOT_AN_INTEGER, 12",
    "true, NOT_AN_INTEGER, true",
    "'[1,[2]]', NOT_AN_INTEGER, ''",
    "'{\"a\":{\"b\":1}}', NOT_AN_INTEGER, ''",
    "null, MISSING_FIELD, ''",
    "9223372036854775808, OUT_OF_RANGE, 9223372036854775808",
    "-9223372036854775809, OUT_OF_RANGE, -9223372036854775809",
    "99999999999999999999999999999999, OUT_OF_RANGE, 99999999999999999999999999999999"
  })
  void t20AnOddTotalSetsItsSampleAsideAndTheRestIsKept(
      String literal, RejectReason reason, String kept) throws Exception {
    String id = "\"" + ALICE + "\"";
    assertThat(onlySnapshot(sampleOf(id, "\"\"", literal, "7"), sample(BOB, "tcp", 3, 4)))
        .satisfies(
            snapshot -> {
              assertThat(snapshot.samples()).hasSize(1);
              assertThat(snapshot.rejected())
                  .containsExactly(new RejectedSample(ALICE, "", kept, "7", reason));
            });
    assertThat(onlySnapshot(sampleOf(id, "\"\"", "7", literal)).rejected())
        .containsExactly(new RejectedSample(ALICE, "", "7", kept, reason));
  }

  @Test
  void t20TheLargestTotalIsTaken() throws Exception {
    assertThat(onlySnapshot(sample(ALICE, "tcp", Long.MAX_VALUE, 0)).samples()).hasSize(1);
  }

  @Test
  void totalsWhoseSumPassesALongAreSetAside() throws Exception {
    Snapshot snapshot = onlySnapshot(sample(ALICE, "tcp", Long.MAX_VALUE, 1));
    assertThat(snapshot.rejected())
        .extracting(RejectedSample::reason)
        .containsExactly(RejectReason.OUT_OF_RANGE);
  }

  @Test
  void aSampleWithoutATotalOrAnIdentifierIsSetAside() throws Exception {
    Snapshot snapshot =
        onlySnapshot(
            "{\"uuid\":\"" + ALICE + "\",\"uplink_bytes_total\":1}",
            "{\"uplink_bytes_total\":1,\"downlink_bytes_total\":2}",
            sampleOf("null", "\"\"", "1", "2"),
            "null",
            "[]",
            "7");
    assertThat(snapshot.samples()).isEmpty();
    assertThat(snapshot.rejected())
        .hasSize(6)
        .extracting(RejectedSample::reason)
        .containsOnly(RejectReason.MISSING_FIELD);
  }

  @Test
  void anIdentifierOrTagOfAnotherTypeIsSetAside() throws Exception {
    Snapshot snapshot =
        onlySnapshot(
            sampleOf("5", "\"tcp\"", "1", "2"),
            sampleOf("{}", "\"tcp\"", "1", "2"),
            sampleOf("\"" + ALICE + "\"", "5", "1", "2"));
    assertThat(snapshot.rejected())
        .extracting(RejectedSample::identifier, RejectedSample::inboundTag, RejectedSample::reason)
        .containsExactly(
            tuple("5", "tcp", RejectReason.BAD_IDENTIFIER),
            tuple("", "tcp", RejectReason.BAD_IDENTIFIER),
            tuple(ALICE, "5", RejectReason.BAD_IDENTIFIER));
  }

  @Test
  void aMissingOrNullTagIsTheEmptyOne() throws Exception {
    Snapshot snapshot =
        onlySnapshot(
            "{\"uuid\":\"" + ALICE + "\",\"uplink_bytes_total\":1,\"downlink_bytes_total\":2}",
            sampleOf("\"" + BOB + "\"", "null", "3", "4"));
    assertThat(snapshot.samples()).extracting(s -> s.series().inboundTag()).containsOnly("");
  }

  @Test
  void whatADatabaseCannotStoreIsSetAsideAndShownSafely() throws Exception {
    Snapshot snapshot =
        onlySnapshot(
            sample(ALICE, "a\\u0000b", 1, 2),
            sample(ALICE, "\\ud800", 1, 2),
            sample("x\\u0000".repeat(150), "tcp", 1, 2));
    assertThat(snapshot.samples()).isEmpty();
    assertThat(snapshot.rejected())
        .extracting(RejectedSample::inboundTag)
        .containsExactly("a\uFFFDb", "\uFFFD", "tcp");
    assertThat(snapshot.rejected().get(2).identifier()).isEqualTo("x\uFFFD".repeat(100));
  }

  @Test
  void oneSeriesTwiceInASnapshotIsAddedUp() throws Exception {
    Snapshot snapshot =
        onlySnapshot(
            sample(BOB, "tcp", 5, 6),
            sample(ALICE, "tcp", 1, 2),
            sample(ALICE.toUpperCase(Locale.ROOT), "tcp", 10, 20),
            sample(ALICE, "", 100, 200));
    assertThat(snapshot.samples())
        .containsExactly(
            new Sample(new SeriesKey(ALICE, ""), 100, 200),
            new Sample(new SeriesKey(ALICE, "tcp"), 11, 22),
            new Sample(new SeriesKey(BOB, "tcp"), 5, 6));
  }

  @Test
  void oneSeriesTwiceBeyondALongIsSetAsideAndTheRestKept() throws Exception {
    Snapshot snapshot =
        onlySnapshot(
            sample(ALICE, "tcp", Long.MAX_VALUE - 2, 1),
            sample(ALICE, "tcp", 3, 0),
            sample(BOB, "tcp", 5, 6));
    assertThat(snapshot.samples()).containsExactly(new Sample(new SeriesKey(BOB, "tcp"), 5, 6));
    assertThat(snapshot.rejected())
        .hasSize(2)
        .extracting(RejectedSample::reason)
        .containsOnly(RejectReason.OUT_OF_RANGE);
  }

  @Test
  void aSeriesOfManySnapshotsIsOneObject() throws Exception {
    WindowPage page =
        decode(
            page(
                snapshot(sample(ALICE, "tcp", 1, 2)),
                snapshotWith(
                    "\"collected_at\":\"2026-04-08T10:01:00Z\"", sample(ALICE, "tcp", 3, 4))));
    assertThat(page.snapshots().get(0).samples().get(0).series())
        .isSameAs(page.snapshots().get(1).samples().get(0).series());
  }

  @Test
  void t19KeysMatchWhateverTheirCaseAndTheLastOneCounts() throws Exception {
    WindowPage page =
        decode(
            "{\"NODE_ID\":\"x\",\"Node_Id\":\"jp\",\"HAS_MORE\":true,\"has_more\":false,"
                + "\"Snapshots\":[{\"Collected_At\":\"2026-04-08T10:00:00Z\",\"NODE_ID\":\"jp\","
                + "\"ENV\":\"prod\",\"SAMPLES\":[{\"UUID\":\"no\",\"Uuid\":\""
                + ALICE
                + "\",\"Inbound_Tag\":\"tcp\",\"Uplink_Bytes_Total\":1,\"UPLINK_BYTES_TOTAL\":9,"
                + "\"Downlink_Bytes_Total\":2}]}]}");
    assertThat(page.nodeId()).isEqualTo("jp");
    assertThat(page.hasMore()).isFalse();
    assertThat(page.snapshots().get(0).samples())
        .containsExactly(new Sample(new SeriesKey(ALICE, "tcp"), 9, 2));
  }

  @Test
  void unknownFieldsAreSkippedAtEveryLevel() throws Exception {
    WindowPage page =
        decode(
            "{\"emitted_at\":{\"a\":[1,{\"b\":2}]},\"snapshots\":[{\"extra\":[[]],"
                + "\"collected_at\":\"2026-04-08T10:00:00Z\",\"node_id\":\"jp\",\"env\":\"prod\","
                + "\"samples\":[{\"quota\":{\"x\":1.5e3},"
                + sample(ALICE, "tcp", 1, 2).substring(1)
                + "]}],\"has_more\":false}");
    assertThat(page.snapshots().get(0).samples()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "'\"collected_at\":\"yesterday\"', COLLECTED_AT",
    "'\"collected_at\":\"2026-04-08 10:00\"', COLLECTED_AT",
    "'\"collected_at\":null', COLLECTED_AT",
    "'\"collected_at\":1775642400', COLLECTED_AT",
    "'\"other\":1', COLLECTED_AT",
    "'\"collected_at\":\"2026-04-08T10:00:00Z\",\"started_at\":\"soon\"', STARTED_AT",
    "'\"collected_at\":\"2026-04-08T10:00:00Z\",\"uptime_seconds\":-1', STARTED_AT",
    "'\"collected_at\":\"2026-04-08T10:00:00Z\",\"uptime_seconds\":1e300', STARTED_AT",
    "'\"collected_at\":\"2026-04-08T10:00:00Z\",\"uptime_seconds\":\"1h\"', STARTED_AT"
  })
  void aSnapshotWithABadHeadIsSetAsideAndThePageKept(String head, Reason reason) throws Exception {
    WindowPage page = decode(page(snapshotWith(head, sample(ALICE, "tcp", 1, 2)), snapshot()));
    assertThat(page.snapshots()).hasSize(1);
    assertThat(page.rejected()).extracting(RejectedSnapshot::reason).containsExactly(reason);
  }

  @Test
  void aSnapshotWithoutANodeOrWithoutArrayOfSamplesIsSetAside() throws Exception {
    String at = "\"collected_at\":\"2026-04-08T10:00:00Z\"";
    WindowPage page =
        decode(
            page(
                "{" + at + ",\"node_id\":\" \",\"env\":\"prod\"}",
                "{" + at + ",\"env\":\"prod\",\"samples\":[]}",
                "{" + at + ",\"node_id\":\"j\\u0000p\",\"env\":\"prod\"}",
                "{" + at + ",\"node_id\":\"jp\",\"env\":\"prod\",\"samples\":{\"a\":1}}",
                "null",
                "[]"));
    assertThat(page.snapshots()).isEmpty();
    assertThat(page.rejected())
        .extracting(RejectedSnapshot::reason)
        .containsExactly(
            Reason.NODE,
            Reason.NODE,
            Reason.NODE,
            Reason.SAMPLES,
            Reason.NOT_AN_OBJECT,
            Reason.NOT_AN_OBJECT);
  }

  @Test
  void theProducersEpochComesAsAnInstantOrAsAnUptime() throws Exception {
    assertThat(epoch("\"started_at\":\"2026-04-08T09:30:00.5+00:00\""))
        .isEqualTo("2026-04-08T09:30:00.500Z");
    assertThat(epoch("\"uptime_seconds\":90")).isEqualTo("2026-04-08T09:58:30Z");
    assertThat(epoch("\"uptime_seconds\":90.7")).isEqualTo("2026-04-08T09:58:30Z");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"started_at\":null",
        "\"started_at\":\"\"",
        "\"started_at\":\"0001-01-01T00:00:00Z\"",
        "\"uptime_seconds\":null",
        "\"uptime_seconds\":0"
      })
  void aZeroEpochIsNone(String field) throws Exception {
    assertThat(epoch(field)).isNull();
  }

  @Test
  void everyLimitEndsInAClearRefusal() {
    DecoderLimits limits = new DecoderLimits(2_000, 2, 3, 4, 100, 8);
    String three =
        snapshot(sample(ALICE, "a", 1, 1), sample(ALICE, "b", 1, 1), sample("bad", "c", 1, 1));

    Refusal.of(() -> decode(page(" ".repeat(2_000)), limits)).isTooLarge("2000 bytes");
    Refusal.of(() -> decode(page(snapshot(), snapshot(), "null"), limits))
        .isTooLarge("2 snapshots");
    Refusal.of(
            () -> decode(page(three.replace("]}", "," + sample(ALICE, "d", 1, 1) + "]}")), limits))
        .isTooLarge("3 samples");
    Refusal.of(() -> decode(page(three, three), limits)).isTooLarge("4 samples");
    Refusal.of(() -> decode(page(snapshot(sample("x".repeat(101), "", 1, 1))), limits))
        .isTooLarge("100 characters");
    Refusal.of(() -> decode("{\"x\":" + "[".repeat(9) + "]".repeat(9) + "}", limits))
        .isTooLarge("deeper than 8");
    Refusal.of(
            () -> decode(page(snapshot(sampleOf("\"x\"", "\"\"", "1".repeat(101), "1"))), limits))
        .isTooLarge("100 characters");
  }

  @Test
  void aRefusalQuotesNothingThatWasSent() {
    Refusal.of(() -> decode("{\"snapshots\":[{\"uuid\":secret@example.com")).doesNotSay("secret");
  }

  private static Snapshot onlySnapshot(String... samples) throws Exception {
    WindowPage page = decode(page(snapshot(samples)));
    assertThat(page.rejected()).isEmpty();
    return page.snapshots().get(0);
  }

  private static @Nullable Instant epoch(String field) throws Exception {
    String head = "\"collected_at\":\"2026-04-08T10:00:00Z\"," + field;
    return decode(page(snapshotWith(head))).snapshots().get(0).startedAt();
  }
}
