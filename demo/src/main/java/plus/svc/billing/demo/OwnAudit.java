package plus.svc.billing.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import plus.svc.billing.demo.wallet.WalletReckoning.Checks;

/** What the service's own audit finds, beside what the demo reckons itself. */
final class OwnAudit {

  /** Not a fault: bytes that nobody can know after a restart that nothing was collected over. */
  private static final String AT_RISK = "at_risk";

  private final URI admin;
  private final String token;

  OwnAudit(URI admin, String token) {
    this.admin = admin;
    this.token = token;
  }

  void run(Checks checks) throws InterruptedException {
    List<String> problems = new ArrayList<>();
    int kinds = 0;
    try {
      JsonNode report = new ObjectMapper().readTree(answer());
      kinds = report.path("checks").size();
      for (JsonNode check : report.path("checks")) {
        String kind = check.path("kind").asText();
        if (check.path("found").asLong() != 0 && !kind.equals(AT_RISK)) {
          problems.add(check.path("found").asLong() + " " + kind);
        }
      }
      for (JsonNode finding : report.path("findings")) {
        if (!finding.path("kind").asText().equals(AT_RISK)) {
          problems.add("such as " + finding);
          break;
        }
      }
      String verdict = report.path("verdict").asText();
      if (kinds == 0 || (!verdict.equals("clean") && !verdict.equals("found"))) {
        problems.add("the verdict '" + verdict + "'");
      }
    } catch (IOException e) {
      problems.add("no answer: " + e.getMessage());
    }
    String found = problems.isEmpty() ? "0 problems" : String.join(", ", problems);
    checks.check(
        "the service's own audit of " + kinds + " kinds of fault finds " + found,
        problems.isEmpty());
  }

  private String answer() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(admin.resolve("/admin/v1/audit"))
            .timeout(Duration.ofSeconds(60))
            .header("Authorization", "Bearer " + token)
            .build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
  }
}
