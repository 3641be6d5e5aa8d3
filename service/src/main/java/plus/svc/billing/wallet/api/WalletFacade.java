package plus.svc.billing.wallet.api;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.auth.Caller;
import plus.svc.billing.platform.log.Happening;
import plus.svc.billing.wallet.Command;
import plus.svc.billing.wallet.Unacceptable;
import plus.svc.billing.wallet.Wallet;
import plus.svc.billing.wallet.WalletAnswer;
import plus.svc.billing.wallet.WalletEngine;
import plus.svc.billing.wallet.WalletRequest;
import plus.svc.billing.wallet.cache.ReadCache;

/**
 * The calls of the wallet, whichever way they come: sees to right, scope and idempotency key, calls
 * the wallet, gives what became of it its code, and records the changes that were not accepted.
 */
public final class WalletFacade {

  private static final Logger LOG = LoggerFactory.getLogger(WalletFacade.class);

  private static final int BULKS_AT_ONCE = 4;
  private static final int MOST_OF_NOBODY = 1_000;

  private final WalletEngine engine;
  private final Recharges recharges;
  private final CallbackGate callbacks;
  private final CallWatch watch;
  private final CachedReads cached;
  private final Queries queries;
  private final Access access;
  private final Semaphore bulks = new Semaphore(BULKS_AT_ONCE);

  /**
   * @param callbacks says who may call back
   * @param cache what check and balance may be answered from
   * @param watch is told of every call, each operation of a bulk included
   */
  public WalletFacade(
      WalletEngine engine,
      Recharges recharges,
      CallbackGate callbacks,
      ReadCache cache,
      CallWatch watch) {
    this.engine = engine;
    this.recharges = recharges;
    this.callbacks = callbacks;
    this.watch = watch;
    this.cached = new CachedReads(engine.reads(), cache);
    this.queries = new Queries(engine.reads(), cached);
    this.access = new Access(engine.reads());
  }

  /** What a call does once its caller may call it. */
  @FunctionalInterface
  private interface Work {
    Object work();
  }

  /**
   * Does a call.
   *
   * @return one of {@link Replies}
   * @throws WalletFailure if it is not done, or nobody knows whether it is
   */
  public Object call(WalletCall call, Ask ask) {
    return watched(
        call,
        ask,
        () -> {
          Access.needs(ask.caller(), call.right());
          return switch (call) {
            case RECHARGE -> order(ask);
            case GET_RECHARGE -> find(ask);
            case RECHARGE_CALLBACK, BULK ->
                throw new IllegalStateException(call.text() + " has a method of its own");
            default ->
                call.isChange()
                    ? change(call, ask)
                    : queries.read(call, ask.caller(), ask.fields());
          };
        });
  }

  /**
   * Takes a callback from who may call back.
   *
   * @param ask by {@link CallbackGate#NOBODY} if no token was shown
   * @return a {@link Replies.RechargeCallbackReply}
   * @throws WalletFailure if it is not believed, or doesn't fit its order
   */
  public Object callback(Ask ask, CallbackProof proof) {
    Ask known;
    try {
      known = ask.by(callbacks.admit(ask.caller(), proof));
    } catch (WalletFailure e) {
      unreadable(WalletCall.RECHARGE_CALLBACK, ask, e);
      throw e;
    }
    return watched(
        WalletCall.RECHARGE_CALLBACK,
        known,
        () -> {
          FieldsReader.checkSize(known.body().length());
          return told(known);
        });
  }

  /** Counts and records a call that did not begin. */
  public void unreadable(WalletCall call, Ask ask, WalletFailure failure) {
    watch.ended(ask.face(), call, failure.kind().name().toLowerCase(Locale.ROOT), 0);
    note(call, ask, failure);
  }

  /** A change in a bulk, under way. */
  record Submitted(
      WalletCall call, Command command, Ask ask, CompletableFuture<WalletAnswer> answer) {}

  /** Lets a change of a bulk begin, once there is room for it; {@link #end} tells the rest. */
  Submitted begin(WalletCall call, Ask ask) {
    try {
      Access.needs(ask.caller(), call.right());
      WalletRequest request = request(call, ask);
      return new Submitted(
          call,
          request.command(),
          ask,
          cached.dropping(request.command(), () -> engine.wallet().applyInBulk(request)));
    } catch (WalletFailure | Unacceptable | JdbiException e) {
      WalletFailure failure = failure(e);
      unreadable(call, ask, failure);
      throw failure;
    }
  }

  /** What became of a change in a bulk. */
  Replies.OperationReply end(Submitted change) {
    return (Replies.OperationReply)
        watched(
            change.call(),
            change.ask(),
            () -> Answers.operation(change.command(), answer(change.answer(), change.ask())));
  }

  /**
   * Lets a bulk begin, over whichever face; more than a few at once are sent away.
   *
   * @throws WalletFailure if it may not; recorded if the caller may not
   */
  public BulkRun bulk(Ask ask) {
    return (BulkRun)
        watched(
            WalletCall.BULK,
            ask,
            () -> {
              Access.needs(ask.caller(), WalletCall.BULK.right());
              if (!bulks.tryAcquire()) {
                throw WalletFailure.busy("too many bulks at once; nothing was read, try again");
              }
              return new BulkRun(this, ask, bulks::release);
            });
  }

  private Object watched(WalletCall call, Ask ask, Work work) {
    long begun = System.nanoTime();
    String outcome = "failed";
    try {
      Object reply = work.work();
      outcome = "ok";
      return reply;
    } catch (WalletFailure | Unacceptable | JdbiException e) {
      WalletFailure failure = failure(e);
      outcome = failure.kind().name().toLowerCase(Locale.ROOT);
      note(call, ask, failure);
      throw failure;
    } finally {
      watch.ended(ask.face(), call, outcome, System.nanoTime() - begun);
    }
  }

  private Object change(WalletCall call, Ask ask) {
    WalletRequest request = request(call, ask);
    WalletAnswer answer =
        answer(cached.dropping(request.command(), () -> engine.wallet().apply(request)), ask);
    if (call == WalletCall.SET_UP_ACCOUNT) {
      UUID account = request.command().accounts().get(0);
      return engine
          .reads()
          .balance(account)
          .map(made -> Queries.account(made, null))
          .orElseThrow(() -> new IllegalStateException("an account that was made is there"));
    }
    return Answers.reply(call, request.command(), answer);
  }

  private WalletRequest request(WalletCall call, Ask ask) {
    String key = key(ask);
    Command command = Commands.read(call, ask, key);
    access.uses(ask.caller(), command);
    return WalletRequest.of(ask.caller().name(), key, ask.source(), command, ask.body());
  }

  private static String key(Ask ask) {
    String key = ask.idempotencyKey();
    if (key.isBlank()) {
      throw WalletFailure.missing(
          "idempotencyKey is missing: must be given, as the header Idempotency-Key or in the body;"
              + " new for each change and the same for each try of it");
    }
    return key;
  }

  private WalletAnswer answer(CompletableFuture<WalletAnswer> coming, Ask ask) {
    Duration patience = ask.patience();
    try {
      WalletAnswer answer = coming.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (answer.refusal() != null) {
        throw WalletFailure.refused(answer.refusal(), String.valueOf(answer.message()));
      }
      return answer;
    } catch (TimeoutException e) {
      throw unknown("no answer within " + patience.toMillis() + " ms");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unknown("the service stops");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Wallet.KeyTaken taken) {
        throw WalletFailure.keyTaken(String.valueOf(taken.getMessage()));
      } else if (e.getCause() instanceof Wallet.Busy busy) {
        throw WalletFailure.busy(String.valueOf(busy.getMessage()));
      }
      LOG.warn(Happening.DATABASE_FAILED, "an operation has no known outcome", e.getCause());
      throw unknown("the database gave no answer");
    }
  }

  private static WalletFailure unknown(String why) {
    return WalletFailure.unknown(
        why
            + ": the request may be applied or not; send it again with the same idempotency key to"
            + " learn what became of it");
  }

  private Object order(Ask ask) {
    String key = key(ask);
    UUID account = ask.fields().id("userId");
    Access.uses(ask.caller(), List.of(account));
    return recharges.order(ask, account, key);
  }

  /** The order says whose balance may be another now. */
  private Object told(Ask ask) {
    Object reply = recharges.told(ask);
    if (!cached.isOff()) {
      try {
        UUID order = ask.fields().id("rechargeOrderId");
        cached.changed(UUID.fromString(recharges.find(order).userId()));
      } catch (JdbiException e) {
        LOG.debug("what the cache has of the payer ends by its age", e);
      }
    }
    return reply;
  }

  private Object find(Ask ask) {
    UUID order = ask.fields().id("rechargeOrderId");
    ask.fields().nothingElse();
    Replies.GetRechargeReply found = recharges.find(order);
    Access.uses(ask.caller(), List.of(UUID.fromString(found.userId())));
    return found;
  }

  private static WalletFailure failure(RuntimeException e) {
    if (e instanceof WalletFailure failure) {
      return failure;
    } else if (e instanceof Unacceptable) {
      return WalletFailure.bad(String.valueOf(e.getMessage()));
    }
    LOG.warn(Happening.DATABASE_FAILED, "a call could not be answered", e);
    return WalletFailure.busy("the database gives no answer; nothing was stored, try again");
  }

  /** Records who tried what they may not, and changes that were not accepted. */
  private void note(WalletCall call, Ask ask, WalletFailure failure) {
    boolean recorded =
        switch (failure.kind()) {
          case DENIED, UNAUTHENTICATED -> true;
          case BAD -> call.isChange();
          case CONFLICT -> failure.code().equals("409");
          default -> false;
        };
    if (recorded) {
      boolean isKnown = failure.kind() != WalletFailure.Kind.UNAUTHENTICATED;
      String body = ask.body();
      refuse(
          ask.caller(),
          ask.source(),
          call.text(),
          ask.key(),
          failure.text(),
          // Of who is nobody little is kept: anybody can send it.
          isKnown || body.length() <= MOST_OF_NOBODY ? body : body.substring(0, MOST_OF_NOBODY));
    }
  }

  /** Records a call that was not accepted; an answer never waits for more than the try. */
  public void refuse(
      Caller caller, String source, String call, String key, String reason, String body) {
    try {
      engine.refuse(caller.name(), source, call, key, reason, body);
    } catch (JdbiException e) {
      LOG.warn(Happening.DATABASE_FAILED, "a refused call could not be recorded", e);
    }
  }
}
