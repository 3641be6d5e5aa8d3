package plus.svc.billing.registry;

import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.source.SourceSpec;

/**
 * A source and where it is named.
 *
 * @param spec null if what the database keeps cannot be read
 * @param trouble why it is not in use although it is named, '' if it is or is merely disabled
 */
public record KnownSource(String id, Origin origin, @Nullable SourceSpec spec, String trouble) {

  /** Who names a source. */
  public enum Origin {
    /** {@code config.yml} or the environment. */
    SETTINGS,
    /** The table {@code billing.sources}. */
    DATABASE
  }

  boolean isUsable() {
    return spec != null && trouble.isEmpty();
  }
}
