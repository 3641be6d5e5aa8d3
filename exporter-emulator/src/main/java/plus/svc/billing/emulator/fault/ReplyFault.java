package plus.svc.billing.emulator.fault;

import plus.svc.billing.emulator.window.Exporter;
import plus.svc.billing.emulator.window.Request;

/** Goes wrong with a reply from the snapshot routes; the history stays as it is. */
public sealed interface ReplyFault extends Fault permits WireFault, PageFault {
  When when();

  /** Spoils an answer; several faults spoil one after the other. */
  Answer spoil(Answer answer, Request request, Exporter exporter);
}
