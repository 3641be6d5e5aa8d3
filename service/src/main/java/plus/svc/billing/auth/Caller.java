package plus.svc.billing.auth;

import java.security.Principal;
import java.util.Collection;
import java.util.Set;
import java.util.UUID;
import plus.svc.billing.quantity.NodeKey;

/**
 * Who calls, by the name of the token.
 *
 * @param nodes the only nodes the caller may speak for; empty if it is bound to none
 * @param accounts the only accounts it may use; empty if it is bound to none
 */
public record Caller(String name, Set<Right> rights, Set<NodeKey> nodes, Set<UUID> accounts)
    implements Principal {

  public Caller {
    rights = Set.copyOf(rights);
    nodes = Set.copyOf(nodes);
    accounts = Set.copyOf(accounts);
  }

  /** A caller that is bound to no node and no account. */
  public Caller(String name, Set<Right> rights) {
    this(name, rights, Set.of(), Set.of());
  }

  /** A caller that is bound to no account. */
  public Caller(String name, Set<Right> rights, Set<NodeKey> nodes) {
    this(name, rights, nodes, Set.of());
  }

  /** Whether the caller has a right. */
  public boolean may(Right right) {
    return rights.contains(right);
  }

  /** Whether the caller may use all of these accounts. */
  public boolean mayUse(Collection<UUID> wanted) {
    return accounts.isEmpty() || accounts.containsAll(wanted);
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
