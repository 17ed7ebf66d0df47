package snippets;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.JoinWindows;
import org.apache.kafka.streams.kstream.Joined;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.kstream.StreamJoined;
import org.apache.kafka.streams.kstream.Suppressed;
import org.apache.kafka.streams.kstream.TableJoined;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.kstream.ValueJoiner;

/** The internal topics that operators write under their names. */
final class NameTable {
  private static final Duration SIZE = Duration.ofSeconds(10);
  private static final ValueJoiner<String, String, String> BOTH = (left, right) -> left + "+" + right;
  private static final List<String> RECORDS = List.of("0s l a=a", "0s r a=R", "1s l a=a");

  private final Path folder;

  NameTable(Path folder) {
    this.folder = folder;
  }

  /** By the kind of operator: its internal topics, each as a key. */
  Map<String, Map<String, String>> rows() {
    Map<String, Map<String, String>> rows = new LinkedHashMap<>();
    named().forEach((kind, definition) -> {
      Map<String, String> topics = new LinkedHashMap<>();
      internal(definition).forEach(topic -> topics.put(topic, ""));
      rows.put(kind, topics);
    });
    return rows;
  }

  private Set<String> internal(Consumer<StreamsBuilder> definition) {
    StreamsBuilder builder = new StreamsBuilder();
    definition.accept(builder);
    Properties config = Trace.config(folder);
    try (Trace trace = new Trace(builder.build(config), config)) {
      RECORDS.stream().filter(line -> trace.hears(line.split(" ")[1])).forEach(trace::run);
      return trace.internalTopics();
    }
  }

  private static Map<String, Consumer<StreamsBuilder>> named() {
    Map<String, Consumer<StreamsBuilder>> named = new LinkedHashMap<>();
    named.put("aggregation", b -> left(b).groupByKey().count(Materialized.as("counts")));
    named.put("grouping, if it repartitions", b -> left(b).groupBy((key, value) -> value, Grouped.as("by-customer")).count());
    named.put("`repartition`", b -> left(b).repartition(Repartitioned.as("by-customer")).to("out"));
    named.put("stream–stream join", b -> left(b).join(
      b.<String, String>stream("r"), BOTH, JoinWindows.ofTimeDifferenceWithNoGrace(SIZE),
      StreamJoined.<String, String, String>as("pay").withName("pay")).to("out"));
    named.put("stream–table join, if it repartitions or has grace", b -> left(b).selectKey((key, value) -> value)
      .join(b.<String, String>table("r"), BOTH, Joined.as("enrich")).to("out"));
    named.put("foreign-key join", b -> b.<String, String>table("l").join(
      b.<String, String>table("r"), value -> value, BOTH, TableJoined.as("fk"), Materialized.as("joined")));
    named.put("`suppress`", b -> left(b).groupByKey().windowedBy(TimeWindows.ofSizeWithNoGrace(SIZE)).count()
      .suppress(Suppressed.untilWindowCloses(Suppressed.BufferConfig.unbounded()).withName("final")).toStream().to("out"));
    named.put("`table`, `toTable`", NameTable::tables);
    return named;
  }

  private static KStream<String, String> left(StreamsBuilder builder) {
    return builder.stream("l");
  }

  private static void tables(StreamsBuilder builder) {
    KTable<String, String> table = builder.table("l", Materialized.as("orders"));
    table.toStream().to("out");
  }
}
