package plus.svc.billing.wallet.outbox;

import com.codahale.metrics.health.HealthCheck;
import io.dropwizard.lifecycle.Managed;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.jdbi.v3.core.Jdbi;
import plus.svc.billing.platform.PeriodicLoop;
import plus.svc.billing.platform.SecretRefs;

/** Everything that sends: a loop for each target, and one that looks after the rows. */
public final class Notifications implements Managed {

  private static final String TENDING = "notice-outbox";
  private static final Duration TENDED_EVERY = Duration.ofSeconds(30);
  private static final Duration STOP_BEYOND_TIMEOUT = Duration.ofSeconds(5);

  private final List<WebhookClient> clients = new ArrayList<>();
  private final List<TargetSender> senders = new ArrayList<>();
  private final List<ThreadPoolExecutor> pools = new ArrayList<>();
  private final Map<String, PeriodicLoop> loops = new LinkedHashMap<>();
  private final ScheduledThreadPoolExecutor timer;
  private final OutboxTending tending;
  private final HealthCheck health;

  /** As in service, with the system's names. */
  public Notifications(
      List<WebhookTarget> targets,
      OutboxPolicy policy,
      Jdbi jdbi,
      SecretRefs secrets,
      DeliveryWatch watch,
      InstantSource clock) {
    this(targets, policy, jdbi, secrets, SystemDefaultDnsResolver.INSTANCE, watch, clock);
  }

  Notifications(
      List<WebhookTarget> targets,
      OutboxPolicy policy,
      Jdbi jdbi,
      SecretRefs secrets,
      DnsResolver names,
      DeliveryWatch watch,
      InstantSource clock) {
    timer = new ScheduledThreadPoolExecutor(1, daemons("webhook-deadline"));
    timer.setRemoveOnCancelPolicy(true);
    OutboxDao rows = jdbi.onDemand(OutboxDao.class);
    for (WebhookTarget target : targets) {
      WebhookClient client = new WebhookClient(target, secrets, names, clock, timer);
      ThreadPoolExecutor pool = pool("webhook-" + target.name());
      TargetSender sender =
          new TargetSender(target, client, rows, policy.retries(), watch, clock, pool);
      clients.add(client);
      pools.add(pool);
      senders.add(sender);
      String name = "webhook-" + target.name();
      loops.put(
          name,
          new PeriodicLoop(
              name,
              policy.pollInterval(),
              target.timeout().plus(STOP_BEYOND_TIMEOUT),
              clock,
              sender::turn));
    }
    tending = new OutboxTending(rows, policy);
    loops.put(
        TENDING,
        new PeriodicLoop(TENDING, TENDED_EVERY, STOP_BEYOND_TIMEOUT, clock, tending::turn));
    health = new WebhooksHealthCheck(senders, clock);
  }

  /** By name, to be watched; they start and stop with this. */
  public Map<String, PeriodicLoop> loops() {
    return Collections.unmodifiableMap(loops);
  }

  /** Says which targets fail for long. */
  public HealthCheck health() {
    return health;
  }

  /** Where the targets stood half a minute ago at most. */
  public List<OutboxDao.Standing> standings() {
    return tending.standings();
  }

  @Override
  public void start() {
    loops.values().forEach(PeriodicLoop::start);
  }

  /** Begins nothing more, waits for what is on its way, and ends what takes too long. */
  @Override
  public void stop() throws InterruptedException {
    senders.forEach(TargetSender::stop);
    for (PeriodicLoop loop : loops.values()) {
      loop.stop();
    }
    pools.forEach(ThreadPoolExecutor::shutdown);
    for (int i = 0; i < pools.size(); i++) {
      Duration wait = senders.get(i).target().timeout().plus(STOP_BEYOND_TIMEOUT);
      if (!pools.get(i).awaitTermination(wait.toMillis(), TimeUnit.MILLISECONDS)) {
        pools.get(i).shutdownNow();
      }
    }
    clients.forEach(WebhookClient::close);
    timer.shutdownNow();
  }

  private static ThreadPoolExecutor pool(String name) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            WebhookConnections.AT_A_TIME,
            WebhookConnections.AT_A_TIME,
            1,
            TimeUnit.MINUTES,
            new LinkedBlockingQueue<>(),
            daemons(name));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  private static ThreadFactory daemons(String name) {
    AtomicInteger number = new AtomicInteger();
    return work -> {
      Thread thread = new Thread(work, name + "-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}
