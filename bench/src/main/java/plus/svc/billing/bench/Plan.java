package plus.svc.billing.bench;

/**
 * How much a run does.
 *
 * @param steadyMinutes newest minutes, one after the other, of every node
 * @param backlogMinutes minutes of backlog of every node
 * @param pageMinutes snapshots in one page of a backlog
 * @param longMinutes minutes of the long backlog, 0 to leave it out
 */
record Plan(
    int rounds,
    int nodes,
    int accountsPerNode,
    int steadyMinutes,
    int backlogMinutes,
    int pageMinutes,
    int longMinutes,
    double oldWaySeconds,
    String only,
    boolean profile) {

  static Plan of(boolean quick, int nodes, int accountsPerNode) {
    return quick
        ? new Plan(1, nodes, accountsPerNode, 6, 15, 15, 0, 3, "", false)
        : new Plan(3, nodes, accountsPerNode, 15, 60, 60, 0, 5, "", false);
  }

  /** The same with other sizes, 0 leaves them. */
  Plan with(int otherRounds, int otherSteadyMinutes, int otherBacklogMinutes, int ofLong) {
    return new Plan(
        otherRounds > 0 ? otherRounds : rounds,
        nodes,
        accountsPerNode,
        otherSteadyMinutes > 0 ? otherSteadyMinutes : steadyMinutes,
        otherBacklogMinutes > 0 ? otherBacklogMinutes : backlogMinutes,
        pageMinutes,
        ofLong,
        oldWaySeconds,
        only,
        profile);
  }

  /** The same, only cases whose name contains this, with or without the statements' times. */
  Plan showing(String cases, boolean statements) {
    return new Plan(
        rounds,
        nodes,
        accountsPerNode,
        steadyMinutes,
        backlogMinutes,
        pageMinutes,
        longMinutes,
        oldWaySeconds,
        cases,
        statements);
  }

  boolean runs(String name) {
    return name.contains(only);
  }

  boolean longBacklog() {
    return longMinutes > 0;
  }

  /** Minutes of the longest case. */
  int mostMinutes() {
    return Math.max(longMinutes, Math.max(2 * steadyMinutes, backlogMinutes));
  }

  String describe() {
    return nodes
        + " nodes x "
        + accountsPerNode
        + " accounts of their own; steady state "
        + steadyMinutes
        + " minutes; backlog "
        + backlogMinutes
        + " minutes a node in pages of "
        + pageMinutes
        + "; rounds "
        + rounds;
  }
}
