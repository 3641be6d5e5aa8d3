package plus.svc.billing.demo.wallet;

import java.io.IOException;
import java.time.Duration;

/** How a service reaches the wallet. */
interface Caller extends AutoCloseable {

  Duration PATIENCE = Duration.ofSeconds(10);

  /**
   * Makes a call and waits for the answer.
   *
   * @throws IOException if there was none
   */
  Reply call(Call call, String key) throws IOException;

  /** Makes a call and is gone before it is answered, as a service that is killed. */
  void callAndVanish(Call call, String key);

  /** As it is told to people. */
  String protocol();

  @Override
  void close();
}
