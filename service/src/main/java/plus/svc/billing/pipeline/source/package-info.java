/**
 * Stage 1. Takes a source's address, trust and credential, gives its snapshots page by page.
 * Promises: bounded memory and time whatever the source sends, and a typed failure that names no
 * secret.
 */
@NullMarked
package plus.svc.billing.pipeline.source;

import org.jspecify.annotations.NullMarked;
