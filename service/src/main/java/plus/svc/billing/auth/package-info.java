/**
 * Who calls and what they may do: bearer tokens from the header, each with a name and rights. A
 * call without a token gets 401, a token without the right 403.
 */
@NullMarked
package plus.svc.billing.auth;

import org.jspecify.annotations.NullMarked;
