/** Admin tasks: {@code POST /tasks/<name>} on the admin port, thin, one class a verb. */
@NullMarked
package plus.svc.billing.admin;

import org.jspecify.annotations.NullMarked;
