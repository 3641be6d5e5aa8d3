package plus.svc.billing.pipeline;

import plus.svc.billing.quantity.NodeKey;

/**
 * Another pair of env and node has the same name in the shared tables, where the two would be one;
 * nothing of the node was written.
 */
public final class NodeNameTaken extends RuntimeException {

  private static final long serialVersionUID = 1L;

  NodeNameTaken(NodeKey node) {
    super(
        "node "
            + node.composed()
            + " is taken by another pair of env and node of the same composed name;"
            + " rename one of them");
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
