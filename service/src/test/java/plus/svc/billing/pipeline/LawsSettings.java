package plus.svc.billing.pipeline;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * The rules of a generated world.
 *
 * @param barMinutes minutes after the start up to which snapshots only make baselines, 0 for none
 * @param quota free bytes a month
 * @param guards the source's {@code max_bytes_per_second} when it sends a page, page after page,
 *     used over and over
 * @param together how many pages are given to the pipeline at once
 * @param repriced whether prices change, in profiles and in the settings, while usage comes in
 * @param topUps money that accounts.svc.plus credits, one before each of the first pages
 */
record LawsSettings(
    int accounts,
    int inbounds,
    Identity identity,
    boolean countFirst,
    int barMinutes,
    int quota,
    Prices prices,
    boolean overMonthEnd,
    boolean zeroBuckets,
    Given given,
    List<Long> guards,
    int together,
    boolean repriced,
    List<Integer> topUps) {

  private static final long WIDE = 1_000_000_000L;

  /** By which identifiers exporters know the accounts. */
  enum Identity {
    ACCOUNT,
    PROXY,
    /** Each account by both of its identifiers, as two series. */
    BOTH,
    /** Every other identifier is in no table. */
    STRANGERS,
    /** Nobody is known until all was delivered once. */
    LATECOMERS
  }

  /** How prices change over the time of the world. */
  enum Prices {
    ONE,
    RISE_MIDWAY,
    UNLIMITED,
    UNLIMITED_UNTIL_MIDWAY,
    PEAK_HOURS
  }

  /** What accounts.svc.plus writes into the remaining quota while usage comes in. */
  enum Given {
    NOTHING,
    A_LITTLE,
    TAKEN_BACK
  }

  static Arbitrary<LawsSettings> settings() {
    Arbitrary<Integer> bars =
        Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(3, Arbitraries.just(0)),
            net.jqwik.api.Tuple.of(2, Arbitraries.integers().between(1, 15)));
    Arbitrary<LawsSettings> basics =
        Combinators.combine(
                Arbitraries.integers().between(1, 5),
                Arbitraries.integers().between(1, 3),
                Arbitraries.frequency(
                    net.jqwik.api.Tuple.of(4, Identity.ACCOUNT),
                    net.jqwik.api.Tuple.of(1, Identity.PROXY),
                    net.jqwik.api.Tuple.of(1, Identity.BOTH),
                    net.jqwik.api.Tuple.of(1, Identity.STRANGERS),
                    net.jqwik.api.Tuple.of(1, Identity.LATECOMERS)),
                Arbitraries.of(true, false),
                bars,
                Arbitraries.of(0, 7, 150, 600, 2_000, 1_000_000),
                Arbitraries.of(Prices.class),
                Arbitraries.of(0, 0, 1, 2))
            .as(
                (accounts, inbounds, identity, first, bar, quota, prices, rare) ->
                    new LawsSettings(
                        accounts,
                        inbounds,
                        identity,
                        first,
                        bar,
                        quota,
                        prices,
                        rare == 1,
                        rare == 2,
                        Given.NOTHING,
                        List.of(WIDE),
                        1,
                        false,
                        List.of()));
    return Combinators.combine(
            basics,
            Arbitraries.of(Given.NOTHING, Given.NOTHING, Given.A_LITTLE, Given.TAKEN_BACK),
            Arbitraries.oneOf(
                Arbitraries.just(List.of(WIDE)),
                Arbitraries.just(List.of(WIDE)),
                Arbitraries.of(1L, 3L, 50L, WIDE).list().ofMinSize(1).ofMaxSize(3)),
            Arbitraries.of(1, 1, 2, 5),
            Arbitraries.of(false, false, true),
            Arbitraries.integers().between(-50, 5_000).list().ofMaxSize(4))
        .as(LawsSettings::with);
  }

  private LawsSettings with(
      Given newGiven,
      List<Long> newGuards,
      int newTogether,
      boolean newRepriced,
      List<Integer> newTopUps) {
    return new LawsSettings(
        accounts,
        inbounds,
        identity,
        countFirst,
        barMinutes,
        quota,
        prices,
        overMonthEnd,
        zeroBuckets,
        newGiven,
        newGuards,
        newTogether,
        newRepriced,
        newTopUps);
  }
}
