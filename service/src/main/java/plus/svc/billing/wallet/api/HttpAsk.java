package plus.svc.billing.wallet.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import plus.svc.billing.auth.Caller;

/** Makes a call of an HTTP request, and a response of its reply. */
final class HttpAsk {

  private final WalletFacade facade;
  private final Caller caller;
  private final HttpServletRequest request;
  private final UriInfo uri;

  HttpAsk(WalletFacade facade, SecurityContext security, HttpServletRequest request, UriInfo uri) {
    this.facade = facade;
    this.caller = security.getUserPrincipal() instanceof Caller known ? known : CallbackGate.NOBODY;
    this.request = request;
    this.uri = uri;
  }

  /** A call whose fields are in the query, and in the path. */
  Response query(WalletCall call) {
    try {
      return done(facade.call(call, ask(withPath(Fields.ofTexts(queryTexts())), "")));
    } catch (WalletFailure e) {
      return Envelope.response(e, host());
    }
  }

  /** A call whose fields are in the body, and in the path. */
  Response body(WalletCall call, InputStream body) {
    String text = "";
    Fields fields;
    try {
      text = text(body);
      fields = withPath(FieldsReader.read(text));
    } catch (WalletFailure e) {
      facade.unreadable(call, ask(Fields.NONE, text), e);
      return Envelope.response(e, host());
    }
    try {
      return done(facade.call(call, ask(fields, text)));
    } catch (WalletFailure e) {
      return Envelope.response(e, host());
    }
  }

  /** A callback, which is believed by its bytes before anybody reads what they say. */
  Response callback(InputStream body) {
    try {
      byte[] bytes = bytes(body);
      CallbackProof proof =
          new CallbackProof(
              request.getRemoteAddr(),
              header("X-Payment-Timestamp"),
              header("X-Payment-Signature"),
              bytes);
      Ask ask = ask(Fields.NONE, new String(bytes, StandardCharsets.UTF_8));
      return done(facade.callback(ask, proof));
    } catch (WalletFailure e) {
      return Envelope.response(e, host());
    }
  }

  Ask ask(Fields fields, String body) {
    return new Ask(caller, "http", source(), key(), fields, body, Ask.PATIENCE);
  }

  String host() {
    return header("Host");
  }

  private Response done(Object reply) {
    return Response.ok(Envelope.of(reply, host()), MediaType.APPLICATION_JSON_TYPE).build();
  }

  private Fields withPath(Fields fields) {
    Fields all = fields;
    for (Map.Entry<String, List<String>> part : uri.getPathParameters().entrySet()) {
      all = all.with(part.getKey(), part.getValue().get(0));
    }
    return all;
  }

  private Map<String, String> queryTexts() {
    Map<String, String> texts = new LinkedHashMap<>();
    uri.getQueryParameters()
        .forEach(
            (name, values) -> {
              if (values.size() > 1) {
                throw WalletFailure.bad(Fields.shown(name) + " is given twice: must be given once");
              }
              texts.put(name, values.get(0));
            });
    return texts;
  }

  private String key() {
    return header("Idempotency-Key").strip();
  }

  private String header(String name) {
    String value = request.getHeader(name);
    return value == null ? "" : value;
  }

  private String source() {
    String app = request.getHeader("X-App-Id");
    return "http "
        + request.getMethod()
        + " "
        + uri.getPath()
        + " from "
        + request.getRemoteAddr()
        + (app == null ? "" : " app " + Fields.shown(app));
  }

  private static String text(InputStream body) {
    byte[] bytes = bytes(body);
    FieldsReader.checkSize(bytes.length);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw WalletFailure.bad("the body is no UTF-8: must be");
    }
  }

  /** One byte more than is allowed, at most. */
  private static byte[] bytes(InputStream body) {
    try {
      return body.readNBytes(FieldsReader.MOST_CHARACTERS + 1);
    } catch (IOException e) {
      throw WalletFailure.bad("the body did not come whole");
    }
  }
}
