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

/** What platform services need. */
@Path("/internal/v1/billing")
@Produces(MediaType.APPLICATION_JSON)
public final class InternalResource {

  private final WalletFacade facade;

  public InternalResource(WalletFacade facade) {
    this.facade = facade;
  }

  /** What a deduction would do now. */
  @POST
  @Path("check")
  @Needs(Right.WALLET_READ)
  public Response check(
      @Context SecurityContext security,
      @Context HttpServletRequest request,
      @Context UriInfo uri,
      InputStream body) {
    return new HttpAsk(facade, security, request, uri).body(WalletCall.CHECK_QUOTA, body);
  }

  /** Takes calls of a service: free ones first, the rest from the balance, all or nothing. */
  @POST
  @Path("deduct")
  @Needs(Right.WALLET_DEBIT)
  public Response deduct(
      @Context SecurityContext security,
      @Context HttpServletRequest request,
      @Context UriInfo uri,
      InputStream body) {
    return new HttpAsk(facade, security, request, uri).body(WalletCall.DEDUCT_QUOTA, body);
  }

  /** The outcome of a payment. */
  @POST
  @Path("callback")
  @Needs(value = Right.WALLET_CALLBACK, orSigned = true)
  public Response callback(
      @Context SecurityContext security,
      @Context HttpServletRequest request,
      @Context UriInfo uri,
      InputStream body) {
    return new HttpAsk(facade, security, request, uri).callback(body);
  }

  /** Makes an account, or sees that it is as wanted. */
  @POST
  @Path("accounts")
  @Needs(Right.WALLET_SET_UP)
  public Response setUp(
      @Context SecurityContext security,
      @Context HttpServletRequest request,
      @Context UriInfo uri,
      InputStream body) {
    return new HttpAsk(facade, security, request, uri).body(WalletCall.SET_UP_ACCOUNT, body);
  }

  /** Adds to an account. */
  @POST
  @Path("credits")
  @Needs(Right.WALLET_CREDIT)
  public Response credit(
      @Context SecurityContext security,
      @Context HttpServletRequest request,
      @Context UriInfo uri,
      InputStream body) {
    return new HttpAsk(facade, security, request, uri).body(WalletCall.CREDIT, body);
  }

  /** Takes from an account, whatever its balance or only if that covers it. */
  @POST
  @Path("debits")
  @Needs(Right.WALLET_DEBIT)
  public Response debit(
      @Context SecurityContext security,
      @Context HttpServletRequest request,
      @Context UriInfo uri,
      InputStream body) {
    return new HttpAsk(facade, security, request, uri).body(WalletCall.DEBIT, body);
  }

  /** Changes several accounts together or not at all. */
  @POST
  @Path("groups")
  @Needs(Right.WALLET_GROUP)
  public Response group(
      @Context SecurityContext security,
      @Context HttpServletRequest request,
      @Context UriInfo uri,
      InputStream body) {
    return new HttpAsk(facade, security, request, uri).body(WalletCall.POST_GROUP, body);
  }

  /** Moves an amount from one account to another. */
  @POST
  @Path("transfers")
  @Needs(Right.WALLET_GROUP)
  public Response transfer(
      @Context SecurityContext security,
      @Context HttpServletRequest request,
      @Context UriInfo uri,
      InputStream body) {
    return new HttpAsk(facade, security, request, uri).body(WalletCall.TRANSFER, body);
  }

  /** Sets money or use aside. */
  @POST
  @Path("holds")
  @Needs(Right.WALLET_HOLD)
  public Response reserve(
      @Context SecurityContext security,
      @Context HttpServletRequest request,
      @Context UriInfo uri,
      InputStream body) {
    return new HttpAsk(facade, security, request, uri).body(WalletCall.RESERVE, body);
  }

  /** Takes what a hold keeps, or part of it. */
  @POST
  @Path("holds/{holdId}/commit")
  @Needs(Right.WALLET_HOLD)
  public Response commit(
      @Context SecurityContext security,
      @Context HttpServletRequest request,
      @Context UriInfo uri,
      InputStream body) {
    return new HttpAsk(facade, security, request, uri).body(WalletCall.COMMIT_HOLD, body);
  }

  /** Gives a hold back. */
  @POST
  @Path("holds/{holdId}/void")
  @Needs(Right.WALLET_HOLD)
  public Response release(
      @Context SecurityContext security,
      @Context HttpServletRequest request,
      @Context UriInfo uri,
      InputStream body) {
    return new HttpAsk(facade, security, request, uri).body(WalletCall.VOID_HOLD, body);
  }

  /** Takes an operation back. */
  @POST
  @Path("reversals")
  @Needs(Right.WALLET_ADMIN)
  public Response reverse(
      @Context SecurityContext security,
      @Context HttpServletRequest request,
      @Context UriInfo uri,
      InputStream body) {
    return new HttpAsk(facade, security, request, uri).body(WalletCall.REVERSE, body);
  }

  /** A stored request with what it posted. */
  @GET
  @Path("operations/{operationId}")
  @Needs(Right.WALLET_READ)
  public Response operation(
      @Context SecurityContext security,
      @Context HttpServletRequest request,
      @Context UriInfo uri) {
    return new HttpAsk(facade, security, request, uri).query(WalletCall.GET_OPERATION);
  }

  /** A balance now, at an instant, or after an operation. */
  @GET
  @Path("balance")
  @Needs(Right.WALLET_READ)
  public Response balance(
      @Context SecurityContext security,
      @Context HttpServletRequest request,
      @Context UriInfo uri) {
    return new HttpAsk(facade, security, request, uri).query(WalletCall.GET_BALANCE);
  }

  /** Entries with running balance, the oldest first. */
  @GET
  @Path("history")
  @Needs(Right.WALLET_READ)
  public Response history(
      @Context SecurityContext security,
      @Context HttpServletRequest request,
      @Context UriInfo uri) {
    return new HttpAsk(facade, security, request, uri).query(WalletCall.GET_HISTORY);
  }

  /** Sums by kind, service and caller. */
  @GET
  @Path("turnover")
  @Needs(Right.WALLET_READ)
  public Response turnover(
      @Context SecurityContext security,
      @Context HttpServletRequest request,
      @Context UriInfo uri) {
    return new HttpAsk(facade, security, request, uri).query(WalletCall.GET_TURNOVER);
  }
}
