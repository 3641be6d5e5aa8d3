package plus.svc.billing.wallet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.math.BigDecimal;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import plus.svc.billing.platform.Secret;
import plus.svc.billing.platform.setting.ListenAddress;
import plus.svc.billing.proto.v1.BillingInternalServiceGrpc;
import plus.svc.billing.proto.v1.BillingServiceGrpc;
import plus.svc.billing.proto.v1.CheckQuotaRequest;
import plus.svc.billing.proto.v1.CommitHoldRequest;
import plus.svc.billing.proto.v1.DeductQuotaReply;
import plus.svc.billing.proto.v1.DeductQuotaRequest;
import plus.svc.billing.proto.v1.GetAccountReply;
import plus.svc.billing.proto.v1.GetAccountRequest;
import plus.svc.billing.proto.v1.GetBalanceRequest;
import plus.svc.billing.proto.v1.GetOperationRequest;
import plus.svc.billing.proto.v1.GetStatsSummaryRequest;
import plus.svc.billing.proto.v1.GetStatsTodayRequest;
import plus.svc.billing.proto.v1.HoldReply;
import plus.svc.billing.proto.v1.ListRecordsRequest;
import plus.svc.billing.proto.v1.OperationReply;
import plus.svc.billing.proto.v1.PostRequest;
import plus.svc.billing.proto.v1.RechargeCallbackRequest;
import plus.svc.billing.proto.v1.RechargeRequest;
import plus.svc.billing.proto.v1.ReserveRequest;
import plus.svc.billing.proto.v1.ReverseRequest;
import plus.svc.billing.proto.v1.SetUpAccountRequest;
import plus.svc.billing.proto.v1.TransferRequest;
import plus.svc.billing.wallet.grpc.WalletGrpcServer;
import plus.svc.billing.wallet.payment.CallbackSignature;

/** The same calls over gRPC, on a real port. */
@Timeout(120)
final class WalletGrpcIT {

  private final WalletGrpcWorld grpc = new WalletGrpcWorld();
  private final WalletWorld world = grpc.world;
  private final WalletEngine engine = grpc.engine;
  private final UUID bound = grpc.bound;
  private CompletableFuture<Void> stopping = CompletableFuture.completedFuture(null);

  @AfterEach
  void stop() {
    grpc.close();
  }

  private BillingInternalServiceGrpc.BillingInternalServiceBlockingStub inner(String token) {
    return grpc.inner(token);
  }

  private BillingServiceGrpc.BillingServiceBlockingStub outer() {
    return grpc.outer();
  }

  private static DeductQuotaRequest use(UUID user, String service, int count, String key) {
    return DeductQuotaRequest.newBuilder()
        .setUserId(user.toString())
        .setServiceName(service)
        .setCount(count)
        .setIdempotencyKey(key)
        .build();
  }

  private static PostRequest money(UUID account, String amount, String key) {
    return PostRequest.newBuilder()
        .setAccountId(account.toString())
        .setAmount(amount)
        .setCurrency("CNY")
        .setGuarded(true)
        .setIdempotencyKey(key)
        .build();
  }

  private static void refused(Runnable call, Status.Code status, String code) {
    WalletGrpcWorld.refused(call, status, code);
  }

  @Test
  void theContractsCallsAnswerAsOverHttp() {
    UUID user = world.userWith(engine, "1.5");
    var check =
        inner("all-token")
            .checkQuota(
                CheckQuotaRequest.newBuilder()
                    .setUserId(user.toString())
                    .setServiceName("payment")
                    .setCount(1_005)
                    .build());
    DeductQuotaReply first = inner("all-token").deductQuota(use(user, "payment", 1_005, "d"));
    GetAccountReply account =
        outer().getAccount(GetAccountRequest.newBuilder().setUserId(user.toString()).build());
    var records =
        outer().listRecords(ListRecordsRequest.newBuilder().setUserId(user.toString()).build());
    var today =
        outer().getStatsToday(GetStatsTodayRequest.newBuilder().setUserId(user.toString()).build());
    var summary =
        outer()
            .getStatsSummary(
                GetStatsSummaryRequest.newBuilder().setUserId(user.toString()).build());

    assertThat(check.getAllowed()).isTrue();
    assertThat(check.getReason()).isEqualTo("mixed");
    assertThat(first.getSuccess()).isTrue();
    assertThat(first.getPaidCount()).isEqualTo(5);
    assertThat(first.getBalanceText()).isEqualTo("1");
    assertThat(account.getBalanceText()).isEqualTo("1");
    assertThat(account.getBalance()).isEqualTo(1.0);
    assertThat(account.getQuotasList())
        .extracting("serviceName", "usedQuota")
        .contains(org.assertj.core.groups.Tuple.tuple("payment", 1_000));
    assertThat(records.getTotal()).isEqualTo(2);
    assertThat(records.getRecordsList())
        .anyMatch(record -> record.getId().equals(first.getRecordId()) && record.getType() == 2);
    assertThat(records.getRecords(0).getCreatedAt().getSeconds())
        .isEqualTo(world.clock.instant().getEpochSecond());
    assertThat(today.getTotalCount()).isEqualTo(1_005);
    assertThat(summary.getServices(0).getTotalCostText()).isEqualTo("0.5");
  }

  @Test
  void ourOwnCallsAnswerAsOverHttp() {
    UUID user = world.userWith(engine, "10");
    UUID other = world.user();
    var points =
        inner("all-token")
            .setUpAccount(
                SetUpAccountRequest.newBuilder()
                    .setOwner(user.toString())
                    .setCurrency("POINTS")
                    .putMetadata("a", "b")
                    .setIdempotencyKey("s")
                    .build());
    OperationReply moved =
        inner("all-token")
            .transfer(
                TransferRequest.newBuilder()
                    .setFromAccountId(user.toString())
                    .setToAccountId(other.toString())
                    .setAmount("2.5")
                    .setCurrency("CNY")
                    .setIdempotencyKey("t")
                    .build());
    HoldReply hold =
        inner("all-token")
            .reserve(
                ReserveRequest.newBuilder()
                    .setUserId(user.toString())
                    .setAmount("3")
                    .setCurrency("CNY")
                    .setIdempotencyKey("h")
                    .build());
    HoldReply committed =
        inner("all-token")
            .commitHold(
                CommitHoldRequest.newBuilder()
                    .setHoldId(hold.getHoldId())
                    .setAmount("1")
                    .setIdempotencyKey("c")
                    .build());
    inner("all-token")
        .reverse(
            ReverseRequest.newBuilder()
                .setOperationId(moved.getOperationId())
                .setIdempotencyKey("r")
                .build());
    OperationReply told =
        inner("all-token")
            .getOperation(
                GetOperationRequest.newBuilder().setOperationId(moved.getOperationId()).build());
    var balance =
        inner("all-token")
            .getBalance(GetBalanceRequest.newBuilder().setAccountId(user.toString()).build());

    assertThat(points.getCurrency()).isEqualTo("POINTS");
    assertThat(hold.getStatus()).isEqualTo("held");
    assertThat(committed.getCommittedAmount()).isEqualTo("1");
    assertThat(told.getEntriesList()).extracting("amount").containsExactlyInAnyOrder("-2.5", "2.5");
    assertThat(told.getReversedBy()).isNotEmpty();
    assertThat(told.getCaller()).isEqualTo("all");
    assertThat(balance.getBalance()).isEqualTo("9");
    assertThat(
            world.count(
                "SELECT count(*) FROM billing.requests WHERE source LIKE 'grpc billing.v1.%'"))
        .isEqualTo(5);
  }

  @Test
  void w13TheSameKeyIsOneDeductionAndNoKeyIsNone() {
    UUID user = world.userWith(engine, "10");
    DeductQuotaRequest request = use(user, "payment", 1_001, "k");
    DeductQuotaReply first = inner("all-token").deductQuota(request);

    assertThat(inner("all-token").deductQuota(request)).isEqualTo(first);
    refused(
        () -> inner("all-token").deductQuota(use(user, "payment", 1, "k")),
        Status.Code.ALREADY_EXISTS,
        "409");
    refused(
        () -> inner("all-token").deductQuota(use(user, "payment", 1, "")),
        Status.Code.INVALID_ARGUMENT,
        "100002");
    assertThat(engine.reads().balance(user).orElseThrow().balance())
        .isEqualByComparingTo(new BigDecimal("9.9"));
  }

  @Test
  void w19TheBusinessCodeIsInTheDetailsOfTheError() {
    UUID user = world.userWith(engine, "1");
    refused(
        () -> inner("all-token").debit(money(user, "1.01", "a")),
        Status.Code.FAILED_PRECONDITION,
        "190102");
    refused(
        () -> inner("all-token").deductQuota(use(user, "carpets", 1, "b")),
        Status.Code.FAILED_PRECONDITION,
        "190205");
    refused(
        () -> inner("all-token").debit(money(UUID.randomUUID(), "1", "c")),
        Status.Code.NOT_FOUND,
        "190101");
    refused(
        () -> outer().getAccount(GetAccountRequest.getDefaultInstance()),
        Status.Code.INVALID_ARGUMENT,
        "100002");
    refused(
        () ->
            outer()
                .recharge(
                    RechargeRequest.newBuilder()
                        .setUserId(user.toString())
                        .setAmount(10)
                        .setCurrency("CNY")
                        .setIdempotencyKey("d")
                        .build()),
        Status.Code.UNAVAILABLE,
        "190501");
    for (String amount : List.of("-1", "NaN", "1e3", "0", " ")) {
      assertThatThrownBy(() -> inner("all-token").credit(money(user, amount, "e" + amount)))
          .isInstanceOf(StatusRuntimeException.class)
          .hasMessageContaining("amount")
          .hasMessageContaining("must be");
    }
    refused(
        () -> inner("all-token").deductQuota(use(user, "payment", -5, "f")),
        Status.Code.INVALID_ARGUMENT,
        "400");
  }

  @Test
  void whoCallsBackUnbelievedTooOftenWaitsAndIsRecordedNoMore() {
    RechargeCallbackRequest nobodys =
        RechargeCallbackRequest.newBuilder().setStatus("SUCCESS").setSignature("00").build();
    BillingInternalServiceGrpc.BillingInternalServiceBlockingStub stub =
        BillingInternalServiceGrpc.newBlockingStub(grpc.channel)
            .withDeadlineAfter(20, TimeUnit.SECONDS);
    for (int i = 0; i < 10; i++) {
      refused(() -> stub.rechargeCallback(nobodys), Status.Code.UNAUTHENTICATED, "401");
    }
    for (int i = 0; i < 3; i++) {
      refused(() -> stub.rechargeCallback(nobodys), Status.Code.RESOURCE_EXHAUSTED, "429");
    }
    assertThat(world.count("SELECT count(*) FROM billing.refusals WHERE caller = 'nobody'"))
        .isEqualTo(10);
    long now = InstantSource.system().instant().getEpochSecond();
    RechargeCallbackRequest good =
        nobodys.toBuilder()
            .setTimestampSeconds(now)
            .setSignature(
                CallbackSignature.hex(
                    WalletGrpcWorld.SECRET,
                    now,
                    CallbackSignature.fields("", "", "", "", "SUCCESS")))
            .build();
    // The throttle is for who guesses; here no payment service is behind the door.
    refused(() -> stub.rechargeCallback(good), Status.Code.UNAVAILABLE, "190501");
  }

  @Test
  void w06TokensRightsAndScopesHoldHereToo() {
    UUID user = world.userWith(engine, "10");
    refused(
        () -> inner("nobodys-token").debit(money(user, "1", "a")),
        Status.Code.UNAUTHENTICATED,
        "401");
    refused(
        () ->
            BillingInternalServiceGrpc.newBlockingStub(grpc.channel)
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .debit(money(user, "1", "a")),
        Status.Code.UNAUTHENTICATED,
        "401");
    refused(
        () -> inner("reader-token").debit(money(user, "1", "a")),
        Status.Code.PERMISSION_DENIED,
        "403");
    refused(
        () -> inner("bound-token").debit(money(user, "1", "a")),
        Status.Code.PERMISSION_DENIED,
        "403");
    assertThat(inner("bound-token").credit(money(bound, "1", "own")).getBalance()).isEqualTo("1");
    assertThat(
            world.count(
                "SELECT count(*) FROM billing.refusals WHERE caller IN ('reader', 'bound')"
                    + " AND kind = 'Debit' AND body LIKE '{%}'"))
        .isEqualTo(2);
    for (int i = 0; i < 9; i++) {
      assertThatThrownBy(() -> inner("wrong").debit(money(user, "1", "a")));
    }
    refused(
        () -> inner("wrong").debit(money(user, "1", "a")), Status.Code.RESOURCE_EXHAUSTED, "429");
  }

  @Test
  void aMessageThatIsTooLargeIsRefusedAndADeadlineIsKept() {
    UUID user = world.userWith(engine, "10");
    assertThatThrownBy(
            () ->
                inner("all-token")
                    .credit(
                        money(user, "1", "big").toBuilder().setReason("x".repeat(100_000)).build()))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("RESOURCE_EXHAUSTED");
    world.jdbi.useTransaction(
        handle -> {
          handle.execute(
              "SELECT 1 FROM public.account_quota_states WHERE account_uuid = ? FOR UPDATE", user);
          assertThatThrownBy(
                  () ->
                      inner("all-token")
                          .withDeadlineAfter(300, TimeUnit.MILLISECONDS)
                          .debit(money(user, "1", "late")))
              .isInstanceOfSatisfying(
                  StatusRuntimeException.class,
                  error ->
                      assertThat(error.getStatus().getCode())
                          .isIn(Status.Code.DEADLINE_EXCEEDED, Status.Code.UNAVAILABLE));
        });
    // Nobody knew; the same key tells.
    assertThat(inner("all-token").debit(money(user, "1", "late")).getBalance()).isEqualTo("9");
  }

  @Test
  void aStopAnswersWhatItHasTakenAndTakesNothingMore() throws Exception {
    UUID user = world.userWith(engine, "10");
    CompletableFuture<OperationReply> open =
        world.jdbi.inTransaction(
            handle -> {
              handle.execute(
                  "SELECT 1 FROM public.account_quota_states WHERE account_uuid = ? FOR UPDATE",
                  user);
              CompletableFuture<OperationReply> call =
                  CompletableFuture.supplyAsync(
                      () -> inner("all-token").debit(money(user, "1", "open")));
              plus.svc.billing.testing.Eventually.holds(
                  () ->
                      assertThat(
                              world.count(
                                  "SELECT count(*) FROM billing.requests"
                                      + " WHERE idempotency_key = 'open'"))
                          .isOne());
              stopping = CompletableFuture.runAsync(grpc::stopServer);
              return call;
            });
    assertThat(open.get(60, TimeUnit.SECONDS).getBalance()).isEqualTo("9");
    stopping.get(60, TimeUnit.SECONDS);
    assertThatThrownBy(() -> inner("all-token").debit(money(user, "1", "closed")))
        .isInstanceOf(StatusRuntimeException.class);
  }

  @Test
  void plainTextIsForLoopbackOnly() {
    assertThatThrownBy(() -> new WalletGrpcServer.Settings(new ListenAddress("", 9107), null, null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(
            new WalletGrpcServer.Settings(
                    new ListenAddress("", 9107), Secret.of("chain"), Secret.of("key"))
                .toString())
        .doesNotContain("chain=chain");
  }
}
