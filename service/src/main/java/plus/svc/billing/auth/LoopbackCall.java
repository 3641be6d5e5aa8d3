package plus.svc.billing.auth;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Whether a request was made on this machine, by this machine. */
final class LoopbackCall {

  /** A proxy or a browser speaks for someone else, and both may well run here. */
  private static final List<String> FOR_SOMEONE_ELSE =
      List.of(
          "Forwarded",
          "X-Forwarded-For",
          "X-Forwarded-Host",
          "X-Forwarded-Proto",
          "X-Real-IP",
          "Via",
          "Origin",
          "Sec-Fetch-Site");

  private LoopbackCall() {}

  static boolean is(HttpServletRequest request) {
    return FOR_SOMEONE_ELSE.stream().allMatch(name -> request.getHeader(name) == null)
        && isLoopback(request.getRemoteAddr());
  }

  private static boolean isLoopback(String peer) {
    try {
      // An address literal: no name is looked up.
      return InetAddress.getByName(peer).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
