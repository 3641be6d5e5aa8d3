package plus.svc.billing.pipeline.rating;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The free quota and the price of a period's buckets. */
class PeriodRatingTest {

  private static final Instant MONTH = Instant.parse("2026-04-01T00:00:00Z");
  private static final long MINUTE = Instant.parse("2026-04-08T10:00:00Z").getEpochSecond() / 60;

  private final PeriodRating rating =
      new PeriodRating(new PriceBook(List.of(price("0.5"))), PeakHours.NONE);

  private static PriceTerms price(String perByte) {
    BigDecimal one = BigDecimal.ONE;
    return new PriceTerms(
        Instant.EPOCH, new BigDecimal(perByte), one, one, one, one, 0, false, "v1");
  }

  private static Quota quota(long granted, long used, long charged) {
    return new Quota(
        MONTH,
        Instant.parse("2026-05-01T00:00:00Z"),
        granted,
        used,
        charged,
        used > 0 ? MINUTE : Long.MIN_VALUE,
        List.of(new Quota.Grant(MONTH, granted, "plan")));
  }

  private static RatedBucket posted(long included, long charged) {
    return RatedBucket.posted(
        MINUTE,
        "n",
        "",
        "",
        included + charged,
        0,
        included,
        charged,
        new BigDecimal("-0.5").multiply(BigDecimal.valueOf(charged)),
        1);
  }

  @Test
  void aMinuteThatGrowsKeepsTheFreeBytesItHadTaken() {
    RatedBucket bucket = posted(100, 0);
    bucket.add(50, 0);
    Quota after = rating.rateAlone(List.of(bucket), quota(150, 100, 0), MINUTE).orElseThrow();
    assertThat(bucket.included()).isEqualTo(150);
    assertThat(bucket.charged()).isZero();
    assertThat(bucket.amount()).isEqualByComparingTo("0");
    assertThat(after.used()).isEqualTo(150);
  }

  @Test
  void aMinuteThatGrowsBeyondTheQuotaIsNotRatedAlone() {
    RatedBucket bucket = posted(100, 0);
    bucket.add(51, 0);
    assertThat(rating.rateAlone(List.of(bucket), quota(150, 100, 0), MINUTE)).isEmpty();
  }

  @Test
  void usageAfterTheQuotaIsGoneIsChargedWithoutALookBack() {
    RatedBucket bucket = RatedBucket.fresh(MINUTE + 1, "n", "", "");
    bucket.add(30, 10);
    Quota after = rating.rateAlone(List.of(bucket), quota(100, 100, 7), MINUTE).orElseThrow();
    assertThat(bucket.included()).isZero();
    assertThat(bucket.charged()).isEqualTo(40);
    assertThat(bucket.amount()).isEqualByComparingTo("-20");
    assertThat(after.charged()).isEqualTo(47);
  }

  @Test
  void aGrantCountsFromItsInstantOn() {
    Quota quota =
        quota(10, 10, 20).with(new Quota.Grant(MONTH.plusSeconds(86_400 * 7), 5, "accounts"));
    RatedBucket before = RatedBucket.fresh(MINUTE - 1_440, "n", "", "");
    before.add(8, 0);
    assertThat(rating.rateAlone(List.of(before), quota, MINUTE)).isEmpty();
    PeriodRating.Walk walk = rating.walkFrom(MINUTE - 1_440, quota, 10);
    walk.rate(before);
    assertThat(before.included()).isZero();
    RatedBucket behind = RatedBucket.fresh(MINUTE, "n", "", "");
    behind.add(8, 0);
    walk.rate(behind);
    assertThat(behind.included()).isEqualTo(5);
    assertThat(behind.charged()).isEqualTo(3);
  }
}
