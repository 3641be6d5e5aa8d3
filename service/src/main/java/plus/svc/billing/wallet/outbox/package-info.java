/**
 * What other systems are told of accounts. Takes notices within the transaction that found them,
 * gives them to webhook targets: signed, in the order of each account, at least once. Promises:
 * what was committed is delivered or ends as a dead letter that an operator can send again; no
 * account and no target holds another one up; nothing is sent to an address that is not allowed.
 */
@NullMarked
package plus.svc.billing.wallet.outbox;

import org.jspecify.annotations.NullMarked;
