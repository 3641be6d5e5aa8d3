package plus.svc.billing.admin;

import java.util.Set;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.ops.Doctor;

/** {@code doctor}: whether everything is as it should be, and what to do where it isn't. */
public final class DoctorOperation implements Operation {

  private final Doctor doctor;

  public DoctorOperation(Doctor doctor) {
    this.doctor = doctor;
  }

  @Override
  public String name() {
    return "doctor";
  }

  @Override
  public Set<String> inputs() {
    return Set.of();
  }

  @Override
  public void run(Inputs inputs, Report report) {
    doctor.examine(inputs.caller(), inputs.rights(), report);
  }
}
