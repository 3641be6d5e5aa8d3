/** Tests of the wallet's gRPC face. */
@NullMarked
package plus.svc.billing.wallet.grpc;

import org.jspecify.annotations.NullMarked;
