package plus.svc.billing.config;

import java.time.Duration;
import java.util.List;
import plus.svc.billing.auth.Token;
import plus.svc.billing.pipeline.PipelineSettings;
import plus.svc.billing.pipeline.source.SourceSpec;

/**
 * Everything that was configured, checked; nothing here can be wrong any more.
 *
 * @param image the deployed image's reference, '' if unknown
 * @param instance names this process in leases and records, '' for a name of its own making
 * @param sources those of the settings; empty in push mode
 * @param sourcesRefresh how often the sources added at run time are looked up
 */
public record Settings(
    String image,
    String instance,
    IngestMode ingestMode,
    DatabaseSettings database,
    ListenSettings listen,
    List<SourceSpec> sources,
    Duration sourcesRefresh,
    CollectorSettings collector,
    PipelineSettings pipeline,
    ArchiveSection.Settings archive,
    ArrearsSection.Settings arrears,
    AuditSection.Settings audit,
    JobsSection.Settings jobs,
    IngestSection.Settings ingest,
    WalletSection.Settings wallet,
    List<Token> tokens) {

  public Settings {
    sources = List.copyOf(sources);
    tokens = List.copyOf(tokens);
  }
}
