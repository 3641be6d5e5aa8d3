package plus.svc.billing.wallet.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.wallet.Command;
import plus.svc.billing.wallet.Means;
import plus.svc.billing.wallet.WalletAnswer;
import plus.svc.billing.wallet.WalletReads;
import plus.svc.billing.wallet.cache.OwnChanges;
import plus.svc.billing.wallet.cache.ReadCache;
import plus.svc.billing.wallet.cache.ReadCache.Cached;

/**
 * Checks and balances, from the cache if it has them young enough and from the database if not. For
 * answers to whoever looks; nothing that changes an account asks here.
 */
final class CachedReads {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  private static final TypeReference<WalletReads.Standing> STANDING = new TypeReference<>() {};
  private static final TypeReference<List<WalletReads.Allowance>> ALLOWANCES =
      new TypeReference<>() {};
  private static final TypeReference<Means> MEANS = new TypeReference<>() {};

  private final WalletReads reads;
  private final ReadCache cache;
  private final OwnChanges changes = new OwnChanges();

  CachedReads(WalletReads reads, ReadCache cache) {
    this.reads = reads;
    this.cache = cache;
  }

  /**
   * What was read.
   *
   * @param asOf since when it may be over; null if the database was asked just now
   */
  record Aged<T>(T value, @Nullable Instant asOf) {}

  /** An account as it stands. */
  Optional<Aged<WalletReads.Standing>> standing(UUID account) {
    if (isOff()) {
      return reads.balance(account).map(now -> new Aged<>(now, null));
    }
    @Nullable Aged<WalletReads.Standing> found = found(account, "balance", STANDING);
    if (found != null) {
      return Optional.of(found);
    }
    Instant asked = reads.now();
    Optional<WalletReads.Standing> now = reads.balance(account);
    now.ifPresent(standing -> keep(account, "balance", standing, asked));
    return now.map(standing -> new Aged<>(standing, null));
  }

  /** The free units of this month. */
  Aged<List<WalletReads.Allowance>> allowances(UUID account) {
    return read(
        account, "quotas:" + month(), ALLOWANCES, () -> reads.allowances(account), x -> true);
  }

  /** What an account has for uses of a service. */
  Aged<Means> means(UUID account, String service) {
    Supplier<Means> now = () -> reads.means(account, service);
    // Nobody fills the cache with services that there are none of.
    return !isOff() && services().contains(service)
        ? read(account, checkOf(service), MEANS, now, means -> means.refusal() == null)
        : new Aged<>(now.get(), null);
  }

  /**
   * Forgets an account once a change of it is over, whatever became of the change; the answer comes
   * after that.
   */
  CompletableFuture<WalletAnswer> dropping(
      Command command, Supplier<CompletableFuture<WalletAnswer>> change) {
    if (isOff()) {
      return change.get();
    }
    List<UUID> accounts = new ArrayList<>(command.accounts());
    if (command instanceof Command.Reverse reverse) {
      accounts.addAll(reads.accountsOf(reverse.operation()).values());
    }
    return change
        .get()
        .whenComplete(
            (answer, failure) -> {
              accounts.forEach(this::changed);
              if (answer != null && answer.account() != null) {
                changed(answer.account());
              }
            });
  }

  /** An account was changed. */
  void changed(UUID account) {
    if (!isOff()) {
      changes.changed(account, reads.now());
      List<String> kinds = new ArrayList<>(List.of("balance", "quotas:" + month()));
      services().forEach(service -> kinds.add(checkOf(service)));
      cache.forget(account, kinds);
    }
  }

  /** Whether there is no cache. */
  boolean isOff() {
    return cache == ReadCache.NONE;
  }

  private Set<String> services() {
    return reads.terms().keySet();
  }

  private String checkOf(String service) {
    return "check:" + service + ":" + month();
  }

  /** The month's first second: the month before is never taken for it. */
  private long month() {
    return reads.policy().monthStart(reads.now()).getEpochSecond();
  }

  private <T> Aged<T> read(
      UUID account,
      String kind,
      TypeReference<T> type,
      Supplier<T> database,
      Predicate<T> isWorthKeeping) {
    @Nullable Aged<T> found = isOff() ? null : found(account, kind, type);
    if (found != null) {
      return found;
    }
    Instant asked = reads.now();
    T now = database.get();
    if (!isOff() && isWorthKeeping.test(now)) {
      keep(account, kind, now, asked);
    }
    return new Aged<>(now, null);
  }

  private <T> @Nullable Aged<T> found(UUID account, String kind, TypeReference<T> type) {
    @Nullable Cached cached = cache.get(account, kind).orElse(null);
    if (cached == null || !changes.isSince(account, cached.at())) {
      return null;
    }
    try {
      return new Aged<>(JSON.readValue(cached.text(), type), cached.at());
    } catch (JsonProcessingException e) {
      // Of another release.
      return null;
    }
  }

  private void keep(UUID account, String kind, Object value, Instant asked) {
    if (!changes.isSince(account, asked)) {
      return;
    }
    try {
      String text = JSON.writeValueAsString(value);
      if (text.length() <= Cached.LONGEST) {
        cache.put(account, kind, new Cached(text, asked));
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of ours can be written as JSON", e);
    }
  }
}
