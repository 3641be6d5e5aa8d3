package plus.svc.billing.wallet;

/** Why an operation that was understood is not done. */
public enum Refusal {
  /** There is no such account. */
  ACCOUNT_NOT_FOUND,
  /** An account of that id has other attributes. */
  ACCOUNT_EXISTS,
  /** What may be spent is less than what is asked for. */
  INSUFFICIENT_BALANCE,
  /** No such service is configured. */
  UNKNOWN_SERVICE,
  /** The account is kept in another unit. */
  UNIT_DIFFERS,
  /** The legs of a group don't sum to zero in each unit. */
  NOT_BALANCED,
  /** There is no such hold. */
  HOLD_NOT_FOUND,
  /** The hold was committed, voided, or has expired. */
  HOLD_ENDED,
  /** More is asked for than is held. */
  HOLD_EXCEEDED,
  /** There is no such operation, or it posted nothing. */
  OPERATION_NOT_FOUND,
  /** The operation was reversed before. */
  ALREADY_REVERSED
}
