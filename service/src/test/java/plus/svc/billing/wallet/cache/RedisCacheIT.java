package plus.svc.billing.wallet.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import plus.svc.billing.emulator.tls.Credential;
import plus.svc.billing.emulator.tls.DevCertificates;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.testing.Eventually;
import plus.svc.billing.wallet.cache.CacheWatch.Read;
import plus.svc.billing.wallet.cache.ReadCache.Cached;
import redis.clients.jedis.Jedis;

/** A real Redis that is there, gone, slow, emptied and full of lies. */
@Timeout(120)
class RedisCacheIT {

  private static final Instant NOON = Instant.parse("2026-04-08T12:00:00Z");
  private static final UUID ANNA = UUID.fromString("11111111-1111-4111-8111-111111111111");
  private static final UUID BEN = UUID.fromString("22222222-2222-4222-8222-222222222222");
  private static final Cached TEN = new Cached("10.50 CNY", NOON);
  private static final String KEY = "a-key-of-the-tests-of-40-characters-----";

  @TempDir static Path directory;
  private static @Nullable RedisServer server;

  private final AtomicReference<Instant> now = new AtomicReference<>(NOON);
  private final List<Read> reads = new CopyOnWriteArrayList<>();
  private final List<RedisCache> caches = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    RedisServer.needed();
    server = RedisServer.start(directory);
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void empty() {
    try (Jedis redis = redis()) {
      redis.flushAll();
    }
  }

  @AfterEach
  void close() {
    caches.forEach(RedisCache::close);
  }

  private static RedisServer server() {
    return java.util.Objects.requireNonNull(server);
  }

  private static Jedis redis() {
    return new Jedis("127.0.0.1", server().port());
  }

  private static CacheSettings at(String url) {
    return new CacheSettings(
        URI.create(url),
        "",
        "",
        "env:CACHE_KEY",
        null,
        Duration.ofSeconds(1),
        Duration.ofMillis(50));
  }

  private RedisCache cache(CacheSettings settings, InstantSource clock, String key) {
    RedisCache cache =
        new RedisCache(
            settings,
            new SecretRefs(Map.of("CACHE_KEY", key, "REDIS_PASSWORD", "open sesame")),
            reads::add,
            clock);
    caches.add(cache);
    return cache;
  }

  private RedisCache cache() {
    return cache(at("redis://127.0.0.1:" + server().port()), now::get, KEY);
  }

  /** With the machine's time and patience, for a Redis that comes and goes. */
  private RedisCache patient(int port) {
    return cache(at("redis://127.0.0.1:" + port), now::get, KEY);
  }

  private static String onlyKey() {
    try (Jedis redis = redis()) {
      return redis.keys("*").iterator().next();
    }
  }

  private static String stored() {
    try (Jedis redis = redis()) {
      return redis.get(onlyKey());
    }
  }

  private static void store(String key, String value) {
    try (Jedis redis = redis()) {
      redis.set(key, value);
    }
  }

  @Test
  void whatOneInstanceKeptAnotherFinds() throws Exception {
    cache().put(ANNA, "balance", TEN);
    RedisCache other = cache();
    assertThat(other.get(ANNA, "balance")).contains(TEN);
    assertThat(other.get(ANNA, "check:passport")).isEmpty();
    assertThat(other.get(BEN, "balance")).isEmpty();
    assertThat(reads).containsExactly(Read.HIT, Read.MISS, Read.MISS);
    other.forget(ANNA, List.of("balance", "check:passport"));
    Eventually.holds(() -> assertThat(cache().get(ANNA, "balance")).isEmpty());
  }

  @Test
  void aValueEndsByItsAgeWhateverRedisKeeps() {
    RedisCache cache = cache();
    cache.put(ANNA, "balance", TEN);
    String value = stored();
    String key = onlyKey();
    try (Jedis redis = redis()) {
      assertThat(redis.pttl(key)).isBetween(1L, 1_000L);
    }
    store(key, value);
    now.set(NOON.plusMillis(999));
    assertThat(cache.get(ANNA, "balance")).contains(TEN);
    now.set(NOON.plusMillis(1_000));
    assertThat(cache.get(ANNA, "balance")).isEmpty();
    // Too old already: not even kept.
    cache.put(BEN, "balance", TEN);
    assertThat(cache.get(BEN, "balance")).isEmpty();
    assertThat(reads).containsExactly(Read.HIT, Read.IGNORED, Read.MISS);
  }

  @Test
  void aValueFromTheFutureIsNone() {
    RedisCache cache = cache();
    cache.put(ANNA, "balance", new Cached("99", NOON.plusMillis(1)));
    assertThat(cache.get(ANNA, "balance")).isEmpty();
    assertThat(reads).containsExactly(Read.IGNORED);
  }

  @Test
  void aValueOfAnotherPlaceKeyOrVersionIsNone() {
    RedisCache cache = cache();
    cache.put(BEN, "balance", new Cached("1000000", NOON));
    String bens = onlyKey();
    String annas = bens.replace(BEN.toString(), ANNA.toString());
    String value = stored();
    store(annas, value);
    assertThat(cache.get(ANNA, "balance")).as("another account's").isEmpty();
    store(bens.replace("balance", "check"), value);
    assertThat(cache.get(BEN, "check")).as("another kind's").isEmpty();
    store(bens, value.replaceFirst("v1", "v2"));
    assertThat(cache.get(BEN, "balance")).as("another version's").isEmpty();
    cache(at("redis://127.0.0.1:" + server().port()), now::get, KEY.replace('a', 'b'))
        .put(BEN, "balance", new Cached("1000000", NOON));
    assertThat(cache.get(BEN, "balance")).as("sealed with another key").isEmpty();
    assertThat(reads).hasSize(4).containsOnly(Read.IGNORED);
  }

  /** Every single bit of a value counts. */
  @Test
  void aForgedValueIsNone() {
    RedisCache cache = cache();
    cache.put(ANNA, "balance", TEN);
    String key = onlyKey();
    String value = stored();
    for (int at = 0; at < value.length(); at++) {
      char[] forged = value.toCharArray();
      forged[at] = forged[at] == 'A' ? 'B' : 'A';
      // The last character of base64 has two bits that mean nothing.
      boolean same = at == value.length() - 1;
      store(key, new String(forged));
      assertThat(cache.get(ANNA, "balance"))
          .as("character " + at)
          .matches(found -> found.isEmpty() || (same && found.equals(Optional.of(TEN))));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "null",
        "{}",
        "10.50",
        "v1.",
        "v1...",
        "v1.9999999999999999999999.MTA.AAAA",
        "v1.1.%%%.%%%",
        "....",
        "\u0000\u0001\uFFFD"
      })
  void garbageIsNoValue(String garbage) {
    RedisCache cache = cache();
    cache.put(ANNA, "balance", TEN);
    store(onlyKey(), garbage);
    assertThat(cache.get(ANNA, "balance")).isEmpty();
    assertThat(reads).containsExactly(Read.IGNORED);
  }

  @Test
  void aHugeValueOrOneOfAnotherTypeIsNone() {
    RedisCache cache = cache();
    cache.put(ANNA, "balance", TEN);
    String key = onlyKey();
    store(key, "v1.".repeat(10_000_000));
    assertThat(cache.get(ANNA, "balance")).isEmpty();
    try (Jedis redis = redis()) {
      redis.del(key);
      redis.lpush(key, "a", "list");
    }
    assertThat(cache.get(ANNA, "balance")).isEmpty();
    assertThat(reads).containsExactly(Read.IGNORED, Read.IGNORED);
    // It answered: nothing is wrong with it.
    cache.put(ANNA, "balance", TEN);
    assertThat(cache.get(ANNA, "balance")).contains(TEN);
  }

  @Test
  void aRedisThatIsDownAtTheStartIsUsedWhenItComes() throws Exception {
    RedisServer later = RedisServer.start(directory);
    try (later) {
      later.kill();
      RedisCache cache = patient(later.port());
      assertThat(cache.get(ANNA, "balance")).isEmpty();
      cache.put(ANNA, "balance", TEN);
      assertThat(cache.get(ANNA, "balance")).isEmpty();
      assertThat(reads).containsExactly(Read.FAILED, Read.SKIPPED);
      later.restart();
      comesBack(cache);
    }
  }

  private static void comesBack(RedisCache cache) throws Exception {
    Eventually.holds(
        () -> {
          cache.put(ANNA, "balance", TEN);
          assertThat(cache.get(ANNA, "balance")).contains(TEN);
        });
  }

  @Test
  void aRedisThatDiesOrIsEmptiedIsMissedAndUsedAgain() throws Exception {
    try (RedisServer mortal = RedisServer.start(directory)) {
      RedisCache cache = patient(mortal.port());
      comesBack(cache);
      mortal.kill();
      assertThat(cache.get(ANNA, "balance")).isEmpty();
      assertThat(reads).endsWith(Read.FAILED);
      mortal.restart();
      Eventually.holds(
          () -> {
            cache.get(ANNA, "balance");
            assertThat(reads).as("it is empty").endsWith(Read.MISS);
          });
      comesBack(cache);
      try (Jedis redis = new Jedis("127.0.0.1", mortal.port())) {
        redis.flushAll();
      }
      assertThat(cache.get(ANNA, "balance")).isEmpty();
      assertThat(reads).endsWith(Read.MISS);
    }
  }

  /** Who asks waits for a timeout once; after that nobody does. */
  @Test
  void aRedisThatHangsHoldsNobodyUp() throws Exception {
    try (RedisServer frozen = RedisServer.start(directory)) {
      RedisCache cache = patient(frozen.port());
      comesBack(cache);
      frozen.signal("STOP");
      long began = System.nanoTime();
      assertThat(cache.get(ANNA, "balance")).isEmpty();
      long first = System.nanoTime() - began;
      began = System.nanoTime();
      for (int i = 0; i < 1_000; i++) {
        assertThat(cache.get(ANNA, "balance")).isEmpty();
        cache.put(ANNA, "balance", TEN);
        cache.forget(ANNA, List.of("balance"));
      }
      long others = System.nanoTime() - began;
      frozen.signal("CONT");
      assertThat(Duration.ofNanos(first)).isBetween(Duration.ofMillis(40), Duration.ofSeconds(1));
      assertThat(Duration.ofNanos(others)).isLessThan(Duration.ofMillis(500));
      comesBack(cache);
    }
  }

  @Test
  void tlsAndPasswordAreWhatTheySay() throws Exception {
    DevCertificates ours = DevCertificates.create(Clock.systemUTC());
    ours.authority().writeTo(directory, "redis-ca");
    Credential named = ours.server("redis.example");
    named.writeTo(directory, "redis");
    DevCertificates.create(Clock.systemUTC()).authority().writeTo(directory, "other-ca");
    try (RedisServer tls =
        RedisServer.start(
            directory,
            "--tls-port",
            "PORT",
            "--tls-cert-file",
            directory.resolve("redis.pem").toString(),
            "--tls-key-file",
            directory.resolve("redis-key.pem").toString(),
            "--tls-ca-cert-file",
            directory.resolve("redis-ca.pem").toString(),
            "--tls-auth-clients",
            "no",
            "--requirepass",
            "open sesame")) {
      String url = "rediss://localhost:" + tls.port() + "/0";
      RedisCache cache = cache(secured(url, "env:REDIS_PASSWORD", "redis-ca"), now::get, KEY);
      comesBack(cache);
      RedisCache other = cache(secured(url, "env:REDIS_PASSWORD", "other-ca"), now::get, KEY);
      assertThat(other.get(ANNA, "balance")).as("another authority").isEmpty();
      RedisCache nobody = cache(secured(url, "", "redis-ca"), now::get, KEY);
      assertThat(nobody.get(ANNA, "balance")).as("without the password").isEmpty();
    }
  }

  private static CacheSettings secured(String url, String credential, String authority) {
    return new CacheSettings(
        URI.create(url),
        "",
        credential,
        "env:CACHE_KEY",
        "file:" + directory.resolve(authority + ".pem"),
        Duration.ofSeconds(1),
        Duration.ofMillis(500));
  }

  @ParameterizedTest
  @CsvSource({
    "rediss://cache.example.org, ''",
    "rediss://cache.example.org:6380/3, ''",
    "redis://127.0.0.1:6379, ''",
    "redis://cache.example.org, must be rediss",
    "http://cache.example.org, must be rediss",
    "rediss://user:open-sesame@cache.example.org, without a user",
    "rediss://cache.example.org/x, number of a database",
  })
  void anAddressIsCheckedBeforeTheStart(String url, String problem) {
    List<String> problems = at(url).problems();
    if (problem.isEmpty()) {
      assertThat(problems).isEmpty();
    } else {
      assertThat(problems).singleElement().asString().contains(problem).doesNotContain("sesame");
    }
  }

  @Test
  void aShortKeyIsRefusedAndNotQuoted() {
    assertThatThrownBy(() -> cache(at("redis://127.0.0.1"), now::get, "too-short"))
        .hasMessage("the key has 9 bytes: must have at least 32");
  }
}
