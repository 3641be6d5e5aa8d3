package plus.svc.billing;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.dropwizard.core.Configuration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import plus.svc.billing.config.ArchiveSection;
import plus.svc.billing.config.ArrearsSection;
import plus.svc.billing.config.AuditSection;
import plus.svc.billing.config.AuthSection;
import plus.svc.billing.config.CollectorSection;
import plus.svc.billing.config.CollectorSettings;
import plus.svc.billing.config.DatabaseSection;
import plus.svc.billing.config.DatabaseSettings;
import plus.svc.billing.config.IngestMode;
import plus.svc.billing.config.IngestSection;
import plus.svc.billing.config.JobsSection;
import plus.svc.billing.config.ListenSection;
import plus.svc.billing.config.RatingSection;
import plus.svc.billing.config.Settings;
import plus.svc.billing.config.SourcesSection;
import plus.svc.billing.config.WalletSection;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.platform.setting.SettingReader;

/**
 * {@code config.yml}: texts by section. {@link #read} checks them all at once; {@code db} commands
 * check the database alone, so that they need nothing else.
 */
public final class BillingConfiguration extends Configuration {

  @JsonProperty
  @JsonSetter(nulls = Nulls.SKIP)
  private String image = "";

  @JsonProperty
  @JsonSetter(nulls = Nulls.SKIP)
  private String instance = "";

  @JsonProperty
  @JsonSetter(nulls = Nulls.SKIP)
  private String stopLimit = "";

  @JsonProperty
  @JsonSetter(nulls = Nulls.SKIP)
  private String logFormat = "";

  @JsonProperty
  @JsonSetter(nulls = Nulls.SKIP)
  private String ingestMode = "";

  @JsonProperty
  @JsonSetter(nulls = Nulls.SKIP)
  private DatabaseSection database = DatabaseSection.EMPTY;

  @JsonProperty
  @JsonSetter(nulls = Nulls.SKIP)
  private ListenSection listen = ListenSection.EMPTY;

  @JsonProperty
  @JsonSetter(nulls = Nulls.SKIP)
  private SourcesSection sources = SourcesSection.EMPTY;

  @JsonProperty
  @JsonSetter(nulls = Nulls.SKIP)
  private CollectorSection collector = CollectorSection.EMPTY;

  @JsonProperty
  @JsonSetter(nulls = Nulls.SKIP)
  private RatingSection rating = RatingSection.EMPTY;

  @JsonProperty
  @JsonSetter(nulls = Nulls.SKIP)
  private ArchiveSection archive = ArchiveSection.EMPTY;

  @JsonProperty
  @JsonSetter(nulls = Nulls.SKIP)
  private ArrearsSection arrears = ArrearsSection.EMPTY;

  @JsonProperty
  @JsonSetter(nulls = Nulls.SKIP)
  private AuditSection audit = AuditSection.EMPTY;

  @JsonProperty
  @JsonSetter(nulls = Nulls.SKIP)
  private JobsSection jobs = JobsSection.EMPTY;

  @JsonProperty
  @JsonSetter(nulls = Nulls.SKIP)
  private IngestSection ingest = IngestSection.EMPTY;

  @JsonProperty
  @JsonSetter(nulls = Nulls.SKIP)
  private WalletSection wallet = WalletSection.EMPTY;

  @JsonProperty
  @JsonSetter(nulls = Nulls.SKIP)
  private AuthSection auth = AuthSection.EMPTY;

  /**
   * Checks everything.
   *
   * @param variables the environment, for references to secrets
   * @param systemUser database user where the URL names none
   * @throws plus.svc.billing.platform.setting.StartRefused naming every bad setting
   */
  Settings read(Map<String, String> variables, String systemUser) {
    SettingReader reader = new SettingReader();
    stopLimit(reader);
    isJsonLog(reader);
    IngestMode mode =
        reader.choice(
            "BILLING_INGEST_MODE (ingestMode)",
            ingestMode,
            "pull",
            Map.of("pull", IngestMode.PULL, "push", IngestMode.PUSH));
    CollectorSettings collecting = collector.read(reader);
    SecretRefs secrets = new SecretRefs(variables);
    List<SourceSpec> pulled =
        mode == IngestMode.PULL ? sources.read(reader, collecting.interval(), secrets) : List.of();
    Settings settings =
        new Settings(
            reader.text(image, ""),
            reader.text(instance, ""),
            mode,
            database.read(reader, systemUser),
            listen.read(reader),
            pulled,
            sources.refreshInterval(reader),
            collecting,
            rating.read(reader),
            archive.read(reader),
            arrears.read(reader),
            audit.read(reader),
            jobs.read(reader),
            ingest.read(reader),
            wallet.read(reader, secrets),
            auth.read(reader, secrets));
    reader.finish();
    return settings;
  }

  /** How long a stop may take as a whole; {@link #read} has checked it. */
  Duration stopLimit() {
    return stopLimit(new SettingReader());
  }

  /** Whether the log is JSON; {@link #read} has checked it. */
  boolean isJsonLog() {
    return isJsonLog(new SettingReader());
  }

  private boolean isJsonLog(SettingReader reader) {
    return reader.choice(
        "LOG_FORMAT (logFormat)", logFormat, "text", Map.of("text", false, "json", true));
  }

  private Duration stopLimit(SettingReader reader) {
    return reader.interval("STOP_LIMIT (stopLimit)", stopLimit, "100s");
  }

  /** Checks the database's settings only. */
  DatabaseSettings readDatabase(String systemUser) {
    SettingReader reader = new SettingReader();
    DatabaseSettings settings = database.read(reader, systemUser);
    reader.finish();
    return settings;
  }
}
