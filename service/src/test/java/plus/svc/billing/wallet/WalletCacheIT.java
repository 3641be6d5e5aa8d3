package plus.svc.billing.wallet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import plus.svc.billing.auth.Caller;
import plus.svc.billing.auth.Gate;
import plus.svc.billing.auth.Right;
import plus.svc.billing.auth.Throttle;
import plus.svc.billing.auth.Tokens;
import plus.svc.billing.platform.RoundTrip;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.testing.Eventually;
import plus.svc.billing.testing.PostgresHarness;
import plus.svc.billing.wallet.api.Ask;
import plus.svc.billing.wallet.api.CallWatch;
import plus.svc.billing.wallet.api.CallbackGate;
import plus.svc.billing.wallet.api.FieldsReader;
import plus.svc.billing.wallet.api.Recharges;
import plus.svc.billing.wallet.api.WalletCall;
import plus.svc.billing.wallet.api.WalletFacade;
import plus.svc.billing.wallet.api.WalletFailure;
import plus.svc.billing.wallet.cache.CacheSettings;
import plus.svc.billing.wallet.cache.CacheWatch.Read;
import plus.svc.billing.wallet.cache.ReadCache;
import plus.svc.billing.wallet.cache.ReadCache.Cached;
import plus.svc.billing.wallet.cache.RedisCache;
import plus.svc.billing.wallet.cache.RedisServer;
import redis.clients.jedis.Jedis;

/** Two instances with one real Redis between them, which is right, old, empty, gone or lies. */
@Timeout(120)
class WalletCacheIT {

  private static final String KEY = "a-key-of-the-tests-of-40-characters-----";
  private static final Duration TTL = Duration.ofSeconds(1);
  private static final Caller ALL = new Caller("all", EnumSet.allOf(Right.class));
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .build();

  private static final CallbackGate NOBODY =
      WalletGrpcWorld.callbacks(
          new Gate(
              new Tokens(List.of()),
              Throttle.standard(InstantSource.system()),
              new MetricRegistry()));

  @TempDir static Path directory;
  private static @Nullable RedisServer server;

  private final WalletWorld world = new WalletWorld();
  private final List<Read> reads = new CopyOnWriteArrayList<>();
  private final List<RedisCache> caches = new ArrayList<>();
  private final AtomicInteger statements = new AtomicInteger();
  private final AtomicInteger keys = new AtomicInteger();
  private final WalletEngine engine = world.engine();
  private final WalletFacade one = facade(engine);
  private final WalletFacade other = facade(world.engine());

  @BeforeAll
  static void startRedis() throws Exception {
    RedisServer.needed();
    server = RedisServer.start(directory);
  }

  @AfterAll
  static void stopRedis() {
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void begin() {
    flush();
    world.jdbi.configure(
        RoundTrip.Watchers.class,
        all -> all.tell((repository, method, nanos, failed) -> statements.incrementAndGet()));
    world.jdbi.setSqlLogger(
        new SqlLogger() {
          @Override
          public void logAfterExecution(StatementContext context) {
            statements.incrementAndGet();
          }

          @Override
          public void logException(StatementContext context, SQLException e) {
            statements.incrementAndGet();
          }
        });
  }

  @AfterEach
  void end() {
    caches.forEach(RedisCache::close);
    world.close();
  }

  private static RedisServer server() {
    return java.util.Objects.requireNonNull(server);
  }

  private static Jedis redis() {
    return new Jedis("127.0.0.1", server().port());
  }

  private static void flush() {
    try (Jedis redis = redis()) {
      redis.flushAll();
    }
  }

  private RedisCache cache(String key) {
    RedisCache cache =
        new RedisCache(
            new CacheSettings(
                URI.create("redis://127.0.0.1:" + server().port()),
                "",
                "",
                "env:CACHE_KEY",
                null,
                TTL,
                Duration.ofMillis(500)),
            new SecretRefs(Map.of("CACHE_KEY", key)),
            reads::add,
            world.clock);
    caches.add(cache);
    return cache;
  }

  private WalletFacade facade(WalletEngine of) {
    return new WalletFacade(of, Recharges.NONE, NOBODY, cache(KEY), CallWatch.NONE);
  }

  private JsonNode call(WalletFacade facade, WalletCall call, String... fields) {
    ObjectNode body = JSON.createObjectNode();
    for (int i = 0; i < fields.length; i += 2) {
      if (fields[i + 1].equals("true")) {
        body.put(fields[i], true);
      } else {
        body.put(fields[i], fields[i + 1]);
      }
    }
    Ask ask =
        new Ask(
            ALL,
            "http",
            "test",
            call.isChange() ? "c" + keys.incrementAndGet() : "",
            FieldsReader.read(body.toString()),
            body.toString(),
            Duration.ofSeconds(5));
    return JSON.valueToTree(facade.call(call, ask));
  }

  private JsonNode check(WalletFacade facade, UUID user, long count) {
    return call(
        facade,
        WalletCall.CHECK_QUOTA,
        "userId",
        user.toString(),
        "serviceName",
        "payment",
        "count",
        Long.toString(count));
  }

  private JsonNode balance(WalletFacade facade, UUID account) {
    return call(facade, WalletCall.GET_BALANCE, "accountId", account.toString());
  }

  private JsonNode account(WalletFacade facade, UUID user) {
    return call(facade, WalletCall.GET_ACCOUNT, "userId", user.toString());
  }

  private JsonNode deduct(WalletFacade facade, UUID user, long count) {
    return call(
        facade,
        WalletCall.DEDUCT_QUOTA,
        "userId",
        user.toString(),
        "serviceName",
        "payment",
        "count",
        Long.toString(count));
  }

  private JsonNode money(WalletFacade facade, WalletCall call, UUID account, String amount) {
    return call(facade, call, "accountId", account.toString(), "amount", amount, "currency", "CNY");
  }

  /** Both instances together are no older than {@link #TTL}; the clock stands still by itself. */
  private void tick() {
    world.clock.pass(Duration.ofMillis(1));
  }

  @Test
  void a5TheSecondLookAsksNoDatabaseAndSaysHowOldItIs() {
    UUID user = world.userWith(engine, "1.5");
    JsonNode first = check(one, user, 1_005);
    JsonNode firstAccount = account(one, user);
    Instant asked = world.clock.instant();
    assertThat(first.has("asOf")).isFalse();
    assertThat(firstAccount.has("asOf")).isFalse();

    world.clock.pass(Duration.ofMillis(999));
    int before = statements.get();
    long[] nanos = new long[300];
    for (int i = 0; i < nanos.length; i++) {
      long begun = System.nanoTime();
      JsonNode again = check(other, user, 1_005);
      nanos[i] = System.nanoTime() - begun;
      assertThat(again.path("asOf").asText()).isEqualTo(asked.toString());
      assertThat(again.path("reason").asText()).isEqualTo("mixed");
      assertThat(again.path("costText")).isEqualTo(first.path("costText"));
    }
    // Another count is of the same facts.
    assertThat(check(other, user, 1_016).path("allowed").asBoolean()).isFalse();
    assertThat(check(other, user, 1_015).path("allowed").asBoolean()).isTrue();
    JsonNode account = account(other, user);
    JsonNode balance = balance(other, user);
    assertThat(statements.get()).as("statements").isEqualTo(before);
    assertThat(account.path("asOf").asText()).isEqualTo(asked.toString());
    assertThat(account.path("quotas")).isEqualTo(firstAccount.path("quotas"));
    assertThat(balance.path("balance").asText()).isEqualTo("1.5");
    Arrays.sort(nanos);
    assertThat(Duration.ofNanos(nanos[nanos.length / 2])).isLessThan(Duration.ofMillis(10));

    // Then it is over, whatever Redis keeps.
    tick();
    assertThat(check(other, user, 1).has("asOf")).isFalse();
    assertThat(statements.get()).isGreaterThan(before);
  }

  @Test
  void whatIsAskedOfAnInstantOrAnOperationIsNeverCached() {
    UUID user = world.userWith(engine, "1.5");
    UUID operation =
        UUID.fromString(money(one, WalletCall.CREDIT, user, "1").path("operationId").asText());
    tick();
    balance(one, user);
    List<Read> before = List.copyOf(reads);
    call(one, WalletCall.GET_BALANCE, "accountId", user.toString(), "at", "2026-04-08T10:00:00Z");
    call(one, WalletCall.GET_HISTORY, "accountId", user.toString());
    call(one, WalletCall.GET_OPERATION, "operationId", operation.toString());
    assertThat(reads).isEqualTo(before);
  }

  /** Each change, then at once a look on the same instance, though Redis drops nothing. */
  @Test
  void anInstanceShowsWhatItChangedItselfAtOnce() {
    UUID user = world.userWith(engine, "50");
    UUID friend = world.userWith(engine, "50");
    WalletFacade deaf =
        new WalletFacade(engine, Recharges.NONE, NOBODY, dropsNothing(cache(KEY)), CallWatch.NONE);
    List<Runnable> changes = new ArrayList<>();
    JsonNode[] last = new JsonNode[1];
    changes.add(() -> last[0] = money(deaf, WalletCall.CREDIT, user, "1"));
    changes.add(() -> last[0] = money(deaf, WalletCall.DEBIT, user, "2"));
    changes.add(() -> last[0] = deduct(deaf, user, 1_003));
    changes.add(
        () ->
            last[0] =
                call(
                    deaf,
                    WalletCall.TRANSFER,
                    "fromAccountId",
                    user.toString(),
                    "toAccountId",
                    friend.toString(),
                    "amount",
                    "3",
                    "currency",
                    "CNY"));
    changes.add(
        () ->
            last[0] =
                call(
                    deaf, WalletCall.REVERSE, "operationId", last[0].path("operationId").asText()));
    changes.add(
        () ->
            last[0] =
                call(
                    deaf,
                    WalletCall.RESERVE,
                    "userId",
                    user.toString(),
                    "amount",
                    "5",
                    "currency",
                    "CNY"));
    changes.add(
        () ->
            call(
                deaf,
                WalletCall.COMMIT_HOLD,
                "holdId",
                last[0].path("holdId").asText(),
                "amount",
                "4"));
    for (Runnable change : changes) {
      for (UUID account : List.of(user, friend)) {
        account(deaf, account);
        balance(deaf, account);
        check(deaf, account, 1);
      }
      tick();
      change.run();
      tick();
      for (UUID account : List.of(user, friend)) {
        assertRight(deaf, account);
      }
    }
    assertThat(reads).contains(Read.HIT);
  }

  private static ReadCache dropsNothing(ReadCache cache) {
    return new ReadCache() {
      @Override
      public Optional<Cached> get(UUID account, String kind) {
        return cache.get(account, kind);
      }

      @Override
      public void put(UUID account, String kind, Cached value) {
        cache.put(account, kind, value);
      }

      @Override
      public void forget(UUID account, Collection<String> kinds) {}
    };
  }

  private void assertRight(WalletFacade facade, UUID user) {
    WalletReads.Standing now = engine.reads().balance(user).orElseThrow();
    assertThat(new BigDecimal(balance(facade, user).path("available").asText()))
        .isEqualByComparingTo(now.available());
    assertThat(new BigDecimal(account(facade, user).path("balanceText").asText()))
        .isEqualByComparingTo(now.balance());
    for (long count : new long[] {1, 990, 1_005}) {
      WalletReads.Check truth = engine.reads().check(user, "payment", count);
      JsonNode told = check(facade, user, count);
      assertThat(told.path("allowed").asBoolean()).isEqualTo(truth.isAllowed());
      assertThat(told.path("freeCount").asLong()).isEqualTo(truth.free());
      assertThat(new BigDecimal(told.path("costText").asText())).isEqualByComparingTo(truth.cost());
    }
  }

  /** Whatever is told was true at some instant since {@code asOf}, which is young. */
  @Test
  void a4WhatIsToldWasTrueWithinTheStalenessAndIsTheTruthOnceItIsQuiet() {
    UUID user = world.userWith(engine, "50");
    Random random = new Random(4);
    NavigableMap<Instant, BigDecimal> truths = new TreeMap<>();
    truths.put(Instant.EPOCH, new BigDecimal("50"));
    for (int i = 0; i < 400; i++) {
      world.clock.pass(Duration.ofMillis(random.nextInt(400)));
      WalletFacade facade = random.nextBoolean() ? one : other;
      if (random.nextInt(3) == 0) {
        boolean credit = random.nextBoolean();
        money(
            facade,
            credit ? WalletCall.CREDIT : WalletCall.DEBIT,
            user,
            "0." + (1 + random.nextInt(9)));
        truths.put(world.clock.instant(), engine.reads().balance(user).orElseThrow().balance());
        tick();
        continue;
      }
      JsonNode told = balance(facade, user);
      Instant now = world.clock.instant();
      Instant asOf = told.has("asOf") ? Instant.parse(told.path("asOf").asText()) : now;
      assertThat(Duration.between(asOf, now)).isLessThan(TTL);
      List<BigDecimal> possible =
          new ArrayList<>(truths.subMap(truths.floorKey(asOf), true, now, true).values());
      assertThat(possible)
          .usingElementComparator(BigDecimal::compareTo)
          .contains(new BigDecimal(told.path("balance").asText()));
    }
    assertThat(reads).contains(Read.HIT, Read.MISS);
    world.clock.pass(TTL);
    assertRight(one, user);
    assertRight(other, user);
    flush();
    assertRight(other, user);
  }

  @Test
  void a8WithoutRedisEverythingIsRightAndItIsUsedAgainWhenItComes() throws Exception {
    UUID user = world.userWith(engine, "50");
    check(one, user, 1);
    server().kill();
    tick();
    assertRight(one, user);
    deduct(one, user, 1_004);
    tick();
    assertRight(one, user);
    assertRight(other, user);
    assertThat(reads).contains(Read.FAILED, Read.SKIPPED);
    server().restart();
    Eventually.holds(
        () -> {
          check(other, user, 1);
          assertThat(check(other, user, 1).has("asOf")).isTrue();
        });
    assertRight(other, user);
  }

  @Test
  void w04AnOldRemainderThatOverwritesTheCacheGivesNoFreeUnitBack() {
    UUID user = world.userWith(engine, "1");
    RedisCache writer = cache(KEY);
    Means before = engine.reads().means(user, "payment");
    deduct(one, user, 1_000);
    tick();
    // As the one that lags: sealed as ours and dated now, it holds what was before.
    String kind =
        "check:payment:" + WalletWorld.POLICY.monthStart(world.clock.instant()).getEpochSecond();
    String lie = "{\"refusal\":null,\"price\":0.10,\"free\":" + before.free() + ",\"spendable\":1}";
    String told = "";
    // What was changed is dropped a moment later, and the lie with it.
    for (int i = 0; i < 100 && !told.equals("free"); i++) {
      tick();
      writer.put(user, kind, new Cached(lie, world.clock.instant()));
      told = check(other, user, 500).path("reason").asText();
    }
    assertThat(told).as("the lie").isEqualTo("free");
    refused(() -> deduct(other, user, 500));
    JsonNode paid = deduct(other, user, 10);
    assertThat(paid.path("freeCount").asLong()).isZero();
    assertThat(paid.path("balanceText").asText()).isEqualTo("0");
    tick();
    assertRight(other, user);
    world.clock.pass(TTL);
    assertRight(one, user);
  }

  private static void refused(Runnable change) {
    WalletFailure failure = catchThrowableOfType(WalletFailure.class, change::run);
    assertThat(failure).isNotNull();
    assertThat(failure.code()).isEqualTo("190102");
  }

  @Test
  void aForgedBalanceIsNotShownAndChangesNoDecision() {
    UUID user = world.userWith(engine, "1");
    RedisCache forger = cache(KEY.replace('a', 'b'));
    String standing =
        "{\"account\":\"%s\",\"owner\":\"%s\",\"unit\":\"CNY\",\"balance\":1000000,\"held\":0}"
            .replace("%s", user.toString());
    tick();
    forger.put(user, "balance", new Cached(standing, world.clock.instant()));
    assertThat(balance(one, user).path("balance").asText()).isEqualTo("1");
    assertThat(reads).contains(Read.IGNORED);
    // Who has the key can lie to whoever looks, for a second, and to nobody who pays.
    tick();
    cache(KEY).put(user, "balance", new Cached(standing, world.clock.instant()));
    assertThat(balance(one, user).path("balance").asText()).isEqualTo("1000000");
    refused(
        () ->
            call(
                one,
                WalletCall.DEBIT,
                "accountId",
                user.toString(),
                "amount",
                "2",
                "currency",
                "CNY",
                "guarded",
                "true"));
    refused(
        () ->
            call(
                one,
                WalletCall.RESERVE,
                "userId",
                user.toString(),
                "amount",
                "2",
                "currency",
                "CNY"));
    refused(() -> deduct(one, user, 1_011));
    assertThat(engine.reads().balance(user).orElseThrow().balance()).isEqualByComparingTo("1");
  }

  /** What is cached is told with its age, for its time; nothing is accepted that is not stored. */
  @Test
  void a9WithoutTheDatabaseYoungAnswersAreGivenWithTheirAgeAndNoChangeIsAccepted() {
    UUID user = world.userWith(engine, "5");
    check(one, user, 3);
    balance(one, user);
    Instant asked = world.clock.instant();
    connections(false);
    try {
      tick();
      assertThat(check(one, user, 4).path("asOf").asText()).isEqualTo(asked.toString());
      assertThat(balance(other, user).path("asOf").asText()).isEqualTo(asked.toString());
      WalletFailure change = catchThrowableOfType(WalletFailure.class, () -> deduct(one, user, 1));
      assertThat(change.status()).isEqualTo(503);
      world.clock.pass(TTL);
      WalletFailure late = catchThrowableOfType(WalletFailure.class, () -> check(one, user, 1));
      assertThat(late.status()).isEqualTo(503);
    } finally {
      connections(true);
    }
    assertThat(world.count("SELECT count(*) FROM billing.requests WHERE kind = 'deduct'")).isZero();
    assertThat(check(one, user, 1).path("allowed").asBoolean()).isTrue();
  }

  private void connections(boolean allowed) {
    PostgresHarness.shared().allowConnections(world.database, allowed);
  }
}
