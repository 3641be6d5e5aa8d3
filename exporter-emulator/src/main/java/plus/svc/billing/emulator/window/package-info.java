/**
 * The window API of both real exporters: what a request is answered with. No sockets, no faults;
 * requests and replies are values.
 */
@NullMarked
package plus.svc.billing.emulator.window;

import org.jspecify.annotations.NullMarked;
