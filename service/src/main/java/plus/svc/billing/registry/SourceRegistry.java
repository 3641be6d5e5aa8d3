package plus.svc.billing.registry;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.pipeline.source.http.CredentialCheck;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.platform.log.Happening;
import plus.svc.billing.registry.KnownSource.Origin;
import plus.svc.billing.registry.SourceDefinition.Refused;

/**
 * Knows all sources and tells the follower whenever they changed. The instance that makes a change
 * follows it at once, the others with their next {@link #refresh()}.
 */
public final class SourceRegistry {

  /** What an operator wants. */
  public enum Action {
    ADD,
    CHANGE,
    DISABLE
  }

  /**
   * What became of it.
   *
   * @param source as it is, or would be, afterwards; null if it was refused
   * @param problems why it was refused, each naming what, without a secret; empty if it wasn't
   */
  public record Outcome(boolean applied, @Nullable SourceSpec source, List<String> problems) {

    public Outcome {
      problems = List.copyOf(problems);
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(SourceRegistry.class);

  private final List<SourceSpec> settings;
  private final Duration collectInterval;
  private final SecretRefs secrets;
  private final Jdbi jdbi;
  private final Consumer<List<SourceSpec>> follower;
  private final InstantSource clock;

  // Guarded by this.
  private List<SourceSpec> followed;
  private List<String> troubles = List.of();

  /**
   * Makes a registry that has not looked into the database yet.
   *
   * @param settings those of the settings; the follower knows them already
   * @param collectInterval of a source that names none
   * @param follower is given all sources, the disabled ones too, whenever they changed
   */
  public SourceRegistry(
      List<SourceSpec> settings,
      Duration collectInterval,
      SecretRefs secrets,
      Jdbi jdbi,
      Consumer<List<SourceSpec>> follower,
      InstantSource clock) {
    this.settings = List.copyOf(settings);
    this.collectInterval = collectInterval;
    this.secrets = secrets;
    this.jdbi = jdbi;
    this.follower = follower;
    this.clock = clock;
    this.followed = this.settings;
  }

  /** What a source's definition may hold. */
  public static Set<String> keys() {
    return Collections.unmodifiableSet(SourceDefinition.KEYS);
  }

  /** All sources, those of the settings first. */
  public List<KnownSource> list() {
    return jdbi.withHandle(this::known);
  }

  /** Looks into the database and tells the follower what changed. */
  public synchronized void refresh() {
    List<KnownSource> known = list();
    tellTroubles(known);
    List<SourceSpec> now = usable(known);
    if (!now.equals(followed)) {
      follower.accept(now);
      followed = now;
      LOG.info(Happening.SOURCES_CHANGED, "{} sources are known now", now.size());
    }
  }

  /**
   * Adds, changes or disables a source, with the checks of a start.
   *
   * @param json an object with {@code source_id} and the fields to set
   * @param apply whether to do it, or only to say what would be done
   */
  public Outcome decide(Action action, String json, boolean apply) {
    Outcome outcome;
    try {
      SourceDefinition given = SourceDefinition.parse(json);
      SourceSpec source = jdbi.inTransaction(handle -> decide(handle, action, given, apply));
      outcome = new Outcome(apply, source, List.of());
    } catch (Refused e) {
      return new Outcome(false, null, e.problems());
    }
    if (apply) {
      LOG.info(
          Happening.SOURCES_CHANGED,
          "source {}: {} by an operator",
          source(outcome).id(),
          done(action));
      refresh();
    }
    return outcome;
  }

  private static SourceSpec source(Outcome outcome) {
    return Objects.requireNonNull(outcome.source());
  }

  private static String done(Action action) {
    return switch (action) {
      case ADD -> "added";
      case CHANGE -> "changed";
      case DISABLE -> "disabled";
    };
  }

  private SourceSpec decide(Handle handle, Action action, SourceDefinition given, boolean apply)
      throws Refused {
    SourceRowDao rows = handle.attach(SourceRowDao.class);
    rows.lock();
    Optional<SourceRow> old =
        rows.all().stream().filter(row -> row.sourceId().equals(given.id())).findFirst();
    checkWhose(action, given.id(), old.isPresent());
    SourceDefinition wanted = given;
    if (old.isPresent()) {
      SourceDefinition known = SourceDefinition.parse(old.get().definition());
      wanted = action == Action.DISABLE ? known.disabled() : known.with(given);
    }
    SourceSpec source = checked(handle, wanted);
    if (apply) {
      rows.put(source.id().value(), wanted.json(), clock.instant());
    }
    return source;
  }

  private void checkWhose(Action action, String id, boolean stored) throws Refused {
    if (settings.stream().anyMatch(source -> source.id().value().equals(id))) {
      throw new Refused(
          "source '" + id + "' is named by config.yml or the environment: change it there");
    }
    if (action == Action.ADD && stored) {
      throw new Refused("source '" + id + "' is there already: change it");
    }
    if (action != Action.ADD && !stored) {
      throw new Refused("source '" + id + "' is not there: add it");
    }
  }

  private SourceSpec checked(Handle handle, SourceDefinition wanted) throws Refused {
    List<String> problems = new ArrayList<>();
    Optional<SourceSpec> spec = wanted.spec(collectInterval, problems);
    if (spec.isPresent()) {
      List<SourceSpec> all = new ArrayList<>(usable(known(handle)));
      all.removeIf(source -> source.id().equals(spec.get().id()));
      List<String> without = SourceSpec.problemsOf(all);
      all.add(spec.get());
      problems.addAll(SourceSpec.problemsOf(all));
      problems.removeAll(without);
      problems.addAll(CredentialCheck.problemsOf(spec.stream().toList(), secrets));
    }
    if (!problems.isEmpty()) {
      throw new Refused(problems);
    }
    return spec.orElseThrow(() -> new Refused("source_id or base_url is missing"));
  }

  private List<KnownSource> known(Handle handle) {
    List<KnownSource> known = new ArrayList<>();
    settings.forEach(
        source -> known.add(new KnownSource(source.id().value(), Origin.SETTINGS, source, "")));
    for (SourceRow row : handle.attach(SourceRowDao.class).all()) {
      known.add(known(row, usable(known)));
    }
    return known;
  }

  /** Reads a row anew: other settings than it was checked against may have come since. */
  private KnownSource known(SourceRow row, List<SourceSpec> before) {
    List<String> problems = new ArrayList<>();
    Optional<SourceSpec> spec = Optional.empty();
    if (settings.stream().anyMatch(source -> source.id().value().equals(row.sourceId()))) {
      problems.add("the settings name this source too, and win");
    } else {
      try {
        spec = SourceDefinition.parse(row.definition()).spec(collectInterval, problems);
        List<SourceSpec> all = new ArrayList<>(before);
        spec.ifPresent(all::add);
        problems.addAll(SourceSpec.problemsOf(all));
      } catch (Refused e) {
        problems.addAll(e.problems());
      }
    }
    return new KnownSource(
        row.sourceId(), Origin.DATABASE, spec.orElse(null), String.join("; ", problems));
  }

  private void tellTroubles(List<KnownSource> known) {
    List<String> now =
        known.stream()
            .filter(source -> !source.trouble().isEmpty())
            .map(source -> "source " + source.id() + " is not in use: " + source.trouble())
            .toList();
    if (!now.equals(troubles)) {
      now.forEach(LOG::warn);
      troubles = now;
    }
  }

  private static List<SourceSpec> usable(List<KnownSource> known) {
    List<SourceSpec> usable = new ArrayList<>();
    for (KnownSource source : known) {
      SourceSpec spec = source.spec();
      if (spec != null && source.isUsable()) {
        usable.add(spec);
      }
    }
    return List.copyOf(usable);
  }
}
