package plus.svc.billing.wallet.cache;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.platform.Secret;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.platform.log.Happening;
import plus.svc.billing.wallet.cache.CacheWatch.Read;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPool;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.SetParams;

/**
 * Values in Redis. Whoever asks waits for one short timeout at most; after that the cache is passed
 * over until a probe of our own finds that it answers again.
 */
public final class RedisCache implements ReadCache, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RedisCache.class);

  /** More is no value of ours: nobody makes us read a large one. */
  private static final int MOST_READ = 4_200;

  private static final String PREFIX = "billing:" + SealedValue.VERSION + ":";

  private final JedisPool pool;
  private final SealedValue seal;
  private final Duration ttl;
  private final CacheWatch watch;
  private final InstantSource clock;
  private final Circuit circuit;
  private final Dropper dropper;

  /**
   * Connects to nothing yet: the cache may come later.
   *
   * @throws IllegalArgumentException if a reference cannot be read or used; holds nothing of it
   */
  public RedisCache(
      CacheSettings settings, SecretRefs secrets, CacheWatch watch, InstantSource clock) {
    this.seal = new SealedValue(secrets.resolve(settings.keyRef()));
    this.ttl = settings.ttl();
    this.watch = watch;
    this.clock = clock;
    @Nullable Secret password =
        settings.credentialRef().isEmpty() ? null : secrets.resolve(settings.credentialRef());
    this.pool = RedisConnections.pool(settings, password, secrets);
    this.circuit = new Circuit(this::probe);
    this.dropper = new Dropper(keys -> told(redis -> redis.del(keys)));
  }

  @Override
  public Optional<Cached> get(UUID account, String kind) {
    String found = asked(redis -> redis.getrange(key(account, kind), 0, MOST_READ));
    if (found == null) {
      return Optional.empty();
    }
    if (found.isEmpty()) {
      watch.read(Read.MISS);
      return Optional.empty();
    }
    Instant now = clock.instant();
    Optional<Cached> value =
        seal.open(account, kind, found)
            .filter(cached -> !cached.at().isAfter(now))
            .filter(cached -> cached.at().plus(ttl).isAfter(now));
    watch.read(value.isPresent() ? Read.HIT : Read.IGNORED);
    return value;
  }

  @Override
  public void put(UUID account, String kind, Cached value) {
    long left = Duration.between(clock.instant(), value.at().plus(ttl)).toMillis();
    if (left > 0) {
      String sealed = seal.seal(account, kind, value);
      told(redis -> redis.set(key(account, kind), sealed, SetParams.setParams().px(left)));
    }
  }

  @Override
  public void forget(UUID account, Collection<String> kinds) {
    if (!circuit.isOpen()) {
      kinds.forEach(kind -> dropper.drop(key(account, kind)));
    }
  }

  /** Ends its connections. */
  @Override
  public void close() {
    dropper.close();
    circuit.close();
    pool.close();
  }

  private static String key(UUID account, String kind) {
    return PREFIX + account + ":" + kind;
  }

  private @Nullable String asked(Function<Jedis, String> question) {
    if (circuit.isOpen()) {
      watch.read(Read.SKIPPED);
      return null;
    }
    try (Jedis redis = pool.getResource()) {
      return question.apply(redis);
    } catch (JedisException e) {
      if (isOfAnotherType(e)) {
        watch.read(Read.IGNORED);
      } else {
        watch.read(Read.FAILED);
        fails(e);
      }
    }
    return null;
  }

  /** It answers, but what is there is no text. */
  private static boolean isOfAnotherType(JedisException e) {
    return e instanceof JedisDataException
        && String.valueOf(e.getMessage()).startsWith("WRONGTYPE");
  }

  private void told(Consumer<Jedis> what) {
    if (circuit.isOpen()) {
      return;
    }
    try (Jedis redis = pool.getResource()) {
      what.accept(redis);
    } catch (JedisDataException e) {
      // It may be full, or read-only: then it keeps nothing new.
    } catch (JedisException e) {
      fails(e);
    }
  }

  private void fails(JedisException e) {
    if (circuit.open()) {
      // Its own words may hold what Redis said.
      LOG.warn(
          Happening.CACHE_FAILED,
          "the cache does not answer ({}); reads go to the database",
          e.getClass().getSimpleName());
    }
  }

  private boolean probe() {
    pool.clear();
    try (Jedis redis = pool.getResource()) {
      redis.ping();
      LOG.info(Happening.CACHE_FAILED, "the cache answers again");
      return true;
    } catch (JedisException e) {
      return false;
    }
  }
}
