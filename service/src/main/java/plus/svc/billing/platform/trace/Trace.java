package plus.svc.billing.platform.trace;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A piece of work as a trace shows it. What begins while it runs is a part of it. */
public final class Trace implements AutoCloseable {

  private static final String LIBRARY = "plus.svc.billing";

  private final Span span;
  private final Context context;

  private Trace(Span span) {
    this.span = span;
    this.context = span.storeInContext(Context.current());
  }

  /** Begins a part of what runs in this thread, or a trace of its own where nothing does. */
  public static Trace begin(String name) {
    return new Trace(builder(name).startSpan());
  }

  /** The same with an attribute; nothing personal, nothing secret. */
  public static Trace begin(String name, String key, String value) {
    return new Trace(builder(name).setAttribute(key, value).startSpan());
  }

  /**
   * Begins what is done for several: a part of the first, linked to all the others.
   *
   * @param of where each came from, see {@link #here()}; at least one
   */
  public static Trace shared(String name, List<Here> of) {
    SpanBuilder builder = builder(name).setParent(of.get(0).context());
    of.subList(1, of.size())
        .forEach(other -> builder.addLink(Span.fromContext(other.context()).getSpanContext()));
    return new Trace(builder.startSpan());
  }

  private static SpanBuilder builder(String name) {
    return GlobalOpenTelemetry.getTracer(LIBRARY).spanBuilder(name);
  }

  /** A place in a trace, to go on from in another thread. */
  public record Here(Context context) {}

  /** What runs in this thread. */
  public static Here here() {
    return new Here(Context.current());
  }

  /** The work as a part of what runs in this thread, for another one. */
  public static <T> Callable<T> carry(Callable<T> work) {
    return Context.current().wrap(work);
  }

  /** Does work in it, in this thread; it goes on after that. */
  public void run(Runnable work) {
    context.wrap(work).run();
  }

  /** Makes it what runs in this thread, until what this gives is closed. */
  @SuppressWarnings("MustBeClosedChecker") // closed by what is given
  public AutoCloseableScope enter() {
    Scope scope = context.makeCurrent();
    return scope::close;
  }

  /** Ends what {@link #enter()} began. */
  @FunctionalInterface
  public interface AutoCloseableScope {
    void close();
  }

  /** Ends it; with an error if there is one, which holds no secret. */
  public void end(@Nullable String error) {
    if (error != null) {
      span.setStatus(StatusCode.ERROR, error);
    }
    span.end();
  }

  @Override
  public void close() {
    end(null);
  }
}
