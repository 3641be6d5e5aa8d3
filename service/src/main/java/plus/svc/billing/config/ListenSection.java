package plus.svc.billing.config;

import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.setting.ListenAddress;
import plus.svc.billing.platform.setting.SettingReader;

/** {@code listen}: the application's address, or its port alone, and the admin port's address. */
public record ListenSection(
    @Nullable String address, @Nullable String port, @Nullable String adminAddress) {

  /** Nothing given: every default. */
  public static final ListenSection EMPTY = new ListenSection(null, null, null);

  /** Checks the texts; problems go to the reader. */
  public ListenSettings read(SettingReader reader) {
    int lonePort = reader.count("PORT (listen.port)", port, "8081", 0, 65_535);
    ListenAddress application =
        reader.read(
            "LISTEN_ADDR (listen.address)",
            address,
            ":" + lonePort,
            "one of the forms " + ListenAddress.FORMS,
            ListenAddress::parse);
    ListenAddress admin =
        reader.read(
            "ADMIN_LISTEN_ADDR (listen.adminAddress)",
            adminAddress,
            "127.0.0.1:8082",
            "a loopback address such as 127.0.0.1:8082, since the admin port speaks plain HTTP",
            ListenSection::loopback);
    return new ListenSettings(application, admin);
  }

  private static ListenAddress loopback(String text) {
    ListenAddress address = ListenAddress.parse(text);
    if (!address.isLoopback()) {
      throw new IllegalArgumentException("not loopback");
    }
    return address;
  }
}
