/**
 * How a setting travels from the environment to a checked value: dotenv files, substitution on the
 * parsed tree, parsing, and one error for all that is wrong.
 */
@NullMarked
package plus.svc.billing.platform.setting;

import org.jspecify.annotations.NullMarked;
