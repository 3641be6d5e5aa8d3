package plus.svc.billing.emulator.window;

/** Which of the two real exporters a node is. */
public enum Flavour {
  /** {@code x-evor/xray-exporter}: whole minutes, one sample per identifier and inbound. */
  A("prod", 8080),
  /** {@code ai-workspace-xstream/xray-exporter}: nanoseconds, one sample per account. */
  B("uat", 9550);

  private final String defaultEnv;
  private final int defaultPort;

  Flavour(String defaultEnv, int defaultPort) {
    this.defaultEnv = defaultEnv;
    this.defaultPort = defaultPort;
  }

  /** The env the real exporter takes if it is told none. */
  public String defaultEnv() {
    return defaultEnv;
  }

  /** The port the real exporter listens on if it is told none. */
  public int defaultPort() {
    return defaultPort;
  }
}
