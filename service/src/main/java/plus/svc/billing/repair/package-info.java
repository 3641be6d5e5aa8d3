/**
 * Mends what is not as its evidence says: replays a stretch of time from the exporters or from the
 * archive, decides on samples that were set aside, shows and sets how far sources were read. Dry
 * unless it is told to apply; the ledger only grows.
 */
@NullMarked
package plus.svc.billing.repair;

import org.jspecify.annotations.NullMarked;
