/**
 * Who calls and what they may do: bearer tokens from the header, each with a name, rights and
 * perhaps the nodes it is bound to. A call without a token gets 401, a token without the right 403,
 * an address that tried too many wrong ones 429.
 */
@NullMarked
package plus.svc.billing.auth;

import org.jspecify.annotations.NullMarked;
