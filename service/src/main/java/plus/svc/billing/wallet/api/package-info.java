/**
 * The wallet's calls, over HTTP; {@link plus.svc.billing.wallet.api.WalletFacade} takes the same
 * ones of gRPC. A face reads {@link plus.svc.billing.wallet.api.Fields} and writes one of {@link
 * plus.svc.billing.wallet.api.Replies}; right, scope, key, codes and the record of what was not
 * accepted are the facade's.
 */
@NullMarked
package plus.svc.billing.wallet.api;

import org.jspecify.annotations.NullMarked;
