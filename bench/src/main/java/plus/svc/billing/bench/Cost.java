package plus.svc.billing.bench;

/**
 * What a piece of work took.
 *
 * @param samples how many samples it was for
 * @param seconds by the clock
 * @param clientSeconds processor time of this process
 * @param serverSeconds processor time of PostgreSQL
 * @param heapMegabytes the most heap this process used at any moment
 */
record Cost(
    long samples,
    double seconds,
    double clientSeconds,
    double serverSeconds,
    double heapMegabytes) {

  double samplesPerSecond() {
    return samples / seconds;
  }

  double clientMicros() {
    return clientSeconds / samples * 1e6;
  }

  double serverMicros() {
    return serverSeconds / samples * 1e6;
  }
}
