package plus.svc.billing.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.auth.Caller;
import plus.svc.billing.auth.Right;
import plus.svc.billing.auth.Token;
import plus.svc.billing.auth.TokenHash;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.platform.setting.SettingReader;
import plus.svc.billing.quantity.NodeKey;

/** {@code auth}: who may call, by token. */
public record AuthSection(
    @Nullable String platformToken, @Nullable String adminToken, @Nullable List<Entry> tokens) {

  /**
   * {@code auth.tokens[]}: one caller and its tokens, all valid at once.
   *
   * @param hashes of its tokens, as the command {@code token} prints them
   * @param tokenRef {@code env:NAME} or {@code file:PATH} of a token in clear
   * @param nodes the only nodes the caller may push; any if there are none
   * @param accounts the only accounts the caller may use; any if there are none
   */
  public record Entry(
      @Nullable String name,
      @Nullable List<String> hashes,
      @Nullable String tokenRef,
      @Nullable List<String> rights,
      @Nullable List<Node> nodes,
      @Nullable List<String> accounts) {

    @Override
    public String toString() {
      return "Entry[name=" + name + ", rights=" + rights + ", nodes=" + nodes + "]";
    }
  }

  /** {@code auth.tokens[].nodes[]}: one node. */
  public record Node(@Nullable String env, @JsonProperty("node_id") @Nullable String nodeId) {}

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
      all.add(Token.of(platformToken.strip(), new Caller("platform", PLATFORM_RIGHTS)));
    }
    if (adminToken != null && !adminToken.isBlank()) {
      all.add(Token.of(adminToken.strip(), new Caller("admin", ADMIN_RIGHTS)));
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
      Caller caller =
          new Caller(
              name,
              readRights(reader, where, entries.get(i)),
              readNodes(reader, where, entries.get(i)),
              readAccounts(reader, where, entries.get(i)));
      readHashes(reader, where, entries.get(i), secrets)
          .forEach(hash -> all.add(new Token(hash, caller)));
    }
    refuseTwins(reader, all);
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

  private static Set<NodeKey> readNodes(SettingReader reader, String where, Entry entry) {
    Set<NodeKey> nodes = new HashSet<>();
    if (entry.nodes() != null && entry.nodes().isEmpty()) {
      // Someone took the last node out; a token for every node is not what they want.
      reader.problem(where + ".nodes is empty: must name nodes, or be left out for any node");
    }
    for (Node node : entry.nodes() == null ? List.<Node>of() : entry.nodes()) {
      String env = reader.text(node.env(), "");
      String id = reader.text(node.nodeId(), "");
      if (env.isEmpty() || id.isEmpty()) {
        reader.problem(
            where + ".nodes has env '" + env + "' and node_id '" + id + "': must have both");
      } else {
        nodes.add(new NodeKey(env, id));
      }
    }
    return nodes;
  }

  private static Set<UUID> readAccounts(SettingReader reader, String where, Entry entry) {
    Set<UUID> accounts = new HashSet<>();
    if (entry.accounts() != null && entry.accounts().isEmpty()) {
      reader.problem(where + ".accounts is empty: must name accounts, or be left out for any");
    }
    for (String text : entry.accounts() == null ? List.<String>of() : entry.accounts()) {
      accounts.add(
          reader.read(
              where + ".accounts", text, "", "an account's UUID", id -> UUID.fromString(id)));
    }
    return accounts;
  }

  private static List<TokenHash> readHashes(
      SettingReader reader, String where, Entry entry, SecretRefs secrets) {
    List<String> texts = entry.hashes() == null ? List.of() : entry.hashes();
    String ref = reader.text(entry.tokenRef(), "");
    List<TokenHash> hashes = new ArrayList<>();
    if (texts.isEmpty() && ref.isEmpty()) {
      reader.problem(
          where
              + " has no token: must have hashes (the command 'token' makes one) or tokenRef ("
              + SecretRefs.FORMS
              + ")");
    }
    for (int i = 0; i < texts.size(); i++) {
      try {
        hashes.add(TokenHash.parse(texts.get(i).strip()));
      } catch (IllegalArgumentException e) {
        // The text is not shown: someone may have put the token itself there.
        reader.problem(where + ".hashes[" + i + "] is no hash: " + e.getMessage());
      }
    }
    if (!ref.isEmpty()) {
      try {
        hashes.add(TokenHash.of(secrets.resolve(ref).reveal()));
      } catch (IllegalArgumentException e) {
        reader.problem(where + ".tokenRef: " + e.getMessage());
      }
    }
    return hashes;
  }

  /** One token can't stand for two callers. */
  private static void refuseTwins(SettingReader reader, List<Token> all) {
    for (int i = 0; i < all.size(); i++) {
      for (int j = i + 1; j < all.size(); j++) {
        if (all.get(i).hash().equals(all.get(j).hash())
            && !all.get(i).caller().equals(all.get(j).caller())) {
          reader.problem(
              "the same token is given to '"
                  + all.get(i).caller().name()
                  + "' and to '"
                  + all.get(j).caller().name()
                  + "': must be another one");
        }
      }
    }
  }
}
