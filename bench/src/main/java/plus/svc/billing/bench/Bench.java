package plus.svc.billing.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import plus.svc.billing.pipeline.Delivery;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.snapshot.Snapshot;

/** The cases, each on a fresh copy of the same ground. */
final class Bench {

  private static final String OLD_WAY = "earlier writer: nine statements a sample";

  private static final int WARM_UP_MINUTES = 4;

  private final Database maintenance;
  private final Plan plan;
  private final Clock clock;
  private final Cpu cpu;
  private final Streams runner;
  private final Workload workload;
  private final List<List<SeriesKey>> series;
  private final Table table = new Table(OLD_WAY);

  Bench(Server server, Plan plan, Clock clock) throws SQLException, IOException {
    this.maintenance = server.maintenance();
    this.plan = plan;
    this.clock = clock;
    this.cpu = server.cpu();
    this.runner = new Streams(cpu);
    Instant origin =
        clock
            .instant()
            .truncatedTo(ChronoUnit.MINUTES)
            .minusSeconds(60L * (plan.backlogMinutes() + 10));
    this.workload = new Workload(plan.nodes(), plan.accountsPerNode(), origin);
    this.series = IntStream.range(0, plan.nodes()).mapToObj(workload::series).toList();
  }

  /** Measures everything on tables that hold so many rows before. */
  void run(long grown, PrintStream out) throws Exception {
    Database ground = Ground.make(maintenance, workload, grown, clock);
    warmUp(ground);
    for (int round = 1; round <= plan.rounds(); round++) {
      for (int streams = 1; streams <= 2; streams++) {
        if (plan.runs("steady")) {
          steady(ground, streams);
        }
        if (plan.runs("backlog")) {
          backlog(ground, streams);
        }
      }
      if (plan.runs("late")) {
        late(ground);
      }
      if (plan.runs("old")) {
        Database database = ground.cloneAs(maintenance, "bench_old");
        OldWay oldWay = new OldWay(database, workload);
        table.add(OLD_WAY, null, oldWay.run(cpu, plan.oldWaySeconds(), Ground.FIRST_MINUTE));
      }
      out.println("round " + round + " of " + plan.rounds() + " done");
    }
    out.println();
    out.println(grown == 0 ? "fresh tables" : "tables of " + grown + " rows each before");
    table.print(out);
    out.println();
  }

  /** Lets the compiler of the JVM see the hot path before anything is measured. */
  private void warmUp(Database ground) throws Exception {
    Database database = ground.cloneAs(maintenance, "bench_service");
    try (Service service = new Service(database, clock)) {
      for (int minute = 0; minute < WARM_UP_MINUTES; minute++) {
        deliverMinute(service, 0, 1, Ground.FIRST_MINUTE + minute, Ground.FIRST_MINUTE + minute);
      }
      deliverPages(service, 0, 1, minute -> minute > Ground.FIRST_MINUTE + WARM_UP_MINUTES);
    }
  }

  /** A minute after the other of every node, then idle ones. */
  private void steady(Database ground, int streams) throws Exception {
    Database database = ground.cloneAs(maintenance, "bench_service");
    long samples = workload.samples(plan.steadyMinutes());
    int end = Ground.FIRST_MINUTE + plan.steadyMinutes();
    try (Service service = new Service(database, clock, plan.profile())) {
      Cost busy =
          runner.run(
              streams,
              samples,
              stream -> {
                for (int minute = Ground.FIRST_MINUTE; minute < end; minute++) {
                  deliverMinute(service, stream, streams, minute, minute);
                }
              });
      table.add(label("steady", streams), floorLabel("steady", streams), busy);
      service.printProfile(label("steady", streams), samples);
      floor(ground, database, "steady", streams, samples, plan.join() * plan.accountsPerNode());
      Cost idle =
          runner.run(
              streams,
              samples,
              stream -> {
                for (int minute = end; minute < end + plan.steadyMinutes(); minute++) {
                  deliverMinute(service, stream, streams, minute, end - 1);
                }
              });
      table.add(label("steady, idle accounts", streams), null, idle);
      service.printProfile(label("steady, idle accounts", streams), samples);
    }
  }

  private void deliverMinute(Service service, int stream, int streams, int minute, int moved) {
    List<Delivery> joint = new ArrayList<>();
    for (int node = stream; node < plan.nodes(); node += streams) {
      Snapshot newest = workload.snapshot(node, series.get(node), minute, moved);
      joint.add(service.delivery(node, List.of(newest)));
      if (joint.size() == plan.join() || node + streams >= plan.nodes()) {
        service.accept(joint);
        joint.clear();
      }
    }
  }

  /** A backlog of every node, page by page; then the same again, and once from the archive. */
  private void backlog(Database ground, int streams) throws Exception {
    Database database = ground.cloneAs(maintenance, "bench_service");
    long samples = workload.samples(plan.backlogMinutes());
    try (Service service = new Service(database, clock, plan.profile())) {
      Cost first =
          runner.run(streams, samples, s -> deliverPages(service, s, streams, minute -> true));
      table.add(label("backlog", streams), floorLabel("backlog", streams), first);
      service.printProfile(label("backlog", streams), samples);
      int rows = plan.pageMinutes() * plan.accountsPerNode();
      floor(ground, database, "backlog", streams, samples, rows);
      Cost again =
          runner.run(streams, samples, s -> deliverPages(service, s, streams, minute -> true));
      check(database, samples);
      table.add(label("backlog delivered again", streams), null, again);
      service.printProfile(label("backlog delivered again", streams), samples);
    }
    try (Connections connections = new Connections(database)) {
      Cost derived = runner.run(streams, samples, stream -> rederive(connections, stream, streams));
      table.add(label("backlog derived from the archive", streams), null, derived);
    }
  }

  private void deliverPages(Service service, int stream, int streams, IntPredicate which) {
    int end = Ground.FIRST_MINUTE + plan.backlogMinutes();
    for (int node = stream; node < plan.nodes(); node += streams) {
      for (int minute = Ground.FIRST_MINUTE; minute < end; minute += plan.pageMinutes()) {
        List<Snapshot> page = new ArrayList<>();
        for (int m = minute; m < Math.min(end, minute + plan.pageMinutes()); m++) {
          if (which.test(m)) {
            page.add(workload.snapshot(node, series.get(node), m));
          }
        }
        service.accept(List.of(service.delivery(node, page)));
      }
    }
  }

  private void rederive(Connections connections, int stream, int streams) {
    try (Handle handle = connections.jdbi().open()) {
      for (int node = stream; node < plan.nodes(); node += streams) {
        new Rederivation(handle).node(workload.node(node).composed());
      }
    }
  }

  /** Every second minute comes behind the others. */
  private void late(Database ground) throws Exception {
    Database database = ground.cloneAs(maintenance, "bench_service");
    long late =
        IntStream.range(Ground.FIRST_MINUTE, Ground.FIRST_MINUTE + plan.backlogMinutes())
            .filter(minute -> minute % 2 == 0)
            .count();
    try (Service service = new Service(database, clock, plan.profile())) {
      deliverPages(service, 0, 1, minute -> minute % 2 == 1);
      service.printProfile("", 1);
      long samples = workload.samples((int) late);
      Cost cost =
          runner.run(1, samples, s -> deliverPages(service, s, 1, minute -> minute % 2 == 0));
      table.add(label("late, every second minute", 1), null, cost);
      service.printProfile("late", samples);
    }
  }

  /** The very same rows by COPY into another copy of the ground. */
  private void floor(
      Database ground, Database from, String name, int streams, long samples, int rows)
      throws Exception {
    check(from, samples);
    List<List<String>> nodes = new ArrayList<>();
    for (int stream = 0; stream < streams; stream++) {
      int first = stream;
      nodes.add(
          IntStream.range(0, plan.nodes())
              .filter(node -> node % streams == first)
              .mapToObj(node -> workload.node(node).composed())
              .toList());
    }
    Facts facts = Facts.read(from, measured(), nodes, rows);
    Database floor = ground.cloneAs(maintenance, "bench_floor");
    table.add(floorLabel(name, streams), null, facts.copyInto(floor, runner, samples));
    check(floor, samples);
    maintenance.execute("DROP DATABASE bench_floor");
  }

  /** Every sample has one bucket and one ledger row. */
  private void check(Database database, long samples) throws SQLException {
    long buckets = count(database, "traffic_minute_buckets");
    long entries = count(database, "billing_ledger");
    if (buckets != samples || entries != samples) {
      throw new IllegalStateException(
          samples + " samples became " + buckets + " buckets, " + entries + " ledger rows");
    }
  }

  private long count(Database database, String factTable) throws SQLException {
    return database.number("SELECT count(*) FROM public." + factTable + " WHERE " + measured());
  }

  private String measured() {
    return "bucket_start >= '" + workload.at(Ground.FIRST_MINUTE) + "'";
  }

  private static String label(String name, int streams) {
    return name + ", " + streams + (streams == 1 ? " stream" : " streams");
  }

  private static String floorLabel(String name, int streams) {
    return "  floor: COPY of the same (" + label(name, streams) + ")";
  }
}
