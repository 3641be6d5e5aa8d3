package plus.svc.billing.pipeline.source.http;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.platform.log.Happening;

/**
 * Follows a source's credential and trust. What the references name is read again for each request
 * and compared, so that no way of replacing a file is missed: rename, swapped symbolic link, or
 * written over in place.
 *
 * <p>What changed is taken once it stood still for a moment, and only if it is fit for use; else
 * the old one stays in use and {@link #alarm()} says why.
 */
final class CredentialWatch {

  /** A file that stays the same for so long is not being written. */
  private static final Duration STILL = Duration.ofMillis(150);

  private static final Logger LOG = LoggerFactory.getLogger(CredentialWatch.class);

  /** After so many looks at a file that keeps changing, the next request looks again. */
  private static final int LOOKS = 6;

  private final SourceSpec source;
  private final SecretRefs refs;
  private final Pause pause;

  private volatile @Nullable String alarm;

  // Guarded by this.
  private @Nullable Look taken;
  private @Nullable Look refused;
  private @Nullable ReadyCredential ready;

  CredentialWatch(SourceSpec source, SecretRefs refs) {
    this(source, refs, () -> TimeUnit.MILLISECONDS.sleep(STILL.toMillis()));
  }

  CredentialWatch(SourceSpec source, SecretRefs refs, Pause pause) {
    this.source = source;
    this.refs = refs;
    this.pause = pause;
  }

  /** The time between two looks at something that changed. */
  @FunctionalInterface
  interface Pause {
    void await() throws InterruptedException;
  }

  /**
   * One look at the references.
   *
   * @param texts null if they cannot all be read
   * @param trouble why not; '' if they can
   */
  private record Look(@Nullable CredentialTexts texts, String trouble) {}

  /**
   * What the next request uses: the same instance until something changed.
   *
   * @throws SourceFailure {@code credential} if there is nothing to use, new or old
   */
  synchronized ReadyCredential current() throws SourceFailure {
    Look look = look();
    ReadyCredential old = ready;
    if (old == null) {
      return take(look);
    }
    if (look.equals(taken)) {
      clearAlarm();
      return old;
    }
    if (look.equals(refused)) {
      return old;
    }
    Look still = stoodStill(look);
    if (still == null || still.equals(taken)) {
      return old;
    }
    try {
      ReadyCredential fresh = take(still);
      LOG.info(
          Happening.CREDENTIAL_RENEWED,
          "source {}: uses its new credential or trust from now on",
          source.id());
      return fresh;
    } catch (SourceFailure e) {
      refused = still;
      raise(e.reason());
      return old;
    }
  }

  /** Why the newest credential or trust is not in use; null if it is. */
  @Nullable String alarm() {
    return alarm;
  }

  private ReadyCredential take(Look look) throws SourceFailure {
    CredentialTexts texts = look.texts();
    if (texts == null) {
      throw new SourceFailure(SourceFailure.Kind.CREDENTIAL, look.trouble());
    }
    ReadyCredential fresh = ReadyCredential.of(source, texts);
    ready = fresh;
    taken = look;
    clearAlarm();
    return fresh;
  }

  private Look look() {
    try {
      return new Look(CredentialTexts.read(source, refs), "");
    } catch (SourceFailure e) {
      return new Look(null, e.reason());
    }
  }

  /** The look after which nothing moved any more, null if there was none. */
  private @Nullable Look stoodStill(Look first) {
    Look before = first;
    for (int i = 0; i < LOOKS; i++) {
      try {
        pause.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      }
      Look after = look();
      if (after.equals(before)) {
        return after;
      }
      before = after;
    }
    return null;
  }

  private void raise(String reason) {
    if (!Objects.equals(reason, alarm)) {
      LOG.warn(
          Happening.CREDENTIAL_UNFIT,
          "source {}: keeps its old credential and trust, since {}",
          source.id(),
          reason);
    }
    alarm = reason;
  }

  private void clearAlarm() {
    refused = null;
    if (alarm != null) {
      LOG.info(
          Happening.CREDENTIAL_FIT,
          "source {}: its credential and trust can be used again",
          source.id());
      alarm = null;
    }
  }
}
