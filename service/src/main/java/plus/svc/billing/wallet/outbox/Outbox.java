package plus.svc.billing.wallet.outbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** Takes notices within the transaction that found them: they are sent if it commits. */
public final class Outbox {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String[] targets;
  private final String[] targetKinds;

  /**
   * An outbox for these targets. Who is added later gets what comes later.
   *
   * @param webhooks may be none: notices are kept for operators then
   */
  public Outbox(List<WebhookTarget> webhooks) {
    List<String> names = new ArrayList<>();
    List<String> kinds = new ArrayList<>();
    for (WebhookTarget webhook : webhooks) {
      for (NoticeKind kind : webhook.kinds()) {
        names.add(webhook.name());
        kinds.add(kind.text());
      }
    }
    this.targets = names.toArray(String[]::new);
    this.targetKinds = kinds.toArray(String[]::new);
  }

  /** Whether any target gets notices of a kind. */
  public boolean wants(NoticeKind kind) {
    return Arrays.asList(targetKinds).contains(kind.text());
  }

  /**
   * Adds notices in their order: one statement however many they are, none if there are none. Who
   * calls holds the locks of their accounts, taken before and until the commit: that makes the
   * order of an account's notices that of its changes.
   */
  public void add(Handle handle, List<Notice> notices) {
    if (notices.isEmpty()) {
      return;
    }
    int count = notices.size();
    UUID[] accounts = new UUID[count];
    UUID[] ids = new UUID[count];
    String[] kinds = new String[count];
    Instant[] ats = new Instant[count];
    String[] data = new String[count];
    for (int i = 0; i < count; i++) {
      Notice notice = notices.get(i);
      accounts[i] = notice.account();
      ids[i] = UUID.randomUUID();
      kinds[i] = notice.kind().text();
      ats[i] = notice.at();
      data[i] = json(notice);
    }
    handle.attach(OutboxDao.class).add(accounts, ids, kinds, ats, data, targets, targetKinds);
  }

  private static String json(Notice notice) {
    try {
      return JSON.writeValueAsString(notice.sorted());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts by name can be written as JSON", e);
    }
  }
}
