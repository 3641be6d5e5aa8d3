package plus.svc.billing.emulator.fault;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** Something that goes wrong: with the node itself, or with its replies. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = NodeFault.Restart.class, name = "restart"),
  @JsonSubTypes.Type(value = NodeFault.MissedScrapes.class, name = "missed_scrapes"),
  @JsonSubTypes.Type(value = NodeFault.IdentitiesDown.class, name = "identities_down"),
  @JsonSubTypes.Type(value = WireFault.Silent.class, name = "silent"),
  @JsonSubTypes.Type(value = WireFault.Status.class, name = "status"),
  @JsonSubTypes.Type(value = WireFault.Delay.class, name = "delay"),
  @JsonSubTypes.Type(value = WireFault.Drip.class, name = "drip"),
  @JsonSubTypes.Type(value = WireFault.Truncated.class, name = "truncated"),
  @JsonSubTypes.Type(value = WireFault.InvalidJson.class, name = "invalid_json"),
  @JsonSubTypes.Type(value = WireFault.DeepNesting.class, name = "deep_nesting"),
  @JsonSubTypes.Type(value = WireFault.Html.class, name = "html"),
  @JsonSubTypes.Type(value = WireFault.GzipBomb.class, name = "gzip_bomb"),
  @JsonSubTypes.Type(value = WireFault.Redirect.class, name = "redirect"),
  @JsonSubTypes.Type(value = PagingFault.RepeatedCursor.class, name = "repeated_cursor"),
  @JsonSubTypes.Type(value = PagingFault.BackwardCursor.class, name = "backward_cursor"),
  @JsonSubTypes.Type(value = PagingFault.MissingCursor.class, name = "missing_cursor"),
  @JsonSubTypes.Type(value = PagingFault.EmptyButMore.class, name = "empty_but_more"),
  @JsonSubTypes.Type(value = PagingFault.EndlessPages.class, name = "endless_pages"),
  @JsonSubTypes.Type(value = PagingFault.NullSnapshots.class, name = "null_snapshots"),
  @JsonSubTypes.Type(value = SnapshotFault.ForeignNode.class, name = "foreign_node"),
  @JsonSubTypes.Type(value = SnapshotFault.WrongInstant.class, name = "wrong_instant"),
  @JsonSubTypes.Type(value = SnapshotFault.OutsideWindow.class, name = "outside_window"),
  @JsonSubTypes.Type(value = SnapshotFault.RewrittenMinute.class, name = "rewritten_minute"),
  @JsonSubTypes.Type(value = SnapshotFault.NullSamples.class, name = "null_samples"),
  @JsonSubTypes.Type(value = SampleFault.OddTotal.class, name = "odd_total"),
  @JsonSubTypes.Type(value = SampleFault.OddIdentifier.class, name = "odd_identifier"),
  @JsonSubTypes.Type(value = SampleFault.MixedCase.class, name = "mixed_case"),
  @JsonSubTypes.Type(value = SampleFault.HugeString.class, name = "huge_string"),
  @JsonSubTypes.Type(value = SampleFault.DuplicateSamples.class, name = "duplicate_samples")
})
public sealed interface Fault permits NodeFault, ReplyFault {}
