/**
 * Takes snapshots that nodes push, gives each to the pipeline and tells what became of it once it
 * is committed. Promises: a body in memory at most so often at a time, nothing written of a body
 * that cannot be read whole, and that sending the same again changes nothing.
 */
@NullMarked
package plus.svc.billing.ingest;

import org.jspecify.annotations.NullMarked;
