/**
 * What the tests share: one PostgreSQL server for the whole test run, and a database of its own for
 * each test class.
 */
@NullMarked
package plus.svc.billing.testing;

import org.jspecify.annotations.NullMarked;
