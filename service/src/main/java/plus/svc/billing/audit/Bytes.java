package plus.svc.billing.audit;

/** Bytes in both directions; the difference of two may be negative. */
record Bytes(long up, long down) {

  static final Bytes NONE = new Bytes(0, 0);

  Bytes plus(Bytes other) {
    return new Bytes(Math.addExact(up, other.up), Math.addExact(down, other.down));
  }

  Bytes minus(Bytes other) {
    return new Bytes(Math.subtractExact(up, other.up), Math.subtractExact(down, other.down));
  }

  long total() {
    return up + down;
  }

  boolean isNone() {
    return up == 0 && down == 0;
  }
}
