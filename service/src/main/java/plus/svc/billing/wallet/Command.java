package plus.svc.billing.wallet;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asks for, checked as far as it can be without the database. Amounts are in the unit
 * they come with.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Command.SetUp.class, name = "set_up"),
  @JsonSubTypes.Type(value = Command.Post.class, name = "post"),
  @JsonSubTypes.Type(value = Command.Deduct.class, name = "deduct"),
  @JsonSubTypes.Type(value = Command.Reserve.class, name = "reserve"),
  @JsonSubTypes.Type(value = Command.ReserveUse.class, name = "reserve_use"),
  @JsonSubTypes.Type(value = Command.Commit.class, name = "commit"),
  @JsonSubTypes.Type(value = Command.Release.class, name = "void"),
  @JsonSubTypes.Type(value = Command.Group.class, name = "group"),
  @JsonSubTypes.Type(value = Command.Reverse.class, name = "reverse")
})
public sealed interface Command {

  /** Longest note. */
  int MOST_NOTE = 200;

  /** Most legs of a group. */
  int MOST_LEGS = 100;

  /** Longest a hold may last, in seconds. */
  long MOST_HOLD_SECONDS = 30L * 24 * 3_600;

  /** As stored and measured. */
  String kind();

  /** The accounts it names; those of holds and of operations to be reversed are looked up. */
  List<UUID> accounts();

  /** Whether it needs no account's lock. */
  default boolean isAppended() {
    return false;
  }

  /**
   * Makes an account, or sees that it is as wanted.
   *
   * @param account the owner's own id for the main account, any other for a further one
   * @param overdraft how far below zero guarded operations may go, zero or more
   * @param lowBalance below which a notice is sent, null for the configured one
   */
  record SetUp(
      UUID account,
      UUID owner,
      String unit,
      String name,
      BigDecimal overdraft,
      @Nullable BigDecimal lowBalance,
      SortedMap<String, String> metadata)
      implements Command {

    public SetUp {
      check("unit", Amounts.unit("unit", unit), MOST_NOTE);
      check("name", name, MOST_NOTE);
      if (overdraft.signum() < 0) {
        throw new Unacceptable("overdraft is " + overdraft + ": must be zero or more");
      }
      overdraft = Amounts.plain(overdraft);
      lowBalance = lowBalance == null ? null : Amounts.plain(lowBalance);
      metadata = new TreeMap<>(metadata);
      if (metadata.size() > 20) {
        throw new Unacceptable("metadata has more than 20 entries: must be fewer");
      }
      metadata.forEach(
          (key, value) -> {
            check("metadata", key, MOST_NOTE);
            check("metadata." + Amounts.shown(key), value, MOST_NOTE);
          });
    }

    @Override
    public String kind() {
      return "set_up";
    }

    @Override
    public List<UUID> accounts() {
      return List.of(account);
    }
  }

  /**
   * A credit (amount above zero) or a debit (below).
   *
   * @param guarded whether it is done only if the balance covers it; otherwise it is appended
   *     without the account's lock, whatever the balance
   */
  record Post(UUID account, BigDecimal amount, String unit, String note, boolean guarded)
      implements Command {

    public Post {
      Amounts.unit("unit", unit);
      check("note", note, MOST_NOTE);
      amount = Amounts.plain(amount);
      if (amount.signum() == 0) {
        throw new Unacceptable("amount is 0: must be another");
      }
    }

    @Override
    public String kind() {
      return amount.signum() > 0 ? "credit" : "debit";
    }

    @Override
    public List<UUID> accounts() {
      return List.of(account);
    }

    @Override
    public boolean isAppended() {
      return !guarded;
    }
  }

  /** Use of a service: free units first, the rest from the balance, all of it or nothing. */
  record Deduct(UUID account, String service, long count) implements Command {

    public Deduct {
      checkUse(service, count);
    }

    @Override
    public String kind() {
      return "deduct";
    }

    @Override
    public List<UUID> accounts() {
      return List.of(account);
    }
  }

  /** Money set aside until it is committed, voided, or {@code seconds} are over. */
  record Reserve(UUID account, BigDecimal amount, String unit, long seconds) implements Command {

    public Reserve {
      Amounts.unit("unit", unit);
      checkSeconds(seconds);
      amount = Amounts.plain(amount);
      if (amount.signum() <= 0) {
        throw new Unacceptable("amount is " + Amounts.text(amount) + ": must be above zero");
      }
    }

    @Override
    public String kind() {
      return "reserve";
    }

    @Override
    public List<UUID> accounts() {
      return List.of(account);
    }
  }

  /** Use of a service set aside: free units and the money for the rest. */
  record ReserveUse(UUID account, String service, long count, long seconds) implements Command {

    public ReserveUse {
      checkUse(service, count);
      checkSeconds(seconds);
    }

    @Override
    public String kind() {
      return "reserve_use";
    }

    @Override
    public List<UUID> accounts() {
      return List.of(account);
    }
  }

  /**
   * Takes what a hold keeps, or part of it; the rest is free again.
   *
   * @param amount of a hold of money, null for all of it
   * @param count of a hold of use, null for all of it
   */
  record Commit(UUID hold, @Nullable BigDecimal amount, @Nullable Long count) implements Command {

    public Commit {
      amount = amount == null ? null : Amounts.plain(amount);
      if (amount != null && amount.signum() <= 0) {
        throw new Unacceptable("amount is " + Amounts.text(amount) + ": must be above zero");
      }
      if (count != null && count <= 0) {
        throw new Unacceptable("count is " + count + ": must be above zero");
      }
    }

    @Override
    public String kind() {
      return "commit";
    }

    @Override
    public List<UUID> accounts() {
      return List.of();
    }
  }

  /** Ends a hold; nothing is taken. */
  record Release(UUID hold) implements Command {

    @Override
    public String kind() {
      return "void";
    }

    @Override
    public List<UUID> accounts() {
      return List.of();
    }
  }

  /** One account's part in a group. */
  record Leg(UUID account, BigDecimal amount, String unit) {

    public Leg {
      Amounts.unit("legs.unit", unit);
      amount = Amounts.plain(amount);
      if (amount.signum() == 0) {
        throw new Unacceptable("legs.amount is 0: must be another");
      }
    }
  }

  /** Several accounts change together or not at all; sums to zero in each unit. */
  record Group(List<Leg> legs, String note) implements Command {

    public Group {
      legs = List.copyOf(legs);
      check("note", note, MOST_NOTE);
      if (legs.size() < 2 || legs.size() > MOST_LEGS) {
        throw new Unacceptable("legs are " + legs.size() + ": must be 2 to " + MOST_LEGS);
      }
      Map<String, BigDecimal> sums = new TreeMap<>();
      legs.forEach(leg -> sums.merge(leg.unit(), leg.amount(), BigDecimal::add));
      sums.forEach(
          (unit, sum) -> {
            if (sum.signum() != 0) {
              throw new Unacceptable(
                  "legs in " + unit + " sum to " + Amounts.text(sum) + ": must sum to 0");
            }
          });
    }

    @Override
    public String kind() {
      return "group";
    }

    @Override
    public List<UUID> accounts() {
      List<UUID> all = new ArrayList<>();
      legs.forEach(leg -> all.add(leg.account()));
      return all;
    }
  }

  /** Takes back what an operation posted, by entries the other way round, once. */
  record Reverse(UUID operation, String note) implements Command {

    public Reverse {
      check("note", note, MOST_NOTE);
    }

    @Override
    public String kind() {
      return "reverse";
    }

    @Override
    public List<UUID> accounts() {
      return List.of();
    }
  }

  private static void check(String field, String text, int most) {
    if (text.length() > most || text.indexOf('\0') >= 0) {
      throw new Unacceptable(field + " is too long: must have at most " + most + " characters");
    }
  }

  private static void checkUse(String service, long count) {
    if (service.isBlank() || service.length() > 64) {
      throw new Unacceptable(
          "service is '" + Amounts.shown(service) + "': must be the name of a configured service");
    }
    if (count <= 0 || count > Integer.MAX_VALUE) {
      throw new Unacceptable("count is " + count + ": must be 1 to " + Integer.MAX_VALUE);
    }
  }

  private static void checkSeconds(long seconds) {
    if (seconds <= 0 || seconds > MOST_HOLD_SECONDS) {
      throw new Unacceptable("seconds are " + seconds + ": must be 1 to " + MOST_HOLD_SECONDS);
    }
  }
}
