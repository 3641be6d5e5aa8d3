package plus.svc.billing.collector;

/** Which slots of the pool a source may use, by how it behaved last. */
enum Lane {
  /** It answered in time, or was never asked. */
  READY,
  /** It answers, but keeps a slot waiting. */
  SLOW,
  /** It failed, or never answered at all. */
  FAILING
}
