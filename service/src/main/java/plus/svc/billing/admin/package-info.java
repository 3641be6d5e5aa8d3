/**
 * The admin port: operations an operator asks for, each told once and shown as a task, as JSON and
 * on the command line.
 */
@NullMarked
package plus.svc.billing.admin;

import org.jspecify.annotations.NullMarked;
