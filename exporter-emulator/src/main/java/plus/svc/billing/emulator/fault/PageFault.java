package plus.svc.billing.emulator.fault;

import plus.svc.billing.emulator.window.Exporter;
import plus.svc.billing.emulator.window.Reply;
import plus.svc.billing.emulator.window.Request;

/** Goes wrong inside a page: well-formed and false. Replies that are no page are left alone. */
public sealed interface PageFault extends ReplyFault
    permits PagingFault, SnapshotFault, SampleFault {

  /** Changes the page in place. */
  void tamper(PageTree page, Request request, Exporter exporter);

  @Override
  default Answer spoil(Answer answer, Request request, Exporter exporter) {
    Reply reply = answer.reply();
    if (reply.status() != 200 || !request.path().equals(Request.WINDOW)) {
      return answer;
    }
    return PageTree.parse(reply.body())
        .map(
            page -> {
              tamper(page, request, exporter);
              return answer.with(reply.withBody(page.bytes()));
            })
        .orElse(answer);
  }
}
