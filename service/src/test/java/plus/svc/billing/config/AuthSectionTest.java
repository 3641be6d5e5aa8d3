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
import plus.svc.billing.config.AuthSection.Entry;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.platform.setting.SettingReader;
import plus.svc.billing.platform.setting.StartRefused;

class AuthSectionTest {

  private static List<Token> read(Entry... entries) {
    SettingReader reader = new SettingReader();
    List<Token> tokens =
        new AuthSection("platform-token", "", List.of(entries))
            .read(reader, new SecretRefs(Map.of("CONSOLE", "console-token")));
    reader.finish();
    return tokens;
  }

  private static Entry entry(String name, String token, String ref, String... rights) {
    return new Entry(name, token, ref, List.of(rights));
  }

  @Test
  void thePlatformsTokenHasNoAdminRights() {
    assertThat(read())
        .extracting(Token::caller)
        .containsExactly(new Caller("platform", Set.of(Right.JOBS, Right.STATUS, Right.INGEST)));
  }

  @Test
  void tokensStandInTheFileOrAreReferredTo() {
    List<Token> tokens =
        read(
            entry("console", "", "env:CONSOLE", "status", "admin:read"),
            entry("ops", " ops-token ", "", "ADMIN:WRITE"));
    assertThat(tokens.get(1).caller())
        .isEqualTo(new Caller("console", Set.of(Right.STATUS, Right.ADMIN_READ)));
    assertThat(tokens.get(1).secret().reveal()).isEqualTo("console-token");
    assertThat(tokens.get(2).caller()).isEqualTo(new Caller("ops", Set.of(Right.ADMIN_WRITE)));
    assertThat(tokens.get(2).secret().reveal()).isEqualTo("ops-token");
  }

  @Test
  void tellsAllThatIsWrongWithThem() {
    assertThatThrownBy(
            () ->
                read(
                    entry("", "geheim", "", "status"),
                    entry("admin", "geheim", "", "status"),
                    entry("a", "geheim", "env:CONSOLE", "status"),
                    entry("b", "", "", "status"),
                    entry("c", "", "env:MISSING", "status"),
                    entry("d", "geheim", "", "everything"),
                    entry("e", "geheim", "")))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("7 settings are wrong")
        .hasMessageContaining("auth.tokens[0].name is ''")
        .hasMessageContaining("auth.tokens[1].name is 'admin'")
        .hasMessageContaining("auth.tokens[2] must have either token or tokenRef")
        .hasMessageContaining("auth.tokens[3] must have either token or tokenRef")
        .hasMessageContaining("auth.tokens[4].tokenRef: variable MISSING is not set")
        .hasMessageContaining("auth.tokens[5].rights is 'everything': must be one of admin:read")
        .hasMessageContaining("auth.tokens[6].rights is empty")
        .hasMessageNotContaining("geheim");
  }

  @Test
  void printsNoToken() {
    AuthSection section =
        new AuthSection("geheim", "geheim", List.of(entry("a", "geheim", "", "status")));
    assertThat(section.toString()).contains("name=a").doesNotContain("geheim");
  }
}
