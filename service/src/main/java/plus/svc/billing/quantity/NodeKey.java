package plus.svc.billing.quantity;

/**
 * A node within its environment: the pair that owns a set of counters.
 *
 * @param env environment, for example {@code prod}; blank if the exporter has none
 * @param node node id as the exporter sends it, never blank
 */
public record NodeKey(String env, String node) {

  public NodeKey {
    env = env.strip();
    node = node.strip();
    if (node.isEmpty()) {
      throw new IllegalArgumentException("node is blank: the exporter must send its node_id");
    }
  }

  /**
   * The node id of the shared tables: {@code env:node}, or the bare node where env is blank. Not
   * injective ({@code a:b}, {@code c} and {@code a}, {@code b:c} collide); our own tables keep both
   * parts and refuse a second node with the same composed form.
   */
  public String composed() {
    return env.isEmpty() ? node : env + ":" + node;
  }
}
