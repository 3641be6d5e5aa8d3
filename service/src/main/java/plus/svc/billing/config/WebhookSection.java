package plus.svc.billing.config;

import java.net.URI;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.platform.setting.SettingReader;
import plus.svc.billing.wallet.outbox.NoticeKind;
import plus.svc.billing.wallet.outbox.WebhookTarget;

/** {@code wallet.webhooks[]}: one system that is told of accounts. */
public record WebhookSection(
    @Nullable String name,
    @Nullable String url,
    @Nullable String secretRef,
    @Nullable List<String> kinds,
    @Nullable String timeout,
    @Nullable String caBundleRef,
    @Nullable String allowPrivate) {

  private static final String NOWHERE = "https://localhost/";

  /** Checks the texts, and what the references name; problems go to the reader. */
  public static List<WebhookTarget> readAll(
      SettingReader reader, @Nullable List<WebhookSection> sections, SecretRefs secrets) {
    List<WebhookTarget> targets = new ArrayList<>();
    Set<String> names = new HashSet<>();
    List<WebhookSection> given = sections == null ? List.of() : sections;
    for (int i = 0; i < given.size(); i++) {
      String where = "wallet.webhooks[" + i + "].";
      WebhookTarget target = given.get(i).read(reader, where);
      target.problems().forEach(problem -> reader.problem(where + problem));
      if (!names.add(target.name())) {
        reader.problem(where + "name is '" + target.name() + "' again: must be unique");
      }
      if (target.problems().isEmpty()) {
        try {
          target.checkReferences(secrets);
        } catch (IllegalArgumentException e) {
          reader.problem(where + "secretRef or caBundleRef: " + e.getMessage());
        }
      }
      targets.add(target);
    }
    return targets;
  }

  private WebhookTarget read(SettingReader reader, String where) {
    Set<NoticeKind> wanted = EnumSet.noneOf(NoticeKind.class);
    for (String kind : kinds == null ? List.<String>of() : kinds) {
      wanted.add(
          reader.choice(where + "kinds", kind, NoticeKind.BALANCE_LOW.text(), NoticeKind.byText()));
    }
    String bundle = reader.text(caBundleRef, "");
    return new WebhookTarget(
        reader.text(name, ""),
        address(reader, where),
        reader.text(secretRef, ""),
        wanted,
        reader.interval(where + "timeout", timeout, "5s"),
        bundle.isEmpty() ? null : bundle,
        reader.flag(where + "allowPrivate", allowPrivate, false));
  }

  /** Never shown: a webhook's address may itself be a secret. */
  private URI address(SettingReader reader, String where) {
    try {
      return URI.create(reader.text(url, ""));
    } catch (IllegalArgumentException e) {
      reader.problem(where + "url is no address: must be one such as https://hooks.example.org/a");
      return URI.create(NOWHERE);
    }
  }

  @Override
  public String toString() {
    return "WebhookSection[name=" + name + "]";
  }
}
