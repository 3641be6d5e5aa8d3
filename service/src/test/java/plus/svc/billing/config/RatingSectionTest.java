package plus.svc.billing.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import plus.svc.billing.config.RatingSection.Peak;
import plus.svc.billing.config.RatingSection.Plan;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.pipeline.rating.RatingPolicy;
import plus.svc.billing.platform.setting.SettingReader;
import plus.svc.billing.platform.setting.StartRefused;

class RatingSectionTest {

  private static RatingPolicy read(@Nullable Peak peak, Map<String, Plan> plans) {
    SettingReader reader = new SettingReader();
    RatingPolicy policy =
        new RatingSection("0.1", null, null, null, null, "Asia/Tokyo", peak, plans)
            .read(reader)
            .rating();
    reader.finish();
    return policy;
  }

  @Test
  void readsThePeakWindow() {
    RatingPolicy policy =
        read(new Peak("Asia/Tokyo", List.of("Mon", " fri "), "18:00", "23:30"), Map.of());
    assertThat(policy.peakHours())
        .isEqualTo(
            new PeakHours(
                ZoneId.of("Asia/Tokyo"),
                Set.of(DayOfWeek.MONDAY, DayOfWeek.FRIDAY),
                LocalTime.of(18, 0),
                LocalTime.of(23, 30)));
    assertThat(policy.periodZone()).isEqualTo(ZoneId.of("Asia/Tokyo"));
  }

  @Test
  void noWindowIsNoWindow() {
    assertThat(read(null, Map.of()).peakHours()).isEqualTo(PeakHours.NONE);
    assertThat(read(new Peak("UTC", List.of(), "", " "), Map.of()).peakHours())
        .isEqualTo(PeakHours.NONE);
  }

  @Test
  void refusesHalfAWindowAndBadTimes() {
    assertThatThrownBy(() -> read(new Peak("UTC", List.of("mon"), "18:00", ""), Map.of()))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("rating.peak is half given");
    assertThatThrownBy(
            () -> read(new Peak("Mars/Base", List.of("someday"), "6pm", "25:00"), Map.of()))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("rating.peak.zone is 'Mars/Base'")
        .hasMessageContaining("rating.peak.days is 'someday'")
        .hasMessageContaining("rating.peak.from is '6pm'")
        .hasMessageContaining("rating.peak.to is '25:00'");
  }

  @Test
  void aPlanNamesItsTermsAndLeavesTheRestToTheProfile() {
    Map<String, RatingPolicy.Plan> plans =
        read(
                null,
                Map.of(
                    "plan:FREE", new Plan(null, "0", "0"),
                    "plan:BETA", new Plan("true", null, null)))
            .plans();
    assertThat(plans)
        .isEqualTo(
            Map.of(
                "plan:FREE", new RatingPolicy.Plan(false, BigDecimal.ZERO, 0L),
                "plan:BETA", new RatingPolicy.Plan(true, null, null)));
  }

  @Test
  void refusesBadTermsByThePlansName() {
    assertThatThrownBy(() -> read(null, Map.of("p", new Plan("yes", "-1", "1e3"))))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("rating.plans.p.unlimited is 'yes'")
        .hasMessageContaining("rating.plans.p.pricePerByte is '-1'")
        .hasMessageContaining("rating.plans.p.includedQuotaBytes is '1e3'");
  }
}
