package plus.svc.billing.emulator.fault;

import plus.svc.billing.emulator.window.Reply;

/** A reply and how it is delivered. */
public record Answer(Reply reply, Delivery delivery) {
  public static Answer honest(Reply reply) {
    return new Answer(reply, Delivery.PLAIN);
  }

  Answer with(Reply other) {
    return new Answer(other, delivery);
  }

  Answer with(Delivery other) {
    return new Answer(reply, other);
  }
}
