package plus.svc.billing.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import plus.svc.billing.auth.Caller;
import plus.svc.billing.auth.Right;
import plus.svc.billing.auth.Token;
import plus.svc.billing.auth.TokenHash;
import plus.svc.billing.config.AuthSection.Entry;
import plus.svc.billing.config.AuthSection.Node;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.platform.setting.SettingReader;
import plus.svc.billing.platform.setting.StartRefused;
import plus.svc.billing.quantity.NodeKey;

class AuthSectionTest {

  private static List<Token> read(Entry... entries) {
    SettingReader reader = new SettingReader();
    List<Token> tokens =
        new AuthSection("platform-token", "", List.of(entries))
            .read(reader, new SecretRefs(Map.of("CONSOLE", "console-token")));
    reader.finish();
    return tokens;
  }

  private static final String HASH = TokenHash.of("ops-token").text();

  private static Entry entry(String name, String hash, String ref, String... rights) {
    List<String> hashes = hash.isEmpty() ? List.of() : List.of(hash);
    return new Entry(name, hashes, ref, List.of(rights), null, null);
  }

  private static Entry bound(String name, Node... nodes) {
    return new Entry(
        name, List.of(TokenHash.of(name).text()), "", List.of("ingest"), List.of(nodes), null);
  }

  @Test
  void thePlatformsTokenHasNoAdminRights() {
    assertThat(read())
        .extracting(Token::caller)
        .containsExactly(new Caller("platform", Set.of(Right.JOBS, Right.STATUS, Right.INGEST)));
  }

  @Test
  void tokensStandInTheFileAsHashesOrAreReferredTo() {
    List<Token> tokens =
        read(
            entry("console", "", "env:CONSOLE", "status", "admin:read"),
            entry("ops", " " + HASH + " ", "", "ADMIN:WRITE"));
    assertThat(tokens)
        .contains(
            Token.of("platform-token", PLATFORM),
            Token.of(
                "console-token", new Caller("console", Set.of(Right.STATUS, Right.ADMIN_READ))),
            Token.of("ops-token", new Caller("ops", Set.of(Right.ADMIN_WRITE))));
  }

  private static final Caller PLATFORM =
      new Caller("platform", Set.of(Right.JOBS, Right.STATUS, Right.INGEST));

  @Test
  void aCallerMayHaveSeveralTokensAtOnceSoThatTheyCanBeChanged() {
    Caller ops = new Caller("ops", Set.of(Right.STATUS));
    Entry entry =
        new Entry(
            "ops",
            List.of(TokenHash.of("old").text(), TokenHash.of("new").text()),
            "env:CONSOLE",
            List.of("status"),
            null,
            null);
    assertThat(read(entry))
        .contains(Token.of("old", ops), Token.of("new", ops), Token.of("console-token", ops));
  }

  @Test
  void aTokenMayBeBoundToNodes() {
    List<Token> tokens = read(bound("jp", new Node(" prod ", "jp-node"), new Node("uat", "x:y")));
    assertThat(tokens.get(1).caller())
        .isEqualTo(
            new Caller(
                "jp",
                Set.of(Right.INGEST),
                Set.of(new NodeKey("prod", "jp-node"), new NodeKey("uat", "x:y"))));
  }

  @Test
  void aBindingThatNamesNoNodeIsRefusedAndNeverMeansAnyNode() {
    assertThatThrownBy(() -> read(bound("jp"), bound("us", new Node("prod", " "))))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("2 settings are wrong")
        .hasMessageContaining("auth.tokens[0].nodes is empty")
        .hasMessageContaining("auth.tokens[1].nodes has env 'prod' and node_id ''");
  }

  @Test
  void tellsAllThatIsWrongWithThem() {
    assertThatThrownBy(
            () ->
                read(
                    entry("", hash(0), "", "status"),
                    entry("admin", hash(1), "", "status"),
                    entry("a", "geheim", "", "status"),
                    entry("b", "", "", "status"),
                    entry("c", "", "env:MISSING", "status"),
                    entry("d", hash(2), "", "everything"),
                    entry("e", hash(3), ""),
                    entry("f", TokenHash.of("platform-token").text(), "", "admin:write")))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("8 settings are wrong")
        .hasMessageContaining("auth.tokens[0].name is ''")
        .hasMessageContaining("auth.tokens[1].name is 'admin'")
        .hasMessageContaining("auth.tokens[2].hashes[0] is no hash: must be sha256: and 64")
        .hasMessageContaining("auth.tokens[3] has no token: must have hashes")
        .hasMessageContaining("auth.tokens[4].tokenRef: variable MISSING is not set")
        .hasMessageContaining("auth.tokens[5].rights is 'everything': must be one of admin:read")
        .hasMessageContaining("auth.tokens[6].rights is empty")
        .hasMessageContaining("the same token is given to 'platform' and to 'f'")
        .hasMessageNotContaining("geheim");
  }

  private static String hash(int number) {
    return TokenHash.of("token " + number).text();
  }

  @Test
  void printsNoToken() {
    AuthSection section =
        new AuthSection("geheim", "geheim", List.of(entry("a", "geheim", "", "status")));
    assertThat(section.toString()).contains("name=a").doesNotContain("geheim");
  }
}
