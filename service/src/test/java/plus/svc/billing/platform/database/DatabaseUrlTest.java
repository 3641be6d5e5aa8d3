package plus.svc.billing.platform.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseUrlTest {

  private static DatabaseUrl parse(String text) {
    return DatabaseUrl.parse(text, "me");
  }

  private static String password(String text) {
    return Objects.requireNonNull(parse(text).password()).reveal();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "postgres://u:p@h:6000/account       | jdbc:postgresql://h:6000/account",
        "postgresql://u:p@h/account          | jdbc:postgresql://h:5432/account",
        "postgres://u@h/account              | jdbc:postgresql://h:5432/account",
        "postgres://u:p@h1:1,h2:2/account    | jdbc:postgresql://h1:1,h2:2/account",
        "postgres://u:p@h1,h2:2/account      | jdbc:postgresql://h1:5432,h2:2/account",
        "postgres://u:p@[::1]:5433/account   | jdbc:postgresql://[::1]:5433/account",
        "postgres://u:p@[::1]/account        | jdbc:postgresql://[::1]:5432/account",
        "postgres:///account                 | jdbc:postgresql://localhost:5432/account",
        "postgres://u:p@h/my%20db%2Fx        | jdbc:postgresql://h:5432/my+db%2Fx",
        "postgres:///account?host=h&port=7   | jdbc:postgresql://h:7/account",
        "host=h port=5 user=u dbname=d       | jdbc:postgresql://h:5/d",
        "host = h  user= u dbname =d         | jdbc:postgresql://h:5432/d",
        "host=h1,h2 port=1,2 dbname=d        | jdbc:postgresql://h1:1,h2:2/d",
        "host=h1,h2 port=7 dbname=d          | jdbc:postgresql://h1:7,h2:7/d",
        "dbname='my db'                      | jdbc:postgresql://localhost:5432/my+db"
      })
  void translatesTheAddress(String text, String jdbcUrl) {
    assertThat(parse(text).jdbcUrl()).isEqualTo(jdbcUrl);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "postgres://u:p@h/d                   | p",
        "postgres://u:p%40%2F%23%25@h/d       | p@/#%",
        "postgres://u:p@ss@h/d                | p@ss",
        "postgres://u:p:q@h/d                 | p:q",
        "postgres://u:p+q@h/d                 | p+q",
        "postgres://u:it's\"{}@h/d            | it's\"{}",
        "postgres://u:%C3%A4\u20ac@h/d        | \u00e4\u20ac",
        "postgres://u:%20p%20@h/d             | ` p `",
        "host=h dbname=d password=p#x         | p#x",
        "host=h dbname=d password='it\\'s \\\\' | it's \\"
      })
  void decodesThePassword(String text, String expected) {
    assertThat(password(text)).isEqualTo(expected);
  }

  @Test
  void theSystemsUserStandsInForAMissingOne() {
    assertThat(parse("postgres://h/d").user()).isEqualTo("me");
    assertThat(parse("postgres://h/d").password()).isNull();
    assertThat(parse("dbname=d").user()).isEqualTo("me");
    assertThat(parse("postgres://a%40b:p@h/d").user()).isEqualTo("a@b");
  }

  @ParameterizedTest
  @CsvSource({
    "'', prefer",
    "?sslmode=disable, disable",
    "?sslmode=require, require",
    "?sslmode=verify-full, verify-full",
    "?sslmode=require&sslrootcert=/ca.pem, verify-ca"
  })
  void mapsTheTlsMode(String query, String mode) {
    assertThat(parse("postgres://u:p@h/d" + query).properties()).containsEntry("sslmode", mode);
  }

  @Test
  void verifyingWithoutARootOfItsOwnTrustsTheSystems() {
    assertThat(parse("postgres://h/d?sslmode=verify-full").properties())
        .containsEntry("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
    assertThat(parse("postgres://h/d?sslmode=verify-full&sslrootcert=/ca.pem").properties())
        .containsEntry("sslrootcert", "/ca.pem")
        .doesNotContainKey("sslfactory");
  }

  @Test
  void otherSettingsReachTheDriverOrTheServer() {
    assertThat(
            parse(
                    "postgres://h/d?connect_timeout=7&application_name=a+b&search_path=x,y%20z"
                        + "&target_session_attrs=read-write&default_query_exec_mode=exec")
                .properties())
        .isEqualTo(
            Map.of(
                "connectTimeout", "7",
                "ApplicationName", "a b",
                "options", "-c search_path=x,y\\ z",
                "targetServerType", "primary",
                "sslmode", "prefer"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Postgres://u:geheim@h/d               | another form",
        "mysql://u:geheim@h/d                  | another form",
        "geheim                                | another form",
        "host=h dbname='geheim                 | another form",
        "postgres://u:geheim@h                 | names no database",
        "postgres://u:geheim@h/                | names no database",
        "host=h password=geheim                | names no database",
        "postgres://u:gehe/im@h/d              | %2F",
        "postgres://u:1/geheim@h/d             | %2F",
        "postgres://u:gehe#im@h/d              | %23",
        "postgres://u:gehe?im@h/d              | %3F",
        "postgres://u:gehe?im@h/d?dbname=x     | %3F",
        "postgres://u:gehe%zzim@h/d            | %25",
        "postgres://u:geheim%@h/d              | %25",
        "postgres://u:geheim%ff@h/d            | UTF-8",
        "postgres://u:geheim@h:port/d          | 1 to 65535",
        "postgres://u:geheim@h:0/d             | 1 to 65535",
        "postgres://u:geheim@h:70000/d         | 1 to 65535",
        "host=a,b,c port=1,2 dbname=geheim     | one port each",
        "postgres:///geheim?host=/var/run      | 127.0.0.1:5432",
        "postgres://%2Fvar%2Frun/geheim        | 127.0.0.1:5432",
        "host=/var/run dbname=geheim           | unix socket",
        "postgres://u:geheim@h/d?sslmode=maybe | disable, allow, prefer, require",
        "postgres://u:geheim@h/d?service=x     | not supported",
        "postgres://u:geheim@h/d?connect_timeout=soon | number of seconds",
        "postgres://u:geheim@h/d?target_session_attrs=x | any, prefer-standby"
      })
  void refusesWithTheMendAndWithoutThePassword(String text, String mend) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(mend)
        .hasMessageNotContaining("geheim")
        .hasMessageNotContaining("gehe");
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgres://u:geheim@h/d", "host=h dbname=d password=geheim"})
  void neverPrintsThePassword(String text) {
    assertThat(parse(text).toString()).doesNotContain("geheim").contains("[secret]");
    assertThat(parse(text).jdbcUrl()).doesNotContain("geheim");
  }
}
