package plus.svc.billing.wallet.api;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.wallet.Amounts;

/**
 * What a request says, by the names of the contract. A number is kept as it was written, so that an
 * amount never was a binary fraction and {@code 1e3} is seen. Every error names the field, what was
 * found and what it must be.
 */
public final class Fields {

  private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,18}");
  private static final int MOST_SHOWN = 40;

  /** None at all. */
  static final Fields NONE = new Fields("", Map.of());

  private final String path;
  private final Map<String, Object> values;
  private final Set<String> asked = new HashSet<>();

  /**
   * Of values that are texts, booleans, {@link Fields} or lists of these.
   *
   * @param path before the names in errors, '' or with a point at its end
   */
  Fields(String path, Map<String, Object> values) {
    this.path = path;
    this.values = new LinkedHashMap<>(values);
  }

  /** Of texts alone, as of a query; an empty one is left out. */
  public static Fields ofTexts(Map<String, String> texts) {
    Map<String, Object> values = new LinkedHashMap<>();
    texts.forEach(
        (name, text) -> {
          if (!text.isEmpty()) {
            values.put(name, text);
          }
        });
    return new Fields("", values);
  }

  /** The same and one more, as of a path; it wins. */
  Fields with(String name, String text) {
    Fields more = new Fields(path, values);
    more.values.put(name, text);
    return more;
  }

  /** A text that must be there. */
  public String required(String name) {
    return text(name)
        .orElseThrow(() -> WalletFailure.missing(path + name + " is missing: must be given"));
  }

  /** A text, or a number as it was written; a blank one is none. */
  public Optional<String> text(String name) {
    Object value = value(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!(value instanceof String text)) {
      throw WalletFailure.bad(path + name + " is no text: must be one");
    }
    return text.isBlank() ? Optional.empty() : Optional.of(text);
  }

  /** A UUID that must be there. */
  public UUID id(String name) {
    String text = required(name);
    try {
      UUID id = UUID.fromString(text);
      if (id.toString().equalsIgnoreCase(text)) {
        return id;
      }
    } catch (IllegalArgumentException e) {
      // Told below.
    }
    String message = path + name + " is '" + shown(text) + "': must be a UUID";
    throw name.equals("userId") ? WalletFailure.badUser(message) : WalletFailure.bad(message);
  }

  /** A UUID, if there is one. */
  public @Nullable UUID idOrNull(String name) {
    return text(name).isEmpty() ? null : id(name);
  }

  /** A whole number that must be there, of whatever sign. */
  public long whole(String name) {
    String text = required(name);
    if (!WHOLE.matcher(text).matches()) {
      throw WalletFailure.bad(path + name + " is '" + shown(text) + "': must be a whole number");
    }
    return Long.parseLong(text);
  }

  /** A whole number between two, or what holds without it. */
  public int whole(String name, int fallback, int least, int most) {
    if (text(name).isEmpty()) {
      return fallback;
    }
    long value = whole(name);
    if (value < least || value > most) {
      throw WalletFailure.bad(path + name + " is " + value + ": must be " + least + " to " + most);
    }
    return (int) value;
  }

  /** A decimal, if there is one. */
  public @Nullable BigDecimal decimalOrNull(String name) {
    return text(name).map(text -> Amounts.decimal(path + name, text)).orElse(null);
  }

  /**
   * An amount that must be there: a decimal, and where the contract has a number beside the text
   * both must say the same.
   */
  public BigDecimal amount(String name) {
    BigDecimal number = decimalOrNull(name);
    BigDecimal text = decimalOrNull(name + "Text");
    if (number != null && text != null && number.compareTo(text) != 0) {
      throw WalletFailure.bad(
          path + name + " and " + name + "Text are not the same: must be, or leave one out");
    }
    BigDecimal amount = text == null ? number : text;
    if (amount == null) {
      throw WalletFailure.missing(path + name + " is missing: must be a decimal such as \"12.50\"");
    }
    return amount;
  }

  /** An amount above zero. */
  public BigDecimal positive(String name) {
    BigDecimal amount = amount(name);
    if (amount.signum() <= 0) {
      throw WalletFailure.bad(path + name + " is " + Amounts.text(amount) + ": must be above zero");
    }
    return amount;
  }

  /** Whether it is set. */
  public boolean flag(String name) {
    Object value = value(name);
    if (value == null || value instanceof Boolean) {
      return Boolean.TRUE.equals(value);
    }
    throw WalletFailure.bad(path + name + " must be true or false");
  }

  /** An instant, if there is one. */
  public @Nullable Instant instantOrNull(String name) {
    return text(name)
        .map(
            text -> {
              try {
                return OffsetDateTime.parse(text).toInstant();
              } catch (DateTimeParseException e) {
                throw WalletFailure.bad(
                    path
                        + name
                        + " is '"
                        + shown(text)
                        + "': must be an instant such as 2026-04-08T10:00:00Z");
              }
            })
        .orElse(null);
  }

  /** Objects in a list. */
  public List<Fields> list(String name) {
    Object value = value(name);
    if (value instanceof List<?> list && list.stream().allMatch(Fields.class::isInstance)) {
      return list.stream().map(Fields.class::cast).toList();
    }
    throw WalletFailure.missing(path + name + " is missing: must be a list of objects");
  }

  /** Texts by names; none if there are none. */
  public SortedMap<String, String> texts(String name) {
    Object value = value(name);
    SortedMap<String, String> texts = new TreeMap<>();
    if (value instanceof Fields inner) {
      inner.values.keySet().forEach(key -> texts.put(key, inner.text(key).orElse("")));
    } else if (value != null) {
      throw WalletFailure.bad(path + name + " must be an object of texts");
    }
    return texts;
  }

  /**
   * Ends the reading.
   *
   * @throws WalletFailure if there is a field that nobody asked for
   */
  public void nothingElse() {
    for (String name : values.keySet()) {
      if (!asked.contains(name)) {
        throw WalletFailure.bad(path + shown(name) + " is no field of this call: must be left out");
      }
    }
  }

  private @Nullable Object value(String name) {
    asked.add(name);
    return values.get(name);
  }

  /** As much of a text as an error may repeat. */
  static String shown(String text) {
    String clean = text.replaceAll("\\p{Cntrl}", "?");
    return clean.length() <= MOST_SHOWN ? clean : clean.substring(0, MOST_SHOWN) + "…";
  }
}
