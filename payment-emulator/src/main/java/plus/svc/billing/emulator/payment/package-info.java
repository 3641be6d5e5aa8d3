/**
 * An emulator of a payment service: payments are made by gRPC ({@code
 * billing/payment/v1/payment.proto}) or HTTP, end as scripted, and are told by signed callbacks. It
 * knows the published proto and nothing of the service, so that it can stand as an independent
 * witness.
 *
 * <pre>
 * GrpcFace, HttpFace ──▶ PaymentBook (idempotent by order) ──settle──▶ Callbacks
 * </pre>
 */
@NullMarked
package plus.svc.billing.emulator.payment;

import org.jspecify.annotations.NullMarked;
