package plus.svc.billing.wallet.api;

import java.time.Instant;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.wallet.WalletReads;

/** Where a page ended, as callers hand it back. */
final class Pages {

  private static final Pattern CURSOR =
      Pattern.compile("([0-9]{1,12})\\.([0-9]{9})_([0-9a-f-]{36})");

  private Pages() {}

  static String cursor(Instant at, UUID id) {
    String nanos = Integer.toString(1_000_000_000 + at.getNano()).substring(1);
    return at.getEpochSecond() + "." + nanos + "_" + id;
  }

  static WalletReads.@Nullable Place read(Fields fields) {
    @Nullable String text = fields.text("cursor").orElse(null);
    if (text == null) {
      return null;
    }
    Matcher parts = CURSOR.matcher(text);
    if (!parts.matches()) {
      throw WalletFailure.bad(
          "cursor is '" + Fields.shown(text) + "': must be the nextCursor of the page before");
    }
    try {
      return new WalletReads.Place(
          Instant.ofEpochSecond(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2))),
          UUID.fromString(parts.group(3)));
    } catch (IllegalArgumentException e) {
      throw WalletFailure.bad("cursor is damaged: must be the nextCursor of the page before");
    }
  }
}
