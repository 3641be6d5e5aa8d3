/**
 * The wallet's part of the demo: platform services and a shop that use it over HTTP and gRPC, a
 * payment service that misbehaves, and a reckoning of what they were answered.
 *
 * <pre>
 * PlatformService ──▶ Caller ──▶ the service ──▶ Books ──▶ WalletReckoning ◀── the database
 * Shop, Cashier ◀──▶ PaymentEmulator ────────────────────────────▲
 * </pre>
 */
@NullMarked
package plus.svc.billing.demo.wallet;

import org.jspecify.annotations.NullMarked;
