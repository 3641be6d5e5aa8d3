/**
 * The seam to a payment service: {@link plus.svc.billing.wallet.payment.PaymentService} makes a
 * payment for an order and tells how it stands. Two adapters speak to a real one, by gRPC ({@code
 * billing/payment/v1/payment.proto}) or by HTTP; {@link
 * plus.svc.billing.wallet.payment.GuardedPayments} puts a deadline, tries again and a circuit
 * before either. Nothing here knows orders' states or money's ledger.
 */
@NullMarked
package plus.svc.billing.wallet.payment;

import org.jspecify.annotations.NullMarked;
