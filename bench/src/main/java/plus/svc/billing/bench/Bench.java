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
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.snapshot.Snapshot;

/** The cases, each on a fresh copy of the same ground. */
final class Bench {

  private static final String OLD_WAY = "earlier writer: nine statements a sample";
  private static final double WARM_UP_SECONDS = 45;

  /** Minutes that a service works before it is measured: its statements are prepared then. */
  private static final int RUN_IN = 4;

  /** Rows of each table in one transaction of the floor. */
  private static final int FLOOR_ROWS = 10_000;

  /** In the long backlog an account is busy in every so-manieth minute. */
  private static final int LONG_BUSY_EVERY = 10;

  private final Database maintenance;
  private final Plan plan;
  private final Cpu cpu;
  private final Streams runner;
  private final Workload workload;
  private final List<List<SeriesKey>> series;
  private final Table table = new Table(OLD_WAY);

  Bench(Server server, Plan plan, Clock clock) throws SQLException, IOException {
    this.maintenance = server.maintenance();
    this.plan = plan;
    this.cpu = server.cpu();
    this.runner = new Streams(cpu);
    Instant origin =
        clock
            .instant()
            .truncatedTo(ChronoUnit.MINUTES)
            .minusSeconds(60L * (plan.mostMinutes() + 30));
    this.workload = new Workload(plan.nodes(), plan.accountsPerNode(), origin);
    this.series = IntStream.range(0, plan.nodes()).mapToObj(workload::series).toList();
  }

  /** Measures everything on tables that hold so many rows before. */
  void run(long grown, PrintStream out) throws Exception {
    try (Exporters exporters = Exporters.start(workload)) {
      Database ground = Ground.make(maintenance, workload, plan, grown, exporters);
      warmUp(ground, exporters);
      for (int round = 1; round <= plan.rounds(); round++) {
        round(ground, exporters);
        out.println("round " + round + " of " + plan.rounds() + " done");
      }
    }
    out.println();
    out.println(grown == 0 ? "fresh tables" : "tables of " + grown + " rows each before");
    table.print(out);
    out.println();
  }

  private void round(Database ground, Exporters exporters) throws Exception {
    for (int streams = 1; streams <= 2; streams++) {
      if (plan.runs("steady")) {
        steady(ground, exporters, streams);
      }
      if (plan.runs("backlog")) {
        backlog(ground, exporters, streams);
      }
    }
    if (plan.runs("late")) {
      late(ground, exporters);
    }
    if (plan.runs("old")) {
      Database database = ground.cloneAs(maintenance, "bench_old");
      OldWay oldWay = new OldWay(database, workload);
      table.add(OLD_WAY, null, oldWay.run(cpu, plan.oldWaySeconds(), Ground.FIRST_MINUTE));
    }
    if (plan.longBacklog()) {
      longBacklog(ground, exporters);
    }
  }

  private Service service(
      Database database, Exporters exporters, int streams, int busyUntil, int busyEvery) {
    return new Service(
        database, workload, plan, streams, node -> exporters.of(node, busyUntil, busyEvery));
  }

  /** Lets the compiler of the JVM see the hot path before anything is measured. */
  private void warmUp(Database ground, Exporters exporters) throws Exception {
    long until = System.nanoTime() + (long) (WARM_UP_SECONDS * 1e9);
    while (System.nanoTime() < until) {
      Database database = ground.cloneAs(maintenance, "bench_service");
      try (Service service = service(database, exporters, 2, Integer.MAX_VALUE, 1)) {
        for (int minute = 0; minute < 2 * RUN_IN; minute++) {
          service.collectUpTo(Ground.FIRST_MINUTE + minute);
        }
        service.collectUpTo(Ground.FIRST_MINUTE + 2 * RUN_IN + plan.pageMinutes());
        service.readAgain(plan.pageMinutes());
      }
    }
  }

  /** A minute after the other of every node, then idle ones. */
  private void steady(Database ground, Exporters exporters, int streams) throws Exception {
    Database database = ground.cloneAs(maintenance, "bench_service");
    long samples = workload.samples(plan.steadyMinutes());
    int first = Ground.FIRST_MINUTE + RUN_IN;
    int end = first + plan.steadyMinutes();
    try (Service service = service(database, exporters, streams, end - 1, 1)) {
      collect(service, Ground.FIRST_MINUTE, first);
      service.printProfile("", 1);
      Cost busy = runner.run(1, samples, stream -> collect(service, first, end));
      table.add(label("steady", streams), floorLabel("steady", streams), busy);
      service.printProfile(label("steady", streams), samples);
      floor(ground, database, "steady", streams, samples, first);
      Cost idle =
          runner.run(1, samples, stream -> collect(service, end, end + plan.steadyMinutes()));
      table.add(label("steady, idle accounts", streams), null, idle);
      service.printProfile(label("steady, idle accounts", streams), samples);
    }
  }

  private static void collect(Service service, int from, int end) {
    for (int minute = from; minute < end; minute++) {
      service.collectUpTo(minute);
    }
  }

  /** A backlog of every node, page by page; then the same again, and once from the archive. */
  private void backlog(Database ground, Exporters exporters, int streams) throws Exception {
    Database database = ground.cloneAs(maintenance, "bench_service");
    long samples = workload.samples(plan.backlogMinutes());
    int first = Ground.FIRST_MINUTE + RUN_IN;
    int end = first + plan.backlogMinutes();
    try (Service service = service(database, exporters, streams, Integer.MAX_VALUE, 1)) {
      collect(service, Ground.FIRST_MINUTE, first);
      service.printProfile("", 1);
      Cost caughtUp = runner.run(1, samples, stream -> service.collectUpTo(end - 1));
      table.add(label("backlog", streams), floorLabel("backlog", streams), caughtUp);
      service.printProfile(label("backlog", streams), samples);
      floor(ground, database, "backlog", streams, samples, first);
      Cost again = runner.run(1, samples, stream -> service.readAgain(plan.backlogMinutes()));
      check(database, samples, first);
      table.add(label("backlog read again", streams), null, again);
      service.printProfile(label("backlog read again", streams), samples);
    }
    try (Connections connections = new Connections(database)) {
      Cost derived = runner.run(streams, samples, stream -> rederive(connections, stream, streams));
      table.add(label("backlog derived from the archive", streams), null, derived);
    }
  }

  private void rederive(Connections connections, int stream, int streams) {
    try (Handle handle = connections.jdbi().open()) {
      for (int node = stream; node < plan.nodes(); node += streams) {
        new Rederivation(handle).node(workload.node(node).composed());
      }
    }
  }

  /** Every second minute comes behind the others; handed to the pipeline, not fetched. */
  private void late(Database ground, Exporters exporters) throws Exception {
    Database database = ground.cloneAs(maintenance, "bench_service");
    long late =
        IntStream.range(Ground.FIRST_MINUTE, Ground.FIRST_MINUTE + plan.backlogMinutes())
            .filter(minute -> minute % 2 == 0)
            .count();
    try (Service service = service(database, exporters, 1, Integer.MAX_VALUE, 1)) {
      deliver(service, minute -> minute % 2 == 1);
      service.printProfile("", 1);
      long samples = workload.samples((int) late);
      Cost cost = runner.run(1, samples, s -> deliver(service, minute -> minute % 2 == 0));
      table.add(label("late, every second minute", 1), null, cost);
      service.printProfile("late", samples);
    }
  }

  private void deliver(Service service, IntPredicate which) {
    int end = Ground.FIRST_MINUTE + plan.backlogMinutes();
    for (int node = 0; node < plan.nodes(); node++) {
      for (int minute = Ground.FIRST_MINUTE; minute < end; minute += plan.pageMinutes()) {
        List<Snapshot> page = new ArrayList<>();
        for (int m = minute; m < Math.min(end, minute + plan.pageMinutes()); m++) {
          if (which.test(m)) {
            page.add(workload.snapshot(node, series.get(node), m));
          }
        }
        service.deliver(node, page);
      }
    }
  }

  /** All that exporters keep, of accounts that are busy now and then. */
  private void longBacklog(Database ground, Exporters exporters) throws Exception {
    Database database = ground.cloneAs(maintenance, "bench_service");
    long samples = workload.samples(plan.longMinutes());
    try (Service service = service(database, exporters, 2, Integer.MAX_VALUE, LONG_BUSY_EVERY)) {
      Cost cost =
          runner.run(
              1,
              samples,
              stream -> service.collectUpTo(Ground.FIRST_MINUTE + plan.longMinutes() - 1));
      table.add("72 h backlog, busy every 10th minute, 2 streams", null, cost);
    }
  }

  /** The very same rows by COPY into another copy of the ground. */
  private void floor(
      Database ground, Database from, String name, int streams, long samples, int firstMinute)
      throws Exception {
    check(from, samples, firstMinute);
    List<List<String>> nodes = new ArrayList<>();
    for (int stream = 0; stream < streams; stream++) {
      int first = stream;
      nodes.add(
          IntStream.range(0, plan.nodes())
              .filter(node -> node % streams == first)
              .mapToObj(node -> workload.node(node).composed())
              .toList());
    }
    Facts facts = Facts.read(from, since(firstMinute), nodes, FLOOR_ROWS);
    Database floor = ground.cloneAs(maintenance, "bench_floor");
    table.add(floorLabel(name, streams), null, facts.copyInto(floor, runner, samples));
    check(floor, samples, firstMinute);
    maintenance.execute("DROP DATABASE bench_floor");
  }

  /** Every sample has one bucket and one ledger row. */
  private void check(Database database, long samples, int firstMinute) throws SQLException {
    long buckets = count(database, "traffic_minute_buckets", firstMinute);
    long entries = count(database, "billing_ledger", firstMinute);
    if (buckets != samples || entries != samples) {
      throw new IllegalStateException(
          samples + " samples became " + buckets + " buckets, " + entries + " ledger rows");
    }
  }

  private long count(Database database, String factTable, int firstMinute) throws SQLException {
    return database.number(
        "SELECT count(*) FROM public." + factTable + " WHERE " + since(firstMinute));
  }

  private String since(int minute) {
    return "bucket_start >= '" + workload.at(minute) + "'";
  }

  private static String label(String name, int streams) {
    return name + ", " + streams + (streams == 1 ? " stream" : " streams");
  }

  private static String floorLabel(String name, int streams) {
    return "  floor: COPY of the same (" + label(name, streams) + ")";
  }
}
