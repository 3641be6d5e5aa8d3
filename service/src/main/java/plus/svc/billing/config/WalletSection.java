package plus.svc.billing.config;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.platform.setting.SettingReader;
import plus.svc.billing.wallet.ServicePriceBook;
import plus.svc.billing.wallet.Wallet;
import plus.svc.billing.wallet.WalletPolicy;
import plus.svc.billing.wallet.cache.CacheSettings;
import plus.svc.billing.wallet.grpc.WalletGrpcServer;
import plus.svc.billing.wallet.outbox.OutboxPolicy;
import plus.svc.billing.wallet.outbox.WebhookTarget;

/** {@code wallet}: the ledger as services use it. */
public record WalletSection(
    @Nullable String unit,
    @Nullable String zone,
    @Nullable String lanes,
    @Nullable String group,
    @Nullable String bulkGroup,
    @Nullable String tendInterval,
    @Nullable String monthAhead,
    @Nullable Map<String, Service> services,
    @Nullable PaymentSection payment,
    @Nullable List<WebhookSection> webhooks,
    @Nullable OutboxSection outbox,
    @Nullable ThresholdsSection thresholds,
    @Nullable CacheSection cache,
    @Nullable GrpcSection grpc) {

  /** {@code wallet.services.NAME}: what a call of a service costs. */
  public record Service(@Nullable String price, @Nullable String freeUnits) {}

  /** Nothing given: every default. */
  public static final WalletSection EMPTY =
      new WalletSection(
          null, null, null, null, null, null, null, null, null, null, null, null, null, null);

  private static final Duration STOP_WAIT = Duration.ofSeconds(20);
  private static final Map<String, Service> SERVICES =
      Map.of(
          "passport", new Service("0.01", "10000"),
          "payment", new Service("0.10", "1000"),
          "asset", new Service("0.05", "1000"));

  /**
   * The same, as checked.
   *
   * @param tendInterval how often what happens by itself is done
   * @param monthAhead when the quota rows of the month to come are prepared
   * @param payment the payment service and recharges
   * @param webhooks who is told of accounts; may be none
   * @param cache null for none
   * @param grpc null if there is no gRPC port
   */
  public record Settings(
      WalletPolicy policy,
      Wallet.Limits limits,
      Duration tendInterval,
      ExecutionTime monthAhead,
      Map<String, ServicePriceBook.Terms> services,
      PaymentSection.Settings payment,
      List<WebhookTarget> webhooks,
      OutboxPolicy outbox,
      ThresholdsSection.Settings thresholds,
      @Nullable CacheSettings cache,
      WalletGrpcServer.@Nullable Settings grpc) {

    public Settings {
      webhooks = List.copyOf(webhooks);
      services = Map.copyOf(services);
    }
  }

  /** Checks the texts; problems go to the reader. */
  public Settings read(SettingReader reader, SecretRefs secrets) {
    String currency = reader.text(unit, "CNY");
    if (!currency.matches("[A-Za-z][A-Za-z0-9_-]{0,31}")) {
      reader.problem("wallet.unit is '" + currency + "': must be a currency or unit such as CNY");
    }
    ZoneId calendar =
        reader.read("wallet.zone", zone, "UTC", "a time zone such as UTC", ZoneId::of);
    Map<String, ServicePriceBook.Terms> terms = new TreeMap<>();
    (services == null ? SERVICES : services)
        .forEach((name, service) -> terms.put(name, terms(reader, name, service)));
    return new Settings(
        new WalletPolicy(currency, calendar),
        new Wallet.Limits(
            (int) reader.wholeNumber("wallet.lanes", lanes, "2", 1, 16),
            (int) reader.wholeNumber("wallet.group", group, "1000", 1, 10_000),
            (int) reader.wholeNumber("wallet.bulkGroup", bulkGroup, "500", 1, 10_000),
            STOP_WAIT),
        reader.interval("wallet.tendInterval", tendInterval, "1s"),
        reader.read(
            "wallet.monthAhead",
            monthAhead,
            "0 1 28 * *",
            "a schedule of cron such as \"0 1 28 * *\": minute, hour, day, month, day of the week",
            WalletSection::schedule),
        terms,
        (payment == null ? PaymentSection.EMPTY : payment).read(reader, secrets),
        WebhookSection.readAll(reader, webhooks, secrets),
        (outbox == null ? OutboxSection.EMPTY : outbox).read(reader),
        (thresholds == null ? ThresholdsSection.EMPTY : thresholds).read(reader),
        (cache == null ? CacheSection.EMPTY : cache).read(reader, secrets),
        grpc == null ? null : grpc.read(reader, secrets));
  }

  private static ExecutionTime schedule(String text) {
    return ExecutionTime.forCron(
        new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX)).parse(text));
  }

  private static ServicePriceBook.Terms terms(SettingReader reader, String name, Service service) {
    String where = "wallet.services." + name;
    if (name.isBlank() || name.length() > 64) {
      reader.problem(where + ": a service's name must have 1 to 64 characters");
    }
    BigDecimal price = reader.decimal(where + ".price", service.price(), "0", false);
    long free =
        reader.wholeNumber(where + ".freeUnits", service.freeUnits(), "0", 0L, Long.MAX_VALUE / 2);
    return new ServicePriceBook.Terms(price, free);
  }
}
