package plus.svc.billing.emulator.fault;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import plus.svc.billing.emulator.window.Exporter;
import plus.svc.billing.emulator.window.Request;

/** Goes wrong with single samples; the rest of the page is right. */
public sealed interface SampleFault extends PageFault {

  /**
   * The page's first sample has this as its uplink total, written into the JSON as it is: {@code
   * 1.5}, {@code 1e3}, {@code 9223372036854775808}, {@code -1}, {@code "12"}, {@code null}.
   */
  record OddTotal(When when, String literal) implements SampleFault {
    public OddTotal {
      when = When.orAlways(when);
      Objects.requireNonNull(literal, "literal is missing");
    }

    @Override
    public void tamper(PageTree page, Request request, Exporter exporter) {
      page.firstSample().ifPresent(s -> s.putRawValue("uplink_bytes_total", new RawValue(literal)));
    }
  }

  /** The page's first sample has this for a UUID. */
  record OddIdentifier(When when, String identifier) implements SampleFault {
    public OddIdentifier {
      when = When.orAlways(when);
      Objects.requireNonNull(identifier, "identifier is missing");
    }

    @Override
    public void tamper(PageTree page, Request request, Exporter exporter) {
      page.firstSample().ifPresent(sample -> sample.put("uuid", identifier));
    }
  }

  /** Every second sample's UUID in capitals. */
  record MixedCase(When when) implements SampleFault {
    public MixedCase {
      when = When.orAlways(when);
    }

    @Override
    public void tamper(PageTree page, Request request, Exporter exporter) {
      List<ObjectNode> samples = page.samples();
      for (int i = 0; i < samples.size(); i += 2) {
        ObjectNode sample = samples.get(i);
        sample.put("uuid", sample.path("uuid").asText().toUpperCase(Locale.ROOT));
      }
    }
  }

  /** The page's first sample has an e-mail of so many characters. */
  record HugeString(When when, int length) implements SampleFault {
    public HugeString {
      when = When.orAlways(when);
    }

    @Override
    public void tamper(PageTree page, Request request, Exporter exporter) {
      page.firstSample().ifPresent(sample -> sample.put("email", "x".repeat(length)));
    }
  }

  /** The first sample of every snapshot comes twice. */
  record DuplicateSamples(When when) implements SampleFault {
    public DuplicateSamples {
      when = When.orAlways(when);
    }

    @Override
    public void tamper(PageTree page, Request request, Exporter exporter) {
      for (ObjectNode snapshot : page.snapshotList()) {
        if (snapshot.get("samples") instanceof ArrayNode samples && !samples.isEmpty()) {
          samples.insert(0, samples.get(0).deepCopy());
        }
      }
    }
  }
}
