package plus.svc.billing.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.auth.Caller;
import plus.svc.billing.auth.Right;
import plus.svc.billing.auth.Token;
import plus.svc.billing.platform.Secret;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.platform.setting.SettingReader;

/** {@code auth}: who may call, by token. */
public record AuthSection(
    @Nullable String platformToken, @Nullable String adminToken, @Nullable List<Entry> tokens) {

  /**
   * {@code auth.tokens[]}: one token.
   *
   * @param token the token itself; better give {@code tokenRef}
   * @param tokenRef {@code env:NAME} or {@code file:PATH}
   */
  public record Entry(
      @Nullable String name,
      @Nullable String token,
      @Nullable String tokenRef,
      @Nullable List<String> rights) {

    @Override
    public String toString() {
      return "Entry[name=" + name + ", rights=" + rights + "]";
    }
  }

  /** Nothing given: every default. */
  public static final AuthSection EMPTY = new AuthSection(null, null, null);

  private static final Set<Right> PLATFORM_RIGHTS = Set.of(Right.JOBS, Right.STATUS, Right.INGEST);
  private static final Set<Right> ADMIN_RIGHTS = Set.of(Right.ADMIN_READ, Right.ADMIN_WRITE);

  /** Checks the texts; problems go to the reader. */
  public List<Token> read(SettingReader reader, SecretRefs secrets) {
    List<Token> all = new ArrayList<>();
    if (platformToken == null || platformToken.isBlank()) {
      reader.problem(
          "INTERNAL_SERVICE_TOKEN (auth.platformToken) is not set: must be the platform's token,"
              + " which the agent sends to us and we send to the exporters");
    } else {
      all.add(token("platform", Secret.of(platformToken.strip()), PLATFORM_RIGHTS));
    }
    if (adminToken != null && !adminToken.isBlank()) {
      all.add(token("admin", Secret.of(adminToken.strip()), ADMIN_RIGHTS));
    }
    Set<String> names = new HashSet<>(Set.of("platform", "admin"));
    List<Entry> entries = tokens == null ? List.of() : tokens;
    for (int i = 0; i < entries.size(); i++) {
      String where = "auth.tokens[" + i + "]";
      String name = reader.text(entries.get(i).name(), "");
      if (name.isEmpty() || !names.add(name)) {
        reader.problem(
            where + ".name is '" + name + "': must be unique, and not platform or admin");
      }
      Set<Right> rights = readRights(reader, where, entries.get(i));
      readSecret(reader, where, entries.get(i), secrets)
          .ifPresent(secret -> all.add(token(name, secret, rights)));
    }
    return all;
  }

  @Override
  public String toString() {
    return "AuthSection[tokens=" + tokens + "]";
  }

  private static Set<Right> readRights(SettingReader reader, String where, Entry entry) {
    Map<String, Right> known = Right.byText();
    Set<Right> rights = new HashSet<>();
    for (String text : entry.rights() == null ? List.<String>of() : entry.rights()) {
      rights.add(reader.choice(where + ".rights", text, Right.STATUS.text(), known));
    }
    if (rights.isEmpty()) {
      reader.problem(
          where + ".rights is empty: must be some of " + known.keySet().stream().sorted().toList());
    }
    return rights;
  }

  private static Optional<Secret> readSecret(
      SettingReader reader, String where, Entry entry, SecretRefs secrets) {
    String token = reader.text(entry.token(), "");
    String ref = reader.text(entry.tokenRef(), "");
    if (token.isEmpty() == ref.isEmpty()) {
      reader.problem(where + " must have either token or tokenRef (" + SecretRefs.FORMS + ")");
      return Optional.empty();
    }
    try {
      return Optional.of(ref.isEmpty() ? Secret.of(token) : secrets.resolve(ref));
    } catch (IllegalArgumentException e) {
      reader.problem(where + ".tokenRef: " + e.getMessage());
      return Optional.empty();
    }
  }

  private static Token token(String name, Secret secret, Set<Right> rights) {
    return new Token(secret, new Caller(name, rights));
  }
}
