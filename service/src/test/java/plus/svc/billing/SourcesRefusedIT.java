package plus.svc.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import plus.svc.billing.config.Settings;
import plus.svc.billing.emulator.tls.DevCertificates;
import plus.svc.billing.platform.setting.StartRefused;

/** A start with sources that could not be asked safely, or not at all, is refused. */
class SourcesRefusedIT {

  private static final DevCertificates OURS = DevCertificates.create(Clock.systemUTC());

  @TempDir Path directory;

  @Test
  void everyReasonIsToldAtOnceAndNoSecret() throws Exception {
    file("two.pem", OURS.client("a").certificatePem() + OURS.client("b").keyPem());
    file("no-ca.pem", "-----BEGIN CERTIFICATE-----\ngeheim\n");
    file("empty.token", " \n");
    file("odd.token", "geheim two");
    assertThatThrownBy(
            () ->
                started(
                    """
                    [{"source_id": "mismatch", "base_url": "https://a", "auth_mode": "mtls",
                      "credential_ref": "file:DIR/two.pem"},
                     {"source_id": "absent", "base_url": "https://b", "auth_mode": "mtls",
                      "credential_ref": "file:DIR/absent.pem"},
                     {"source_id": "no-ca", "base_url": "https://c",
                      "ca_bundle_ref": "file:DIR/no-ca.pem"},
                     {"source_id": "empty", "base_url": "https://d", "auth_mode": "bearer",
                      "credential_ref": "file:DIR/empty.token"},
                     {"source_id": "odd", "base_url": "https://e", "auth_mode": "bearer",
                      "credential_ref": "file:DIR/odd.token"},
                     {"source_id": "unset", "base_url": "https://f", "auth_mode": "bearer",
                      "credential_ref": "env:NOBODY_SET_THIS"},
                     {"source_id": "plain", "base_url": "http://g.example"},
                     {"source_id": "plain", "base_url": "https://h",
                      "node_id": "n", "env": "prod"},
                     {"source_id": "again", "base_url": "https://i",
                      "expected_node_id": "n", "expected_env": "prod"}]
                    """))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("9 settings are wrong")
        .hasMessageContaining("'mismatch': credential_ref file:" + directory)
        .hasMessageContaining("the key is not the first certificate's")
        .hasMessageContaining("'absent': credential_ref file:" + directory)
        .hasMessageContaining("'no-ca': ca_bundle_ref file:" + directory)
        .hasMessageContaining("'empty': credential_ref: file " + directory)
        .hasMessageContaining("'odd': the token that credential_ref names has blanks")
        .hasMessageContaining("'unset': credential_ref: variable NOBODY_SET_THIS is not set")
        .hasMessageContaining("http://g.example")
        .hasMessageContaining("source_id 'plain' is given twice")
        .hasMessageContaining("'plain' and 'again' have the same env 'prod'")
        .hasMessageNotContaining("geheim");
  }

  @Test
  void goodOnesStartAndADisabledOnesFilesMayStillHaveToCome() throws Exception {
    file("pair.pem", OURS.client("a").pairPem());
    file("ca.pem", OURS.authority().certificatePem());
    assertThat(
            started(
                    """
                    [{"source_id": "good", "base_url": "https://a", "auth_mode": "mtls",
                      "credential_ref": "file:DIR/pair.pem", "ca_bundle_ref": "file:DIR/ca.pem"},
                     {"source_id": "later", "base_url": "https://b", "auth_mode": "mtls",
                      "credential_ref": "file:DIR/later.pem", "enabled": false}]
                    """)
                .sources())
        .hasSize(2);
  }

  private Settings started(String json) throws Exception {
    return ShippedConfiguration.with(
        Map.of("EXPORTER_SOURCES_JSON", json.replace("DIR", directory.toString())));
  }

  private void file(String name, String text) throws Exception {
    Files.writeString(directory.resolve(name), text);
  }
}
