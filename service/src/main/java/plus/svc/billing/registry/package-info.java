/**
 * Which sources there are: those of the settings, which win, and those added at run time, which the
 * database keeps for all instances. Promises: what is taken in has passed the checks of a start,
 * nobody's secret is stored, and a change reaches every instance without a restart.
 */
@NullMarked
package plus.svc.billing.registry;

import org.jspecify.annotations.NullMarked;
