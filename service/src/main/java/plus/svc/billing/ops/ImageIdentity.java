package plus.svc.billing.ops;

import java.util.regex.Pattern;
import plus.svc.billing.api.Ping;

/** Reads an image reference such as {@code registry/app:sha-<40 hex>}; never makes anything up. */
final class ImageIdentity {

  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
  private static final String SHA_PREFIX = "sha-";

  private ImageIdentity() {}

  static Ping parse(String image) {
    String tag = tag(image);
    String bare = tag.startsWith(SHA_PREFIX) ? tag.substring(SHA_PREFIX.length()) : tag;
    String commit = COMMIT.matcher(bare).matches() ? bare : "";
    return new Ping(image, tag, commit, commit);
  }

  /** What follows the last colon, unless that is a digest or belongs to the registry's port. */
  private static String tag(String image) {
    int digest = image.indexOf('@');
    String name = digest < 0 ? image : image.substring(0, digest);
    int colon = name.lastIndexOf(':');
    return colon < 0 || name.indexOf('/', colon) >= 0 ? "" : name.substring(colon + 1);
  }
}
