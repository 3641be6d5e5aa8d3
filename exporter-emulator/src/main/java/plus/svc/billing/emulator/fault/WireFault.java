package plus.svc.billing.emulator.fault;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import plus.svc.billing.emulator.window.Exporter;
import plus.svc.billing.emulator.window.Reply;
import plus.svc.billing.emulator.window.Request;

/** Goes wrong below the meaning of the page: status, bytes, speed, connection. */
public sealed interface WireFault extends ReplyFault {

  /** The node is silent while its history grows; when it is over, everything is there. */
  record Silent(When when, Mode mode) implements WireFault {
    public Silent {
      when = When.orAlways(when);
      Objects.requireNonNull(mode, "mode is missing");
    }

    /** In which way it is silent. */
    public enum Mode {
      /** Answers, but as if it had no history. */
      @JsonProperty("empty")
      EMPTY,
      /** Takes the connection and closes it. */
      @JsonProperty("dropped")
      DROPPED,
      /** Doesn't listen. Takes effect with the emulator's next tick. */
      @JsonProperty("refused")
      REFUSED
    }

    @Override
    public Answer spoil(Answer answer, Request request, Exporter exporter) {
      return switch (mode) {
        case EMPTY -> answer.with(exporter.answerAsIfEmpty(request));
        case DROPPED, REFUSED -> answer.with(answer.delivery().drop());
      };
    }
  }

  /** Another status with a text body. */
  record Status(When when, int status, String body) implements WireFault {
    public Status {
      when = When.orAlways(when);
      Objects.requireNonNull(body, "body is missing");
    }

    @Override
    public Answer spoil(Answer answer, Request request, Exporter exporter) {
      return answer.with(Reply.error(status, body));
    }
  }

  /** Nothing for a while, then the answer. */
  record Delay(When when, Duration time) implements WireFault {
    public Delay {
      when = When.orAlways(when);
      Objects.requireNonNull(time, "time is missing");
    }

    @Override
    public Answer spoil(Answer answer, Request request, Exporter exporter) {
      return answer.with(answer.delivery().delayed(time));
    }
  }

  /** The body comes in pieces with pauses, so that no single read times out. */
  record Drip(When when, int pieceBytes, Duration pause) implements WireFault {
    public Drip {
      when = When.orAlways(when);
      Objects.requireNonNull(pause, "pause is missing");
      if (pieceBytes < 1) {
        throw new IllegalArgumentException("piece_bytes must be at least 1: " + pieceBytes);
      }
    }

    @Override
    public Answer spoil(Answer answer, Request request, Exporter exporter) {
      return answer.with(answer.delivery().dripping(pieceBytes, pause));
    }
  }

  /** The connection ends before the announced length: a server's write time-out, say. */
  record Truncated(When when, int keepPercent) implements WireFault {
    public Truncated {
      when = When.orAlways(when);
      if (keepPercent < 0 || keepPercent > 99) {
        throw new IllegalArgumentException("keep_percent must be 0 to 99: " + keepPercent);
      }
    }

    @Override
    public Answer spoil(Answer answer, Request request, Exporter exporter) {
      return answer.with(answer.delivery().cutAt(keepPercent));
    }
  }

  /** A whole reply whose JSON stops in the middle. */
  record InvalidJson(When when) implements WireFault {
    public InvalidJson {
      when = When.orAlways(when);
    }

    @Override
    public Answer spoil(Answer answer, Request request, Exporter exporter) {
      byte[] body = answer.reply().body();
      return answer.with(answer.reply().withBody(Arrays.copyOf(body, body.length / 2)));
    }
  }

  /** A body of nothing but opening brackets and their ends. */
  record DeepNesting(When when, int depth) implements WireFault {
    public DeepNesting {
      when = When.orAlways(when);
    }

    @Override
    public Answer spoil(Answer answer, Request request, Exporter exporter) {
      String body = "{\"snapshots\":" + "[".repeat(depth) + "]".repeat(depth) + "}";
      return answer.with(Reply.json(200, body.getBytes(StandardCharsets.UTF_8)));
    }
  }

  /** A page for people, with status 200: a login or a catch-all. */
  record Html(When when) implements WireFault {
    private static final String BODY = "<html><body><h1>Welcome</h1></body></html>\n";

    public Html {
      when = When.orAlways(when);
    }

    @Override
    public Answer spoil(Answer answer, Request request, Exporter exporter) {
      return answer.with(Reply.of(200, "text/html", BODY.getBytes(StandardCharsets.UTF_8)));
    }
  }

  /** A small body that unpacks into a huge one: a page that begins and goes on with blanks. */
  record GzipBomb(When when, long unpackedBytes) implements WireFault {
    public GzipBomb {
      when = When.orAlways(when);
    }

    @Override
    public Answer spoil(Answer answer, Request request, Exporter exporter) {
      return answer.with(Reply.json(200, packed()).with("Content-Encoding", "gzip"));
    }

    private byte[] packed() {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      byte[] blanks = new byte[64 * 1024];
      Arrays.fill(blanks, (byte) ' ');
      byte[] head = "{\"snapshots\":[".getBytes(StandardCharsets.UTF_8);
      try (OutputStream gzip = new GZIPOutputStream(bytes)) {
        gzip.write(head);
        for (long left = unpackedBytes - head.length; left > 0; left -= blanks.length) {
          gzip.write(blanks, 0, (int) Math.min(left, blanks.length));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return bytes.toByteArray();
    }
  }

  /** Points somewhere else, where a credential must not follow. */
  record Redirect(When when, int status, String location) implements WireFault {
    public Redirect {
      when = When.orAlways(when);
      Objects.requireNonNull(location, "location is missing");
    }

    @Override
    public Answer spoil(Answer answer, Request request, Exporter exporter) {
      return answer.with(Reply.text(status, "").with("Location", location));
    }
  }
}
