package plus.svc.billing.platform;

import java.lang.reflect.Type;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.argument.ArgumentFactory;
import org.jdbi.v3.core.config.ConfigRegistry;

/** Binds arrays in PostgreSQL's binary form. */
final class ArrayArguments implements ArgumentFactory.Preparable {

  @Override
  public Optional<Function<Object, Argument>> prepare(Type type, ConfigRegistry config) {
    return type instanceof Class<?> array && WireArray.isKnown(array)
        ? Optional.of(ArrayArguments::bound)
        : Optional.empty();
  }

  private static Argument bound(Object array) {
    return (position, statement, context) ->
        statement.setObject(position, WireArray.of(array, statement.getConnection()));
  }
}
