package plus.svc.billing.wallet.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What calls answer, by the names of the contract. An amount that the contract has as a number is
 * one here too, written with all its digits, and stands beside it as a text, which is the one to
 * read: most JSON readers make a binary fraction of a number.
 */
public final class Replies {

  private Replies() {}

  /** Free calls of a service in a month, {@code YYYY-MM}. */
  public record FreeQuota(
      String serviceName,
      long totalQuota,
      long usedQuota,
      String resetMonth,
      long totalQuotaLong,
      long usedQuotaLong) {}

  /**
   * A user's main account.
   *
   * @param asOf of an answer of the cache: when it was true; null if the database was asked
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record GetAccountReply(
      UUID userId,
      BigDecimal balance,
      List<FreeQuota> quotas,
      String balanceText,
      String currency,
      String heldText,
      String availableText,
      @Nullable Instant asOf) {}

  /** A use; type 1 was free, 2 was paid for. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record BillingRecord(
      UUID id,
      String serviceName,
      int type,
      BigDecimal amount,
      long count,
      Instant createdAt,
      String amountText,
      String currency,
      @Nullable UUID operationId) {}

  /** A page of uses; an empty cursor ends them. */
  public record ListRecordsReply(List<BillingRecord> records, long total, String nextCursor) {}

  /** Use in a stretch of time. */
  public record GetStatsReply(
      UUID userId,
      String serviceName,
      long totalCount,
      BigDecimal totalCost,
      long freeCount,
      long paidCount,
      String period,
      String totalCostText,
      long totalCountLong,
      long freeCountLong,
      long paidCountLong) {}

  /** Use of one service. */
  public record ServiceStats(
      String serviceName,
      long totalCount,
      BigDecimal totalCost,
      long freeCount,
      long paidCount,
      String totalCostText,
      long totalCountLong,
      long freeCountLong,
      long paidCountLong) {}

  /** Use of this month by service. */
  public record GetStatsSummaryReply(
      UUID userId,
      long totalCount,
      BigDecimal totalCost,
      List<ServiceStats> services,
      String totalCostText,
      long totalCountLong) {}

  /**
   * What a deduction would come to.
   *
   * @param asOf of an answer of the cache: when it was true; null if the database was asked
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record CheckQuotaReply(
      boolean allowed,
      String reason,
      long freeCount,
      long paidCount,
      String costText,
      @Nullable Instant asOf) {}

  /** A deduction that was made. */
  public record DeductQuotaReply(
      boolean success,
      UUID recordId,
      UUID operationId,
      long freeCount,
      long paidCount,
      String costText,
      String balanceText) {}

  /**
   * An account.
   *
   * @param asOf of an answer of the cache: when it was true; null if the database was asked
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record AccountReply(
      UUID accountId,
      UUID owner,
      String currency,
      String balance,
      String held,
      String available,
      @Nullable Instant asOf) {}

  /** A balance at an instant. */
  public record BalanceAtReply(UUID accountId, String currency, String balance, Instant at) {}

  /** A ledger row; of a change that was just made only its id is told. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Entry(
      UUID entryId,
      @Nullable UUID accountId,
      @Nullable String kind,
      @Nullable String amount,
      @Nullable String currency,
      @Nullable String balanceAfter,
      @Nullable Instant createdAt,
      @Nullable String serviceName,
      @Nullable Long count,
      @Nullable UUID operationId,
      @Nullable UUID corrects) {

    static Entry of(UUID id) {
      return new Entry(id, null, null, null, null, null, null, null, null, null, null);
    }
  }

  /** A page of an account's history; an empty cursor ends it. */
  public record HistoryReply(
      UUID accountId, String currency, List<Entry> entries, String nextCursor) {}

  /** A sum of an account's entries of one kind, service and caller. */
  public record Turnover(
      String kind,
      String serviceName,
      String caller,
      long entries,
      long count,
      String credit,
      String debit) {}

  /** Sums of a stretch of time. */
  public record TurnoverReply(
      UUID accountId, String currency, Instant from, Instant until, List<Turnover> sums) {}

  /** A change that was made. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record OperationReply(
      UUID operationId,
      UUID requestId,
      String kind,
      String status,
      List<Entry> entries,
      @Nullable UUID accountId,
      @Nullable String balance,
      @Nullable String available,
      @Nullable Long freeCount,
      @Nullable Long paidCount,
      @Nullable String amount,
      @Nullable Instant expiresAt) {}

  /** A request as it was stored, and what became of it. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record StoredOperationReply(
      UUID operationId,
      UUID requestId,
      String kind,
      String status,
      List<Entry> entries,
      String caller,
      String idempotencyKey,
      String source,
      Instant createdAt,
      @Nullable Instant appliedAt,
      String body,
      @Nullable String reason,
      @Nullable UUID reverses,
      @Nullable UUID reversedBy) {}

  /** A hold, held, committed or voided. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record HoldReply(
      UUID holdId,
      String status,
      UUID operationId,
      @Nullable Long count,
      @Nullable Long freeCount,
      @Nullable Long paidCount,
      @Nullable String amount,
      @Nullable String committedAmount,
      @Nullable Long committedCount,
      @Nullable String balance,
      @Nullable String available,
      @Nullable Instant expiresAt) {}

  /** An order that was made. */
  public record RechargeReply(
      String rechargeOrderId,
      String paymentUrl,
      String status,
      String payCode,
      String payParams,
      String amountText,
      String currency) {}

  /** An order as it stands. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record GetRechargeReply(
      String rechargeOrderId,
      String userId,
      String status,
      String amountText,
      String currency,
      String paymentMethod,
      @Nullable String paymentId,
      String paymentUrl,
      Instant createdAt,
      Instant updatedAt,
      @Nullable UUID entryId,
      @Nullable UUID refundEntryId) {}

  /** An order after something was told of it. */
  public record RechargeCallbackReply(boolean success, String status) {}
}
