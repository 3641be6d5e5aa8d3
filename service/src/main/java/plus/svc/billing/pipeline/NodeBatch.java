package plus.svc.billing.pipeline;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import plus.svc.billing.pipeline.ledger.LedgerTurn;
import plus.svc.billing.pipeline.metering.Decisions;
import plus.svc.billing.pipeline.readmodel.ReadModel;
import plus.svc.billing.pipeline.snapshot.Archive;
import plus.svc.billing.pipeline.snapshot.SeriesDictionary;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.FirstSnapshot;
import plus.svc.billing.quantity.NodeKey;

/** The nodes of one transaction: each step is taken for all of them before the next one. */
final class NodeBatch {

  private final Handle handle;
  private final PipelineSettings settings;
  private final Instant now;
  private final boolean lookUpAll;
  private final List<Page> pages = new ArrayList<>();
  private final List<NodeTurn> turns = new ArrayList<>();

  NodeBatch(Handle handle, PipelineSettings settings, Instant now, boolean lookUpAll) {
    this.handle = handle;
    this.settings = settings;
    this.now = now;
    this.lookUpAll = lookUpAll;
  }

  /**
   * The snapshots of one node.
   *
   * @param delivery index of the delivery that brought them
   */
  record Page(
      int delivery, String source, NodePolicy policy, NodeKey key, List<Snapshot> snapshots) {}

  /**
   * Archives and meters, and hands the usage to the ledger.
   *
   * @param sorted pages in {@link NodeStore#ORDER}, each node once
   */
  void run(List<Page> sorted, LedgerTurn ledger) {
    if (sorted.isEmpty()) {
      return;
    }
    pages.addAll(sorted);
    NodeStore store = new NodeStore(handle);
    List<NodeStore.Node> nodes = lock(store);
    List<Integer> keys = nodes.stream().map(NodeStore.Node::nodeKey).toList();
    Map<Integer, SeriesDictionary> series = SeriesDictionary.load(handle, keys);
    Map<Integer, Decisions> decisions = NodeFindings.decisions(handle, keys);
    List<Archive.Accepted> accepted = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      NodeStore.Node node = nodes.get(i);
      NodeTurn turn =
          new NodeTurn(
              handle,
              store,
              pages.get(i),
              node,
              series.getOrDefault(node.nodeKey(), new SeriesDictionary(node.nodeKey())),
              decisions.getOrDefault(node.nodeKey(), Decisions.NONE),
              now,
              lookUpAll,
              settings.zeroBuckets());
      turns.add(turn);
    }
    Map<Integer, List<Long>> mayBeKnown = new HashMap<>();
    for (int i = 0; i < nodes.size(); i++) {
      mayBeKnown.put(nodes.get(i).nodeKey(), turns.get(i).mayBeKnown());
    }
    Map<Integer, Map<Long, Archive.Told>> told = Archive.told(handle, mayBeKnown);
    for (int i = 0; i < nodes.size(); i++) {
      accepted.addAll(
          turns.get(i).sort(ledger, told.getOrDefault(nodes.get(i).nodeKey(), Map.of())));
    }
    Archive.insert(handle, now, accepted);
    turns.forEach(turn -> turn.meter(ledger));
    store.saveAll(turns.stream().filter(NodeTurn::moved).map(NodeTurn::saved).toList());
  }

  private List<NodeStore.Node> lock(NodeStore store) {
    Map<NodeKey, NodeStore.Node> known = store.lock(pages.stream().map(Page::key).toList());
    List<NodeStore.Node> nodes = new ArrayList<>();
    for (Page page : pages) {
      NodeStore.Node found = known.get(page.key());
      nodes.add(found != null ? found : lockNew(store, page));
    }
    return nodes;
  }

  private NodeStore.Node lockNew(NodeStore store, Page page) {
    NodePolicy policy = page.policy();
    return store.lock(
        page.key(),
        settings.defaultRegion(),
        policy.firstSnapshot() == FirstSnapshot.FROM_ZERO,
        policy.billingFrom());
  }

  /** Has a known node metered again; each of its snapshots is judged by the guard it came with. */
  void decide(NodeKey key, Consumer<NodeTurn> decision) {
    NodeStore store = new NodeStore(handle);
    NodeStore.Node node = store.lockKnown(key);
    NodePolicy policy = new NodePolicy(FirstSnapshot.BASELINE, node.billingFrom(), Long.MAX_VALUE);
    Page page = new Page(0, "", policy, key, List.of());
    List<Integer> keys = List.of(node.nodeKey());
    NodeTurn turn =
        new NodeTurn(
            handle,
            store,
            page,
            node,
            SeriesDictionary.load(handle, keys)
                .getOrDefault(node.nodeKey(), new SeriesDictionary(node.nodeKey())),
            NodeFindings.decisions(handle, keys).getOrDefault(node.nodeKey(), Decisions.NONE),
            now,
            lookUpAll,
            false);
    pages.add(page);
    turns.add(turn);
    decision.accept(turn);
    store.saveAll(List.of(turn.saved()));
  }

  /** Gives whoever was present a bucket, where readers want that. */
  void showPresence(ReadModel readModel) {
    for (int i = 0; i < turns.size(); i++) {
      NodeTurn turn = turns.get(i);
      readModel.present(pages.get(i).key().composed(), turn.region(), turn.presences());
    }
  }

  /** The newest counters of every account that moved. */
  List<ReadModel.Checkpoint> checkpoints() {
    List<ReadModel.Checkpoint> checkpoints = new ArrayList<>();
    turns.forEach(turn -> checkpoints.addAll(turn.checkpoints()));
    return checkpoints;
  }

  /** Gives each page with what became of it. */
  void forEach(BiConsumer<Page, Receipt> consumer) {
    for (int i = 0; i < turns.size(); i++) {
      consumer.accept(pages.get(i), turns.get(i).receipt());
    }
  }
}
