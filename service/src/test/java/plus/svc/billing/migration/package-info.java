/**
 * Tests of the schema: what the migrations make of an empty database and of one that an earlier
 * writer filled, what readers find in it, and whether the reference DDL says the same.
 */
@NullMarked
package plus.svc.billing.migration;

import org.jspecify.annotations.NullMarked;
