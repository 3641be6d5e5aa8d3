package plus.svc.billing.platform.setting;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.ConfigurationFactory;
import io.dropwizard.configuration.DefaultConfigurationFactoryFactory;
import io.dropwizard.configuration.YamlConfigurationFactory;
import jakarta.validation.Validator;
import java.io.IOException;
import java.util.Map;
import org.apache.commons.text.StringSubstitutor;
import org.jspecify.annotations.Nullable;

/**
 * Reads YAML and puts variables into its texts: {@code ${NAME}} and {@code ${NAME:-default}},
 * nested ones too.
 *
 * <p>Dropwizard's own way replaces in the file's text before YAML is parsed, so that a quote, a
 * {@code #} or a line end in a value changes the document. Here the document is parsed first and a
 * value always stays one text, whatever is in it; what it holds is not substituted again.
 */
public final class SubstitutingFactoryFactory<T> extends DefaultConfigurationFactoryFactory<T> {

  private final Map<String, String> variables;

  public SubstitutingFactoryFactory(Map<String, String> variables) {
    this.variables = Map.copyOf(variables);
  }

  @Override
  public ConfigurationFactory<T> create(
      Class<T> type, Validator validator, ObjectMapper mapper, String propertyPrefix) {
    return new Factory<>(
        type, validator, configureObjectMapper(mapper.copy()), propertyPrefix, variables);
  }

  private static final class Factory<T> extends YamlConfigurationFactory<T> {

    private final StringSubstitutor substitutor;

    Factory(
        Class<T> type,
        @Nullable Validator validator,
        ObjectMapper mapper,
        String propertyPrefix,
        Map<String, String> variables) {
      super(type, validator, mapper, propertyPrefix);
      this.substitutor =
          new StringSubstitutor(variables)
              .setEnableSubstitutionInVariables(true)
              .setDisableSubstitutionInValues(true)
              .setEnableUndefinedVariableException(true);
    }

    @Override
    protected T build(JsonNode node, String path) throws IOException, ConfigurationException {
      return super.build(substituted(node), path);
    }

    private JsonNode substituted(JsonNode node) {
      if (node instanceof ObjectNode object) {
        object.properties().forEach(field -> field.setValue(substituted(field.getValue())));
      } else if (node instanceof ArrayNode array) {
        for (int i = 0; i < array.size(); i++) {
          array.set(i, substituted(array.get(i)));
        }
      } else if (node.isTextual()) {
        return TextNode.valueOf(textOf(node.textValue()));
      }
      return node;
    }

    private String textOf(String template) {
      try {
        return substitutor.replace(template);
      } catch (IllegalArgumentException e) {
        // Its message holds the template only, which is what the file shows.
        throw new StartRefused("the configuration uses a variable that is not set: " + template);
      }
    }
  }
}
