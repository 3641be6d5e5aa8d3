package plus.svc.billing.auth;

import java.security.Principal;
import java.util.Set;
import plus.svc.billing.quantity.NodeKey;

/**
 * Who calls, by the name of the token.
 *
 * @param nodes the only nodes the caller may speak for; empty if it is bound to none
 */
public record Caller(String name, Set<Right> rights, Set<NodeKey> nodes) implements Principal {

  public Caller {
    rights = Set.copyOf(rights);
    nodes = Set.copyOf(nodes);
  }

  /** A caller that is bound to no node. */
  public Caller(String name, Set<Right> rights) {
    this(name, rights, Set.of());
  }

  /** Whether the right of that text is among ours. */
  boolean holds(String right) {
    return rights.stream().anyMatch(own -> own.text().equals(right));
  }

  /** Whether the caller may speak for the node. */
  public boolean mayPush(NodeKey node) {
    return nodes.isEmpty() || nodes.contains(node);
  }

  @Override
  public String getName() {
    return name;
  }
}
