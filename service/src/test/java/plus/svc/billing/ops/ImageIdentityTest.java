package plus.svc.billing.ops;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import plus.svc.billing.api.Ping;

class ImageIdentityTest {

  private static final String SHA = "0123456789abcdef0123456789abcdef01234567";

  @ParameterizedTest
  @CsvSource({
    "r/app:sha-" + SHA + ", sha-" + SHA + ", " + SHA,
    "r/app:" + SHA + ", " + SHA + ", " + SHA,
    "r:5000/app:" + SHA + ", " + SHA + ", " + SHA,
    "r/app:v1.2.3, v1.2.3, ''",
    "r/app:latest, latest, ''",
    "r/app:sha-1234, sha-1234, ''",
    "r/app:0123456789ABCDEF0123456789abcdef01234567, 0123456789ABCDEF0123456789abcdef01234567, ''",
    "registry:5000/app, '', ''",
    "r/app@sha256:" + SHA + "0123456789abcdef01234567, '', ''",
    "r/app:v1@sha256:" + SHA + ", v1, ''",
    "r/app, '', ''",
    "r/app:, '', ''",
    "'', '', ''"
  })
  void readsTheTagAndNeverMakesUpACommit(String image, String tag, String commit) {
    assertThat(ImageIdentity.parse(image)).isEqualTo(new Ping(image, tag, commit, commit));
  }
}
