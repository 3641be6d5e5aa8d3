package plus.svc.billing.emulator.window;

/**
 * One sample as an exporter sends it.
 *
 * @param uuid whatever the exporter took for the user: an account UUID, a proxy UUID, an e-mail
 * @param email the display name, "" or "unknown" if the exporter has none
 * @param inboundTag the line, "" if the exporter doesn't tell lines apart
 * @param uplinkBytesTotal bytes since the counting process started
 * @param downlinkBytesTotal bytes since the counting process started
 */
public record SampleRow(
    String uuid, String email, String inboundTag, long uplinkBytesTotal, long downlinkBytesTotal) {}
