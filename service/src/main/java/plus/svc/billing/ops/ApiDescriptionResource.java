package plus.svc.billing.ops;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import plus.svc.billing.auth.Open;

/** The description of every call, as OpenAPI and as a page. It lies open: it holds no secret. */
@Path("/")
public final class ApiDescriptionResource {

  private static final String YAML = "application/yaml";
  private static final String HTML = MediaType.TEXT_HTML + ";charset=utf-8";

  private final String document;
  private final ApiPage page;

  /**
   * Serves one description.
   *
   * @param document as {@link ApiDescription} makes it
   */
  public ApiDescriptionResource(String document) {
    this.document = document;
    this.page = ApiPage.of(document);
  }

  /** The description as it is written. */
  @GET
  @Path("openapi.yaml")
  @Produces({YAML, MediaType.WILDCARD})
  @Open
  public Response document() {
    return Response.ok(document, YAML + ";charset=utf-8").build();
  }

  /** The same to read. */
  @GET
  @Path("docs")
  @Produces({MediaType.TEXT_HTML, MediaType.WILDCARD})
  @Open
  public Response page() {
    return Response.ok(page.html(), HTML)
        .header("Content-Security-Policy", page.contentSecurityPolicy())
        .header("X-Content-Type-Options", "nosniff")
        .header("Referrer-Policy", "no-referrer")
        .build();
  }
}
