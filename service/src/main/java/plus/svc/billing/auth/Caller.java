package plus.svc.billing.auth;

import java.security.Principal;
import java.util.Set;

/** Who calls, by the name of the token. */
public record Caller(String name, Set<Right> rights) implements Principal {

  public Caller {
    rights = Set.copyOf(rights);
  }

  @Override
  public String getName() {
    return name;
  }
}
