package plus.svc.billing.pipeline.source.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceFailure.Kind;

/** Says how a page was refused. */
record Refusal(SourceFailure failure) {

  static Refusal of(ThrowingCallable decoding) {
    SourceFailure failure = catchThrowableOfType(SourceFailure.class, decoding);
    assertThat(failure).as("a refusal").isNotNull();
    return new Refusal(failure);
  }

  void isTruncated() {
    assertThat(failure.kind()).isEqualTo(Kind.TRUNCATED);
  }

  void isMalformed() {
    assertThat(failure.kind()).isEqualTo(Kind.MALFORMED);
  }

  void isTooLarge(String reason) {
    assertThat(failure.kind()).isEqualTo(Kind.TOO_LARGE);
    assertThat(failure).hasMessageContaining(reason);
  }

  void doesNotSay(String text) {
    assertThat(failure.toString()).doesNotContain(text);
    assertThat(failure.getCause()).isNull();
  }
}
