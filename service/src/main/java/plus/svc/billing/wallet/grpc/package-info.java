/**
 * The wallet's calls over gRPC, on a port of their own: the published services {@code
 * billing.v1.BillingService} and {@code billing.v1.BillingInternalService}. A message becomes the
 * fields that its JSON would be, and the reply's fields become a message; all else is {@link
 * plus.svc.billing.wallet.api.WalletFacade}'s.
 */
@NullMarked
package plus.svc.billing.wallet.grpc;

import org.jspecify.annotations.NullMarked;
