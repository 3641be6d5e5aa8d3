@NullMarked
package plus.svc.billing.pipeline.source.http;

import org.jspecify.annotations.NullMarked;
