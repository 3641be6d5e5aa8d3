/**
 * Measures the write path within one run on one PostgreSQL: the service, the floor (COPY of the
 * same rows) and the earlier writer's nine statements a sample. No part of the product.
 */
@NullMarked
package plus.svc.billing.bench;

import org.jspecify.annotations.NullMarked;
