/**
 * The sections of {@code config.yml}: each takes the texts of the file and gives checked settings.
 * What a variable means and what is allowed stands in {@code docs/settings.md}.
 */
@NullMarked
package plus.svc.billing.config;

import org.jspecify.annotations.NullMarked;
