package plus.svc.billing.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenHashTest {

  /** By {@code printf %s abc | sha256sum}. */
  private static final String OF_ABC =
      "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @Test
  void isTheSha256OfTheToken() {
    assertThat(TokenHash.of("abc").text()).isEqualTo(OF_ABC);
    assertThat(TokenHash.parse(OF_ABC)).isEqualTo(TokenHash.of("abc"));
    assertThat(TokenHash.parse("sha256:" + OF_ABC.substring(7).toUpperCase(Locale.ROOT)))
        .isEqualTo(TokenHash.of("abc"))
        .hasSameHashCodeAs(TokenHash.of("abc"));
    assertThat(TokenHash.of("abd")).isNotEqualTo(TokenHash.of("abc"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "geheim", "sha256:", "sha256:geheim", "sha512:00", "sha256:zz"})
  void anotherFormIsRefusedAndNotQuoted(String text) {
    assertThatThrownBy(() -> TokenHash.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sha256: and 64 hexadecimal digits")
        .hasMessageNotContaining("geheim");
  }

  @Test
  void nothingPrintsAHashOrAToken() {
    Token token = Token.of("abc", new Caller("console", Set.of(Right.STATUS)));
    assertThat(token.toString()).contains("console").doesNotContain("abc").doesNotContain("ba78");
    assertThat(token.hash()).hasToString("[token hash]");
  }

  @Test
  void severalTokensOfOneCallerAreValidAtOnce() {
    Caller console = new Caller("console", Set.of(Right.STATUS));
    Caller other = new Caller("other", Set.of(Right.STATUS));
    Tokens tokens =
        new Tokens(
            List.of(Token.of("old", console), Token.of("new", console), Token.of("its", other)));
    assertThat(tokens.callerOf("old")).contains(console);
    assertThat(tokens.callerOf("new")).contains(console);
    assertThat(tokens.callerOf("its")).contains(other);
    assertThat(tokens.callerOf("")).isEmpty();
    assertThat(tokens.callerOf("OLD")).isEmpty();
  }
}
