package plus.svc.billing.collector;

import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.function.BooleanSupplier;
import plus.svc.billing.pipeline.source.page.WindowFetcher;

/**
 * What the runs of all sources work with.
 *
 * @param lanes where runs take their turns
 * @param readers where pages are read ahead
 */
record RunTools(
    CollectorPlan plan,
    SourceBook book,
    WindowFetcher fetcher,
    PageSink sink,
    InstantSource clock,
    Lanes lanes,
    ExecutorService readers,
    BooleanSupplier stopping) {}
