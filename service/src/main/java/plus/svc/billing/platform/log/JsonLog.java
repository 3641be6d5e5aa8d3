package plus.svc.billing.platform.log;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.dropwizard.logging.json.EventJsonLayoutBaseFactory;
import java.util.Map;

/** The log as one JSON object a line; {@code event} names what happened. */
@JsonTypeName("log-json")
public final class JsonLog extends EventJsonLayoutBaseFactory {

  static final String TIMESTAMP = "yyyy-MM-dd'T'HH:mm:ss.SSSX";

  public JsonLog() {
    setTimestampFormat(TIMESTAMP);
    setCustomFieldNames(Map.of("marker", "event"));
  }
}
