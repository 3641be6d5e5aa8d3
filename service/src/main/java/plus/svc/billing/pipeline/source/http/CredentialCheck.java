package plus.svc.billing.pipeline.source.http;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.platform.SecretRefs;

/** Tries the credentials and CA bundles of sources before any of them is asked. */
public final class CredentialCheck {

  private CredentialCheck() {}

  /**
   * What is missing, unreadable or unfit of the enabled ones, as sentences that name the source and
   * the reference, never the content. A disabled source's files may still have to come.
   *
   * @param sources that have no {@link SourceSpec#problems() problem} of their own; others are
   *     passed over
   */
  public static List<String> problemsOf(Collection<SourceSpec> sources, SecretRefs refs) {
    return sources.stream()
        .filter(source -> source.enabled() && source.problems().isEmpty())
        .flatMap(source -> problem(source, refs).stream())
        .toList();
  }

  private static Optional<String> problem(SourceSpec source, SecretRefs refs) {
    try {
      ReadyCredential.of(source, CredentialTexts.read(source, refs));
      return Optional.empty();
    } catch (SourceFailure e) {
      return Optional.of("source '" + source.id() + "': " + e.reason());
    }
  }
}
