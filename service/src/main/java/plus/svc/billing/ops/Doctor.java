package plus.svc.billing.ops;

import com.codahale.metrics.health.HealthCheck;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.SourceStatus;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.platform.DatabaseClock;
import plus.svc.billing.platform.setting.StartRefused;

/**
 * A checkup of the running service: each line says what is fine, odd or wrong, and what to do. A
 * check that can't be made is a line, too, and stops none of the others.
 */
public final class Doctor {

  private static final Duration CLOCK_ODD = Duration.ofSeconds(2);
  private static final Duration CLOCK_WRONG = Duration.ofMinutes(1);
  private static final Duration NODE_LATE = Duration.ofMinutes(10);
  private static final Duration LAG_ODD = Duration.ofMinutes(5);
  private static final Duration LAG_WRONG = Duration.ofHours(1);
  private static final Duration LOOK_BACK = Duration.ofHours(1);
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("yyyyMMdd", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Jdbi jdbi;
  private final InstantSource clock;
  private final Migrations migrations;
  private final Supplier<List<SourceStatus>> sources;
  private final Supplier<Map<String, HealthCheck.Result>> health;

  /** Whether the database is as this release wants it. */
  public interface Migrations {

    /**
     * Looks.
     *
     * @throws StartRefused if one is pending; says which
     */
    void requireAll() throws Exception;
  }

  /**
   * @param sources where each enabled source stands; empty in push mode
   * @param health the service's own health checks, run now
   */
  public Doctor(
      Jdbi jdbi,
      InstantSource clock,
      Migrations migrations,
      Supplier<List<SourceStatus>> sources,
      Supplier<Map<String, HealthCheck.Result>> health) {
    this.jdbi = jdbi;
    this.clock = clock;
    this.migrations = migrations;
    this.sources = sources;
    this.health = health;
  }

  /**
   * Checks everything.
   *
   * @param caller name of the token, {@code rights} what it may do
   */
  public void examine(String caller, List<String> rights, Report report) {
    Checkup checkup = new Checkup(report);
    checkup.fine("token", "known as " + caller + ", may " + String.join(", ", rights));
    checkup.attempt("migrations", () -> migrations(checkup));
    checkup.attempt("database clock", () -> databaseClock(checkup));
    checkup.attempt("node clocks", () -> nodeClocks(checkup));
    checkup.attempt("sources", () -> sources(checkup));
    checkup.attempt("health", () -> health(checkup));
    checkup.attempt("archive", () -> archive(checkup));
    checkup.attempt("changes", () -> changes(checkup));
    checkup.end();
  }

  private void migrations(Checkup checkup) throws Exception {
    try {
      migrations.requireAll();
      checkup.fine("migrations", "none is pending");
    } catch (StartRefused e) {
      checkup.wrong("migrations", String.valueOf(e.getMessage()), "run db migrate, then restart");
    }
  }

  private void databaseClock(Checkup checkup) {
    Instant theirs = new DatabaseClock(jdbi).instant();
    Duration apart = Duration.between(clock.instant(), theirs).abs();
    String what = "differs from ours by " + seconds(apart.toMillis() / 1000.0);
    String mend = "synchronise both hosts (NTP)";
    if (apart.compareTo(CLOCK_WRONG) > 0) {
      checkup.wrong("database clock", what, mend);
    } else if (apart.compareTo(CLOCK_ODD) > 0) {
      checkup.odd("database clock", what, mend);
    } else {
      checkup.fine("database clock", "agrees with ours");
    }
  }

  private void nodeClocks(Checkup checkup) {
    Instant since = clock.instant().minus(LOOK_BACK);
    List<DoctorDao.NodeClock> nodes =
        jdbi.withExtension(DoctorDao.class, dao -> dao.nodeClocks(since));
    int odd = 0;
    for (DoctorDao.NodeClock node : nodes) {
      @Nullable Double quickest = node.quickestSeconds();
      if (quickest == null) {
        continue;
      }
      if (quickest < -CLOCK_ODD.toSeconds()) {
        odd++;
        checkup.odd(
            "node clocks",
            node.node() + " is ahead of ours by " + seconds(-quickest),
            "synchronise the node (NTP)");
      } else if (quickest > NODE_LATE.toSeconds()) {
        odd++;
        checkup.odd(
            "node clocks",
            node.node() + "'s snapshots are " + seconds(quickest) + " old when they come",
            "synchronise the node (NTP), or see why they come late");
      }
    }
    if (odd == 0) {
      checkup.fine("node clocks", nodes.size() + " nodes agree with ours");
    }
  }

  private void sources(Checkup checkup) {
    List<SourceStatus> all = sources.get();
    for (SourceStatus source : all) {
      String check = "source " + source.sourceId();
      @Nullable Long lag = source.lagSeconds();
      if (!source.credentialAlarm().isEmpty()) {
        checkup.odd(check, "keeps its old credential: " + source.credentialAlarm(), "renew it");
      }
      if (!source.lastError().isEmpty()) {
        checkup.wrong(check, source.lastError(), "mend that; it is tried again by itself");
      } else if (lag == null) {
        checkup.odd(check, "was never read", "wait a minute, then see status");
      } else if (lag > LAG_WRONG.toSeconds()) {
        checkup.wrong(check, "lags by " + seconds(lag), "see status; collect makes it try now");
      } else if (lag > LAG_ODD.toSeconds()) {
        checkup.odd(check, "lags by " + seconds(lag), "see status; a backlog is worked off");
      } else {
        checkup.fine(check, "is read up to " + source.lastCompletedUntil());
      }
    }
    if (all.isEmpty()) {
      checkup.fine("sources", "none is pulled");
    }
  }

  private void health(Checkup checkup) {
    Map<String, HealthCheck.Result> results = new TreeMap<>(health.get());
    results.values().removeIf(HealthCheck.Result::isHealthy);
    results.forEach(
        (name, result) ->
            checkup.wrong(
                "health " + name,
                String.valueOf(result.getMessage()),
                "see the service's log and /healthcheck"));
    if (results.isEmpty()) {
      checkup.fine("health", "every check is healthy");
    }
  }

  private void archive(Checkup checkup) {
    Instant now = clock.instant();
    String[] days =
        IntStream.rangeClosed(0, 1)
            .mapToObj(ahead -> DAY.format(now.plus(Duration.ofDays(ahead))))
            .toArray(String[]::new);
    List<String> missing = jdbi.withExtension(DoctorDao.class, dao -> dao.unprepared(days));
    if (missing.isEmpty()) {
      checkup.fine("archive", "today and tomorrow are prepared");
    } else {
      checkup.odd(
          "archive",
          "no partition for " + missing.stream().collect(Collectors.joining(", ")),
          "see health check archive-retention; until then they go to the default partition");
    }
  }

  private void changes(Checkup checkup) {
    Instant before = clock.instant().minus(LOOK_BACK);
    long unfinished = jdbi.withExtension(DoctorDao.class, dao -> dao.unfinishedChanges(before));
    if (unfinished == 0) {
      checkup.fine("changes", "every change by an operator has ended");
    } else {
      checkup.odd(
          "changes",
          unfinished + " began more than an hour ago and did not end",
          "see changes; run what was cut short again");
    }
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.1f s", seconds);
  }
}
