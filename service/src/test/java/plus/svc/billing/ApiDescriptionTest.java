package plus.svc.billing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import plus.svc.billing.api.ErrorMessage;
import plus.svc.billing.auth.Needs;
import plus.svc.billing.auth.Open;

/** The description and the code name the same calls, rights and fields, in both directions. */
class ApiDescriptionTest {

  private static final String SCHEMAS = "/components/schemas";

  /** Every method of a resource of ours, by operation. */
  private static Map<String, Method> resourceMethods() throws Exception {
    Map<String, Method> methods = new TreeMap<>();
    for (JavaClass type :
        new ClassFileImporter()
            .importUrl(
                BillingApplication.class.getProtectionDomain().getCodeSource().getLocation())) {
      if (!type.isAnnotatedWith(Path.class)) {
        continue;
      }
      Class<?> resource = Class.forName(type.getName());
      for (Method method : resource.getDeclaredMethods()) {
        String verb = verb(method);
        if (!verb.isEmpty()) {
          Path own = method.getAnnotation(Path.class);
          String path = resource.getAnnotation(Path.class).value() + "/";
          path += own == null ? "" : own.value();
          path = "/" + path.replaceAll("/+", "/").replaceAll("^/|/$", "");
          assertThat(methods.put(verb + " " + path, method)).as(path).isNull();
        }
      }
    }
    return methods;
  }

  private static String verb(Method method) {
    for (Annotation annotation : method.getAnnotations()) {
      HttpMethod verb = annotation.annotationType().getAnnotation(HttpMethod.class);
      if (verb != null) {
        return verb.value();
      }
    }
    return "";
  }

  @Test
  void theDescriptionNamesEveryResourceMethodAndNoOther() throws Exception {
    assertThat(ApiContract.operations(ApiContract.Port.APPLICATION))
        .isEqualTo(resourceMethods().keySet());
  }

  @Test
  void theDescriptionTellsTheRightThatTheCodeAsksFor() throws Exception {
    resourceMethods()
        .forEach(
            (operation, method) -> {
              JsonNode security = ApiContract.operation(operation).path("security");
              Needs needs = method.getAnnotation(Needs.class);
              if (needs == null) {
                assertThat(method.isAnnotationPresent(Open.class)).as(operation).isTrue();
                assertThat(security.isArray() && security.isEmpty()).as(operation).isTrue();
              } else {
                assertThat(security.toString())
                    .as(operation)
                    .isEqualTo(
                        "[{\"token\":[\""
                            + needs.value().text()
                            + "\"]}"
                            + (needs.orSigned() ? ",{\"paymentSignature\":[]}]" : "]"));
                assertThat(ApiContract.operation(operation).path("responses").properties())
                    .as(operation)
                    .extracting(Map.Entry::getKey)
                    .contains("401", "403", "429");
              }
            });
  }

  @Test
  void theDescriptionHasTheFieldsOfEveryRecordAndNoOther() throws Exception {
    List<Class<?>> records = new ArrayList<>();
    for (JavaClass type :
        new ClassFileImporter()
            .importUrl(ErrorMessage.class.getProtectionDomain().getCodeSource().getLocation())) {
      if (type.getPackageName().equals(ErrorMessage.class.getPackageName()) && type.isRecord()) {
        records.add(Class.forName(type.getName()));
      }
    }
    assertThat(records).hasSizeGreaterThan(8);
    for (Class<?> type : records) {
      String name = type == ErrorMessage.class ? "Error" : type.getSimpleName();
      JsonNode schema = ApiContract.document().at(SCHEMAS).path(name);
      Set<String> all = new TreeSet<>();
      Set<String> always = new TreeSet<>();
      fields(type, all, always);
      assertThat(schema.path("properties").properties())
          .as(name)
          .extracting(Map.Entry::getKey)
          .containsExactlyInAnyOrderElementsOf(all);
      Set<String> required = new TreeSet<>();
      schema.path("required").forEach(field -> required.add(field.asText()));
      required.removeAll(onlyByKind(type));
      always.removeAll(onlyByKind(type));
      assertThat(required).as(name).isEqualTo(always);
    }
  }

  /** Its fields, and those that are never left out. */
  private static void fields(Class<?> type, Set<String> all, Set<String> always) {
    boolean leavesOut = type.isAnnotationPresent(JsonInclude.class);
    for (RecordComponent component : type.getRecordComponents()) {
      if (component.getAccessor().isAnnotationPresent(JsonUnwrapped.class)) {
        fields(component.getType(), all, always);
        continue;
      }
      String field = component.getAccessor().getAnnotation(JsonProperty.class).value();
      all.add(field);
      boolean mayBeLeftOut =
          component.getAccessor().isAnnotationPresent(JsonInclude.class)
              || (leavesOut && canBeLeftOut(component, type));
      if (!mayBeLeftOut) {
        always.add(field);
      }
    }
  }

  /** Texts and optional parts; a number is never empty. */
  private static boolean canBeLeftOut(RecordComponent component, Class<?> type) {
    boolean onlyNull =
        type.getAnnotation(JsonInclude.class).value() == JsonInclude.Include.NON_NULL;
    return !component.getType().isPrimitive() && (!onlyNull || component.getType() != String.class);
  }

  /** A source always has an id, though an empty text would be left out. */
  private static Set<String> onlyByKind(Class<?> type) {
    return type.getSimpleName().equals("SourceStatus") ? Set.of("source_id") : Set.of();
  }

  @Test
  void everyReferenceLeadsSomewhereAndEveryShapeIsUsed() {
    Set<String> used = new HashSet<>();
    ApiContract.document()
        .findValues("$ref")
        .forEach(
            reference -> {
              assertThat(ApiContract.document().at(reference.asText().substring(1)))
                  .as(reference.asText())
                  .isNotEmpty();
              used.add(reference.asText());
            });
    ApiContract.document()
        .at(SCHEMAS)
        .properties()
        .forEach(schema -> assertThat(used).contains("#" + SCHEMAS + "/" + schema.getKey()));
  }

  @Test
  void everyOperationHasANameASummaryATagAndAnswers() {
    Set<String> names = new HashSet<>();
    Set<String> tags = new HashSet<>();
    ApiContract.document().path("tags").forEach(tag -> tags.add(tag.path("name").asText()));
    for (ApiContract.Port port : ApiContract.Port.values()) {
      for (String operation : ApiContract.operations(port)) {
        JsonNode call = ApiContract.operation(operation);
        assertThat(names.add(call.path("operationId").asText())).as(operation).isTrue();
        assertThat(call.path("summary").asText()).as(operation).endsWith(".");
        assertThat(tags).as(operation).contains(call.at("/tags/0").asText());
        for (JsonNode answer : call.path("responses")) {
          assertThat(ApiContract.resolved(answer).path("description").asText())
              .as(operation)
              .isNotBlank();
        }
      }
    }
  }
}
