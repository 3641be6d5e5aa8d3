@NullMarked
package plus.svc.billing.pipeline.source.walk;

import org.jspecify.annotations.NullMarked;
