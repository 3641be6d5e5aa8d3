/**
 * The service as a process of its own on a real PostgreSQL, both ended in every rude way, and what
 * the facts are afterwards.
 */
@NullMarked
package plus.svc.billing.crash;

import org.jspecify.annotations.NullMarked;
