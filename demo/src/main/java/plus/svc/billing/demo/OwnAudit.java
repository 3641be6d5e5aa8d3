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
    try {
      JsonNode report = new ObjectMapper().readTree(answer());
      for (JsonNode finding : report.at("/findings/rows")) {
        if (!finding.path("kind").asText().equals(AT_RISK)) {
          problems.add(finding.path("kind").asText() + " " + finding.path("detail").asText());
        }
      }
      String verdict = report.path("verdict").asText();
      if (!verdict.equals("clean") && !verdict.equals("found")) {
        problems.add("its verdict is '" + verdict + "'");
      }
    } catch (IOException e) {
      problems.add("it does not answer: " + e.getMessage());
    }
    checks.check(
        "the service's own audit finds " + problems.size() + " problems" + told(problems),
        problems.isEmpty());
  }

  private static String told(List<String> problems) {
    return problems.isEmpty() ? "" : ", such as " + problems.get(0);
  }

  private String answer() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(admin.resolve("/admin/v1/audit"))
            .timeout(Duration.ofSeconds(60))
            .header("Authorization", "Bearer " + token)
            .build();
    return HttpClient.newHttpClient()
        .send(request, HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
