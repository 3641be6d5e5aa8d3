package plus.svc.billing.pipeline.snapshot;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The series of one node: their ordinals, in the order they were first seen, and the account each
 * belongs to. Read and grown under the lock on the node's row.
 */
public final class SeriesDictionary {

  private final int nodeKey;
  private final Map<SeriesKey, Integer> ordinals = new HashMap<>();
  private final List<SeriesKey> keys = new ArrayList<>();
  private final List<@Nullable UUID> accounts = new ArrayList<>();

  /** A node without series. */
  public SeriesDictionary(int nodeKey) {
    this.nodeKey = nodeKey;
  }

  /** Reads the series of nodes, by node; nothing for a node that has none. */
  public static Map<Integer, SeriesDictionary> load(Handle handle, List<Integer> nodeKeys) {
    Map<Integer, SeriesDictionary> dictionaries = new HashMap<>();
    SeriesDao dao = handle.attach(SeriesDao.class);
    for (SeriesRow row : dao.seriesOf(nodeKeys.toArray(Integer[]::new))) {
      dictionaries
          .computeIfAbsent(row.nodeKey(), SeriesDictionary::new)
          .put(new SeriesKey(row.identifier().toString(), row.inboundTag()), row.account());
    }
    return dictionaries;
  }

  private void put(SeriesKey key, @Nullable UUID account) {
    ordinals.put(key, keys.size());
    keys.add(key);
    accounts.add(account);
  }

  /** Numbers the series that are new, and finds the accounts of all that have none yet. */
  public void intern(Handle handle, Collection<Snapshot> snapshots) {
    SortedSet<SeriesKey> fresh = new TreeSet<>();
    for (Snapshot snapshot : snapshots) {
      for (Sample sample : snapshot.samples()) {
        if (!ordinals.containsKey(sample.series())) {
          fresh.add(sample.series());
        }
      }
    }
    if (fresh.isEmpty()) {
      return;
    }
    SeriesDao dao = handle.attach(SeriesDao.class);
    Map<UUID, UUID> owners = ownersOf(dao, fresh);
    List<Integer> newOrdinals = new ArrayList<>();
    List<UUID> identifiers = new ArrayList<>();
    List<String> inbounds = new ArrayList<>();
    List<@Nullable UUID> newAccounts = new ArrayList<>();
    for (SeriesKey key : fresh) {
      UUID identifier = UUID.fromString(key.identifier());
      newOrdinals.add(keys.size());
      identifiers.add(identifier);
      inbounds.add(key.inboundTag());
      newAccounts.add(owners.get(identifier));
      put(key, owners.get(identifier));
    }
    dao.insert(
        nodeKey,
        newOrdinals.toArray(Integer[]::new),
        identifiers.toArray(UUID[]::new),
        inbounds.toArray(String[]::new),
        newAccounts.toArray(UUID[]::new));
  }

  /**
   * Looks for the accounts of series that have none.
   *
   * @return the ordinals that found theirs
   */
  public List<Integer> attribute(Handle handle) {
    SortedSet<SeriesKey> open = new TreeSet<>();
    for (int ordinal = 0; ordinal < keys.size(); ordinal++) {
      if (accounts.get(ordinal) == null) {
        open.add(keys.get(ordinal));
      }
    }
    List<Integer> found = new ArrayList<>();
    if (open.isEmpty()) {
      return found;
    }
    SeriesDao dao = handle.attach(SeriesDao.class);
    Map<UUID, UUID> owners = ownersOf(dao, open);
    for (SeriesKey key : open) {
      UUID owner = owners.get(UUID.fromString(key.identifier()));
      if (owner != null) {
        int ordinal = ordinal(key);
        accounts.set(ordinal, owner);
        dao.attribute(nodeKey, ordinal, owner);
        found.add(ordinal);
      }
    }
    return found;
  }

  private static Map<UUID, UUID> ownersOf(SeriesDao dao, Collection<SeriesKey> series) {
    UUID[] identifiers =
        series.stream()
            .map(key -> UUID.fromString(key.identifier()))
            .distinct()
            .toArray(UUID[]::new);
    Map<UUID, UUID> owners = new HashMap<>();
    for (SeriesDao.Owner owner : dao.byProxyUuid(identifiers)) {
      owners.put(owner.identifier(), owner.account());
    }
    for (UUID account : dao.byAccountUuid(identifiers)) {
      owners.put(account, account);
    }
    return owners;
  }

  /** The ordinal of a known series. */
  public int ordinal(SeriesKey key) {
    Integer ordinal = ordinals.get(key);
    if (ordinal == null) {
      throw new IllegalStateException("series was not interned");
    }
    return ordinal;
  }

  /** The ordinal of a series, {@code -1} if the node has none such. */
  public int find(SeriesKey key) {
    return ordinals.getOrDefault(key, -1);
  }

  /** The series of an ordinal. */
  public SeriesKey key(int ordinal) {
    return keys.get(ordinal);
  }

  /** The account a series belongs to, null while none is known. */
  public @Nullable UUID account(int ordinal) {
    return accounts.get(ordinal);
  }

  /** How many series the node has. */
  public int size() {
    return keys.size();
  }

  /** A row of {@code billing.series}. */
  public record SeriesRow(
      int nodeKey, UUID identifier, String inboundTag, @Nullable UUID account) {}
}
