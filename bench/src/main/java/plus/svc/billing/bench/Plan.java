package plus.svc.billing.bench;

/**
 * How much a run does.
 *
 * @param steadyMinutes newest minutes, one after the other, of every node
 * @param backlogMinutes minutes of backlog of every node
 * @param pageMinutes snapshots in one page of a backlog
 * @param join pages of different nodes in one transaction of the steady state
 */
record Plan(
    int rounds,
    int nodes,
    int accountsPerNode,
    int steadyMinutes,
    int backlogMinutes,
    int pageMinutes,
    int join,
    double oldWaySeconds,
    String only,
    boolean profile) {

  static Plan of(boolean quick, int nodes, int accountsPerNode) {
    return quick
        ? new Plan(1, nodes, accountsPerNode, 6, 15, 15, 50, 3, "", false)
        : new Plan(3, nodes, accountsPerNode, 15, 60, 60, 50, 5, "", false);
  }

  /** The same with other sizes, 0 leaves them. */
  Plan with(int otherRounds, int otherSteadyMinutes, int otherBacklogMinutes) {
    return new Plan(
        otherRounds > 0 ? otherRounds : rounds,
        nodes,
        accountsPerNode,
        otherSteadyMinutes > 0 ? otherSteadyMinutes : steadyMinutes,
        otherBacklogMinutes > 0 ? otherBacklogMinutes : backlogMinutes,
        pageMinutes,
        join,
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
        join,
        oldWaySeconds,
        cases,
        statements);
  }

  boolean runs(String name) {
    return name.contains(only);
  }

  String describe() {
    return nodes
        + " nodes x "
        + accountsPerNode
        + " accounts of their own; steady state "
        + steadyMinutes
        + " minutes, "
        + join
        + " nodes a transaction; backlog "
        + backlogMinutes
        + " minutes a node in pages of "
        + pageMinutes
        + "; rounds "
        + rounds;
  }
}
