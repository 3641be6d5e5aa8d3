package plus.svc.billing.wallet.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import plus.svc.billing.auth.Needs;
import plus.svc.billing.auth.Right;

/** What a user's own front end needs, through a gateway. */
@Path("/api/v1/billing")
@Produces(MediaType.APPLICATION_JSON)
public final class AccountResource {

  private final WalletFacade facade;

  public AccountResource(WalletFacade facade) {
    this.facade = facade;
  }

  /** Balance and free units of this month. */
  @GET
  @Path("account")
  @Needs(Right.WALLET_READ)
  public Response account(
      @Context SecurityContext security,
      @Context HttpServletRequest request,
      @Context UriInfo uri) {
    return new HttpAsk(facade, security, request, uri).query(WalletCall.GET_ACCOUNT);
  }

  /** Makes a recharge order. */
  @POST
  @Path("recharge")
  @Needs(Right.WALLET_RECHARGE)
  public Response recharge(
      @Context SecurityContext security,
      @Context HttpServletRequest request,
      @Context UriInfo uri,
      InputStream body) {
    return new HttpAsk(facade, security, request, uri).body(WalletCall.RECHARGE, body);
  }

  /** A recharge order as it stands. */
  @GET
  @Path("recharge")
  @Needs(Right.WALLET_READ)
  public Response order(
      @Context SecurityContext security,
      @Context HttpServletRequest request,
      @Context UriInfo uri) {
    return new HttpAsk(facade, security, request, uri).query(WalletCall.GET_RECHARGE);
  }

  /** Uses, the newest first. */
  @GET
  @Path("records")
  @Needs(Right.WALLET_READ)
  public Response records(
      @Context SecurityContext security,
      @Context HttpServletRequest request,
      @Context UriInfo uri) {
    return new HttpAsk(facade, security, request, uri).query(WalletCall.LIST_RECORDS);
  }

  /** Sums of today. */
  @GET
  @Path("stats/today")
  @Needs(Right.WALLET_READ)
  public Response today(
      @Context SecurityContext security,
      @Context HttpServletRequest request,
      @Context UriInfo uri) {
    return new HttpAsk(facade, security, request, uri).query(WalletCall.GET_STATS_TODAY);
  }

  /** Sums of this month. */
  @GET
  @Path("stats/month")
  @Needs(Right.WALLET_READ)
  public Response month(
      @Context SecurityContext security,
      @Context HttpServletRequest request,
      @Context UriInfo uri) {
    return new HttpAsk(facade, security, request, uri).query(WalletCall.GET_STATS_MONTH);
  }

  /** Sums of this month by service. */
  @GET
  @Path("stats/summary")
  @Needs(Right.WALLET_READ)
  public Response summary(
      @Context SecurityContext security,
      @Context HttpServletRequest request,
      @Context UriInfo uri) {
    return new HttpAsk(facade, security, request, uri).query(WalletCall.GET_STATS_SUMMARY);
  }
}
