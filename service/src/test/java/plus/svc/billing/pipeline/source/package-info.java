@NullMarked
package plus.svc.billing.pipeline.source;

import org.jspecify.annotations.NullMarked;
