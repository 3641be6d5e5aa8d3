/**
 * A cache of what reads of accounts answered, by option. Takes and gives compact values that are no
 * older than a stated time. Promises: it may be down, slow, emptied or full of lies: then it gives
 * nothing. Nothing that changes money or quota ever asks it.
 */
@NullMarked
package plus.svc.billing.wallet.cache;

import org.jspecify.annotations.NullMarked;
