package plus.svc.billing.auth;

import java.security.Principal;
import java.util.Set;

/** Who calls, by the name of the token. */
public record Caller(String name, Set<Right> rights) implements Principal {

  public Caller {
    rights = Set.copyOf(rights);
  }

  /** Whether the right of that text is among ours. */
  boolean holds(String right) {
    return rights.stream().anyMatch(own -> own.text().equals(right));
  }

  @Override
  public String getName() {
    return name;
  }
}
