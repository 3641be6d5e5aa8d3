/**
 * Takes a source's address, trust and credential, gives the pages it answers with. Promises: the
 * server's certificate and name are always checked, no redirect is followed, a request ends by its
 * deadline whatever the server does, and no message holds a secret.
 */
@NullMarked
package plus.svc.billing.pipeline.source.http;

import org.jspecify.annotations.NullMarked;
