package plus.svc.billing.pipeline.rating;

import java.time.Instant;
import java.util.List;

/** An account's price versions, ascending by the instant they come into force; never empty. */
public record PriceBook(List<PriceTerms> versions) {

  public PriceBook {
    versions = List.copyOf(versions);
    if (versions.isEmpty()) {
      throw new IllegalArgumentException("an account without a price version can't be rated");
    }
  }

  /** The version in force at an instant; before the first one, the first. */
  public PriceTerms at(Instant instant) {
    PriceTerms found = versions.get(0);
    for (PriceTerms version : versions) {
      if (version.effectiveFrom().isAfter(instant)) {
        break;
      }
      found = version;
    }
    return found;
  }

  /** The newest version. */
  public PriceTerms latest() {
    return versions.get(versions.size() - 1);
  }
}
