/**
 * An emulator of the platform's traffic exporters. It depends on nothing else of this project, so
 * that it can stand as an independent witness in tests and run alone.
 *
 * <pre>
 * xray (counters, people's traffic) ──scrape──▶ window (history, the API) ──▶ fault ──▶ socket
 * </pre>
 *
 * {@code tls} makes the certificates that tests and development need.
 */
@NullMarked
package plus.svc.billing.emulator;

import org.jspecify.annotations.NullMarked;
