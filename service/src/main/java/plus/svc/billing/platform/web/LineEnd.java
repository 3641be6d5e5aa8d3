package plus.svc.billing.platform.web;

import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.ext.WriterInterceptor;
import jakarta.ws.rs.ext.WriterInterceptorContext;
import java.io.IOException;

/** Ends JSON answers with a newline, as the earlier service did and as terminals like it. */
public final class LineEnd implements WriterInterceptor {

  @Override
  public void aroundWriteTo(WriterInterceptorContext context) throws IOException {
    context.proceed();
    if (MediaType.APPLICATION_JSON_TYPE.isCompatible(context.getMediaType())) {
      context.getOutputStream().write('\n');
    }
  }
}
