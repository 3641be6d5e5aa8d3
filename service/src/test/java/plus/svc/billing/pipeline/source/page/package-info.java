@NullMarked
package plus.svc.billing.pipeline.source.page;

import org.jspecify.annotations.NullMarked;
