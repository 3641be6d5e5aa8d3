package plus.svc.billing.auth;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The right that a call of this resource method needs. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Needs {

  /** The right. */
  Right value();

  /** Whether loopback may call without a token where the operator allows that. */
  boolean orLoopback() default false;

  /**
   * Whether who shows no token at all is let through without a caller: the method then sees to it
   * itself that the call is signed.
   */
  boolean orSigned() default false;
}
