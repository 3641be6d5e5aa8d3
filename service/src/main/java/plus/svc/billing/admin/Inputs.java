package plus.svc.billing.admin;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** What an operator asks with, by name; the same on every face. */
public final class Inputs {

  private static final int LONGEST_SHOWN = 100;

  private final Map<String, List<String>> values;
  private final Instant now;
  private final String caller;
  private final List<String> rights;

  /**
   * @param now what relative times are relative to
   * @param caller name of the token
   */
  public Inputs(Map<String, List<String>> values, Instant now, String caller) {
    this(values, now, caller, List.of());
  }

  /**
   * @param now what relative times are relative to
   * @param caller name of the token
   * @param rights of the token
   */
  public Inputs(Map<String, List<String>> values, Instant now, String caller, List<String> rights) {
    this.values = new TreeMap<>(values);
    this.now = now;
    this.caller = caller;
    this.rights = List.copyOf(rights);
  }

  /** What whoever asks may do. */
  public List<String> rights() {
    return rights;
  }

  /** Who asks. */
  public String caller() {
    return caller;
  }

  /** When it was asked. */
  public Instant now() {
    return now;
  }

  /** Whether it is to be done, not only told. */
  public boolean applies() {
    return flag("apply");
  }

  /** Why; empty if not told. */
  public String reason() {
    return text("reason").orElse("");
  }

  /** The names that were given. */
  public List<String> names() {
    return List.copyOf(values.keySet());
  }

  /** An input, if given and not blank. */
  public Optional<String> text(String name) {
    List<String> all = all(name);
    if (all.size() > 1) {
      throw new BadInput(name, shown(String.join(", ", all)), "give it once");
    }
    return all.stream().findFirst();
  }

  /** An input that must be given. */
  public String required(String name) {
    return text(name).orElseThrow(() -> new BadInput(name, "", "it is required"));
  }

  /** Every value of an input that may be given several times. */
  public List<String> all(String name) {
    return values.getOrDefault(name, List.of()).stream()
        .map(String::strip)
        .filter(value -> !value.isEmpty())
        .toList();
  }

  /** Whether an input is {@code true}; bare, without a value, counts. */
  public boolean flag(String name) {
    List<String> all = values.getOrDefault(name, List.of());
    if (all.isEmpty()) {
      return false;
    }
    return switch (all.get(all.size() - 1).strip()) {
      case "true", "" -> true;
      case "false" -> false;
      default -> throw new BadInput(name, shown(all.get(all.size() - 1)), "true or false");
    };
  }

  /** An instant, by {@link Times}. */
  public Optional<Instant> instant(String name) {
    return text(name).map(value -> Times.read(name, value, now));
  }

  /** A whole number of at least one. */
  public Optional<Integer> count(String name) {
    return text(name)
        .map(
            value -> {
              try {
                int count = Integer.parseInt(value);
                if (count > 0) {
                  return count;
                }
              } catch (NumberFormatException e) {
                // Told below, like a number below one.
              }
              throw new BadInput(name, shown(value), "a whole number from 1 on");
            });
  }

  /** A UUID, such as an account. */
  public Optional<UUID> uuid(String name) {
    return text(name)
        .map(
            value -> {
              try {
                UUID uuid = UUID.fromString(value);
                if (value.length() == uuid.toString().length()) {
                  return uuid;
                }
              } catch (IllegalArgumentException e) {
                // Told below.
              }
              throw new BadInput(
                  name, shown(value), "a UUID such as 3f1f8a52-0d9a-4d5e-9f0e-2f6f1c6b9a10");
            });
  }

  /** One of several words. */
  public Optional<String> oneOf(String name, List<String> words) {
    return text(name)
        .map(
            value -> {
              if (!words.contains(value)) {
                throw new BadInput(name, shown(value), "one of " + String.join(", ", words));
              }
              return value;
            });
  }

  static String shown(String value) {
    return value.length() <= LONGEST_SHOWN ? value : value.substring(0, LONGEST_SHOWN) + "...";
  }
}
