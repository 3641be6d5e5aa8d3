package plus.svc.billing.wallet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Timestamp;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import plus.svc.billing.proto.v1.BulkReply;
import plus.svc.billing.proto.v1.BulkRequest;
import plus.svc.billing.proto.v1.CheckQuotaRequest;
import plus.svc.billing.proto.v1.CommitHoldRequest;
import plus.svc.billing.proto.v1.DeductQuotaRequest;
import plus.svc.billing.proto.v1.Entry;
import plus.svc.billing.proto.v1.GetAccountRequest;
import plus.svc.billing.proto.v1.GetBalanceRequest;
import plus.svc.billing.proto.v1.GetHistoryReply;
import plus.svc.billing.proto.v1.GetHistoryRequest;
import plus.svc.billing.proto.v1.GetTurnoverReply;
import plus.svc.billing.proto.v1.GetTurnoverRequest;
import plus.svc.billing.proto.v1.PostRequest;
import plus.svc.billing.testing.Eventually;
import plus.svc.billing.wallet.cache.ReadCache;
import plus.svc.billing.wallet.cache.ReadCache.Cached;

/** What the past was, and many changes as a stream, over gRPC. */
@Timeout(120)
class WalletGrpcStreamIT {

  private final Map<String, Cached> kept = new ConcurrentHashMap<>();
  private final WalletGrpcWorld grpc = new WalletGrpcWorld(new Memory(kept));
  private final WalletWorld world = grpc.world;

  @AfterEach
  void stop() {
    grpc.close();
  }

  /** A cache that forgets nothing by itself. */
  private record Memory(Map<String, Cached> kept) implements ReadCache {
    @Override
    public Optional<Cached> get(UUID account, String kind) {
      return Optional.ofNullable(kept.get(account + kind));
    }

    @Override
    public void put(UUID account, String kind, Cached value) {
      kept.put(account + kind, value);
    }

    @Override
    public void forget(UUID account, Collection<String> kinds) {
      kinds.forEach(kind -> kept.remove(account + kind));
    }
  }

  @Test
  void anAnswerOfTheCacheSaysWhenItWasTrueHereToo() {
    UUID user = world.user();
    var check =
        CheckQuotaRequest.newBuilder()
            .setUserId(user.toString())
            .setServiceName("payment")
            .setCount(1)
            .build();
    var account = GetAccountRequest.newBuilder().setUserId(user.toString()).build();
    var balance = GetBalanceRequest.newBuilder().setAccountId(user.toString()).build();
    Timestamp asked = at(world.clock.instant());
    assertThat(grpc.inner("all-token").checkQuota(check).hasAsOf()).isFalse();
    assertThat(grpc.outer().getAccount(account).hasAsOf()).isFalse();
    world.clock.pass(java.time.Duration.ofMillis(5));
    assertThat(grpc.inner("all-token").checkQuota(check).getAsOf()).isEqualTo(asked);
    assertThat(grpc.outer().getAccount(account).getAsOf()).isEqualTo(asked);
    assertThat(grpc.inner("all-token").getBalance(balance).getAsOf()).isEqualTo(asked);
    assertThat(
            grpc.inner("all-token").getBalance(balance.toBuilder().setAt(asked).build()).hasAsOf())
        .isFalse();
    grpc.inner("all-token").credit(money(user, "1", "c"));
    assertThat(kept).isEmpty();
    assertThat(grpc.inner("all-token").getBalance(balance).getBalance()).isEqualTo("1");
  }

  private static Timestamp at(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
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

  private static BulkRequest credit(UUID account, String amount, String key) {
    return BulkRequest.newBuilder().setCredit(money(account, amount, key)).build();
  }

  @Test
  void historyTurnoverAndBalancesOfThePastAreThoseOfTheFacade() {
    UUID user = world.user();
    Instant begun = world.clock.instant();
    List<String> operations = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      operations.add(
          grpc.inner("all-token").credit(money(user, "1." + i, "c" + i)).getOperationId());
      world.clock.pass(java.time.Duration.ofMinutes(10));
    }
    grpc.inner("all-token")
        .deductQuota(
            DeductQuotaRequest.newBuilder()
                .setUserId(user.toString())
                .setServiceName("payment")
                .setCount(1_002)
                .setIdempotencyKey("d")
                .build());

    List<Entry> entries = new ArrayList<>();
    String cursor = "";
    do {
      GetHistoryReply page =
          grpc.inner("all-token")
              .getHistory(
                  GetHistoryRequest.newBuilder()
                      .setAccountId(user.toString())
                      .setFrom(at(begun))
                      .setPageSize(2)
                      .setCursor(cursor)
                      .build());
      entries.addAll(page.getEntriesList());
      cursor = page.getNextCursor();
    } while (!cursor.isEmpty());
    assertThat(entries)
        .extracting(Entry::getKind)
        .containsExactly(
            "credit", "credit", "credit", "credit", "credit", "usage_free", "usage_charge");
    assertThat(entries.get(6).getBalanceAfter()).isEqualTo("6.3");
    assertThat(entries.get(6).getServiceName()).isEqualTo("payment");
    assertThat(entries.get(6).getCount()).isEqualTo(2);
    assertThat(entries.get(0).getOperationId()).isEqualTo(operations.get(0));

    GetTurnoverReply turnover =
        grpc.inner("all-token")
            .getTurnover(
                GetTurnoverRequest.newBuilder()
                    .setAccountId(user.toString())
                    .setFrom(at(begun))
                    .setUntil(at(begun.plusSeconds(7_200)))
                    .build());
    assertThat(turnover.getSumsList())
        .extracting(sum -> sum.getKind() + " " + sum.getEntries() + " " + sum.getCredit())
        .contains("credit 5 6.5", "usage_charge 1 0");
    assertThat(turnover.getFrom()).isEqualTo(at(begun));

    GetBalanceRequest now = GetBalanceRequest.newBuilder().setAccountId(user.toString()).build();
    assertThat(grpc.inner("all-token").getBalance(now).getBalance()).isEqualTo("6.3");
    Instant then = begun.plusSeconds(15 * 60);
    var past = grpc.inner("all-token").getBalance(now.toBuilder().setAt(at(then)).build());
    assertThat(past.getBalance()).isEqualTo("2.3");
    assertThat(past.getAt()).isEqualTo(at(then));
    assertThat(
            grpc.inner("all-token")
                .getBalance(now.toBuilder().setAtOperationId(operations.get(2)).build())
                .getBalance())
        .isEqualTo("3.6");
    WalletGrpcWorld.refused(
        () ->
            grpc.inner("bound-token")
                .getHistory(GetHistoryRequest.newBuilder().setAccountId(user.toString()).build()),
        Status.Code.PERMISSION_DENIED,
        "403");
    assertThat(grpc.calls)
        .containsOnlyOnce("grpc GetTurnover ok", "grpc GetHistory denied", "grpc DeductQuota ok")
        .filteredOn(call -> call.equals("grpc GetHistory ok"))
        .hasSize(4);
  }

  /** A client of its own pace. */
  private static final class Client implements ClientResponseObserver<BulkRequest, BulkReply> {
    final List<BulkReply> replies = new CopyOnWriteArrayList<>();
    final CompletableFuture<List<BulkReply>> end = new CompletableFuture<>();
    @Nullable ClientCallStreamObserver<BulkRequest> call;
    private final int first;

    /**
     * @param first how many replies it reads before it is told to go on
     */
    Client(int first) {
      this.first = first;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<BulkRequest> made) {
      call = made;
      made.disableAutoRequestWithInitial(first);
    }

    @Override
    public void onNext(BulkReply reply) {
      replies.add(reply);
    }

    @Override
    public void onError(Throwable e) {
      end.completeExceptionally(e);
    }

    @Override
    public void onCompleted() {
      end.complete(List.copyOf(replies));
    }

    ClientCallStreamObserver<BulkRequest> call() {
      return java.util.Objects.requireNonNull(call);
    }
  }

  private Client begin(String token, int first) {
    Client client = new Client(first);
    var unused = grpc.streams(token).bulk(client);
    return client;
  }

  private List<BulkReply> bulk(List<BulkRequest> requests) throws Exception {
    Client client = begin("all-token", Integer.MAX_VALUE);
    requests.forEach(client.call()::onNext);
    client.call().onCompleted();
    return client.end.get(60, TimeUnit.SECONDS);
  }

  @Test
  void aBulkAnswersEachLineInOrderAndMaySimplyBeSentAgain() throws Exception {
    UUID user = world.user();
    int lines = 1_200;
    List<BulkRequest> requests = new ArrayList<>();
    for (int i = 1; i <= lines; i++) {
      requests.add(credit(user, "0.01", "b" + i));
    }
    requests.add(
        BulkRequest.newBuilder()
            .setDeduct(
                DeductQuotaRequest.newBuilder()
                    .setUserId(user.toString())
                    .setServiceName("payment")
                    .setCount(1_001)
                    .setIdempotencyKey("deduct"))
            .build());
    requests.add(BulkRequest.newBuilder().setDebit(money(user, "1000", "much")).build());
    requests.add(credit(user, "1e3", "bad"));
    requests.add(credit(user, "1", ""));
    requests.add(BulkRequest.getDefaultInstance());
    requests.add(
        BulkRequest.newBuilder()
            .setCommit(
                CommitHoldRequest.newBuilder()
                    .setHoldId(UUID.randomUUID().toString())
                    .setIdempotencyKey("hold"))
            .build());

    List<BulkReply> first = bulk(requests);
    List<BulkReply> again = bulk(requests);

    assertThat(first).hasSize(lines + 7);
    for (int i = 0; i < lines + 6; i++) {
      assertThat(first.get(i).getLine()).isEqualTo(i + 1);
      assertThat(first.get(i).getSuccess()).as("line %s", i + 1).isEqualTo(i <= lines);
    }
    assertThat(first.get(0).getIdempotencyKey()).isEqualTo("b1");
    assertThat(first.get(lines).getOperation().getFreeCount()).isEqualTo(1_000);
    assertThat(first.get(lines).getOperation().getPaidCount()).isEqualTo(1);
    assertThat(first.get(lines).getOperation().getAmount()).isEqualTo("0.1");
    assertThat(first.subList(lines + 1, lines + 6))
        .extracting(BulkReply::getErrorCode)
        .containsExactly("190102", "400", "100002", "100002", "190804");
    assertThat(first.get(lines + 6).getSummary().getDone()).isEqualTo(lines + 1);
    assertThat(first.get(lines + 6).getSummary().getFailed()).isEqualTo(5);
    assertThat(again).isEqualTo(first);
    assertThat(grpc.engine.reads().balance(user).orElseThrow().balance())
        .isEqualByComparingTo(new BigDecimal("11.9"));
    assertThat(grpc.calls).filteredOn(call -> call.equals("bulk Credit ok")).hasSize(2 * lines);
    assertThat(grpc.calls).filteredOn(call -> call.equals("bulk Debit refused")).hasSize(2);
  }

  @Test
  void whoReadsNothingIsAskedForNoMoreAndLosesNothing() throws Exception {
    UUID user = world.user();
    Client client = begin("all-token", 0);
    int sent = 0;
    // Until the other side asks for no more: what it takes is bounded by its room, not by us.
    long quietSince = System.nanoTime();
    while (System.nanoTime() - quietSince < TimeUnit.MILLISECONDS.toNanos(400)) {
      if (client.call().isReady()) {
        client
            .call()
            .onNext(
                BulkRequest.newBuilder()
                    .setCredit(
                        money(user, "0.01", "f" + ++sent).toBuilder().setReason("x".repeat(200)))
                    .build());
        quietSince = System.nanoTime();
      } else {
        Thread.onSpinWait();
      }
      assertThat(sent).as("asked for without end").isLessThan(60_000);
    }
    assertThat(sent).isPositive();
    client.call().onCompleted();
    client.call().request(Integer.MAX_VALUE);
    List<BulkReply> replies = client.end.get(60, TimeUnit.SECONDS);
    assertThat(replies).hasSize(sent + 1);
    assertThat(replies.get(sent).getSummary().getDone()).isEqualTo(sent);
    assertThat(grpc.engine.reads().balance(user).orElseThrow().balance())
        .isEqualByComparingTo(BigDecimal.valueOf(sent, 2));
  }

  @Test
  void aResultComesBeforeTheNextLineIsSentAndACutBulkLeavesRoomForOthers() throws Exception {
    UUID user = world.user();
    for (int i = 1; i <= 6; i++) {
      Client client = begin("all-token", Integer.MAX_VALUE);
      client.call().onNext(credit(user, "1", "cut" + i));
      Eventually.holds(() -> assertThat(client.replies).hasSize(1));
      assertThat(client.replies.get(0).getSuccess()).isTrue();
      client.call().cancel("enough", null);
      int bulks = i;
      Eventually.holds(
          () ->
              assertThat(grpc.calls)
                  .filteredOn(call -> call.equals("bulk Credit ok"))
                  .hasSize(bulks));
    }
    List<Client> open = new ArrayList<>();
    Eventually.holds(
        () -> {
          while (open.size() < 4) {
            Client client = begin("all-token", Integer.MAX_VALUE);
            client.call().onNext(credit(user, "1", "open" + UUID.randomUUID()));
            Eventually.holds(
                () -> assertThat(client.replies.size() == 1 || client.end.isDone()).isTrue());
            assertThat(client.end).isNotDone();
            open.add(client);
          }
        });
    Client fifth = begin("all-token", Integer.MAX_VALUE);
    assertThatThrownBy(() -> fifth.end.get(60, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .satisfies(e -> WalletGrpcWorld.refused(e.getCause(), Status.Code.UNAVAILABLE, "503"));
    for (Client client : open) {
      client.call().onCompleted();
      assertThat(client.end.get(60, TimeUnit.SECONDS)).hasSize(2);
    }
    Client reader = begin("reader-token", Integer.MAX_VALUE);
    assertThatThrownBy(() -> reader.end.get(60, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .satisfies(
            e -> WalletGrpcWorld.refused(e.getCause(), Status.Code.PERMISSION_DENIED, "403"));
  }
}
