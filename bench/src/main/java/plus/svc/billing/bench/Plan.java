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

  static Plan of(
      boolean quick, int rounds, int nodes, int accountsPerNode, String only, boolean profile) {
    return quick
        ? new Plan(rounds > 0 ? rounds : 1, nodes, accountsPerNode, 6, 15, 15, 50, 3, only, profile)
        : new Plan(
            rounds > 0 ? rounds : 3, nodes, accountsPerNode, 10, 60, 60, 50, 5, only, profile);
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
