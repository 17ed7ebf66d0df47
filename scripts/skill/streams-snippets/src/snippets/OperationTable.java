package snippets;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.KGroupedStream;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.SessionWindows;
import org.apache.kafka.streams.kstream.SlidingWindows;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.Record;

/** What the operations of the DSL do with nulls and late records, and which make a later grouping repartition. */
final class OperationTable {
  private static final Duration SIZE = Duration.ofSeconds(10);

  private final Proof proof;

  OperationTable(Path folder) {
    proof = new Proof(folder);
  }

  /** By the name of the operation: by the head of the column: the cell. */
  Map<String, Map<String, String>> rows() {
    Map<String, Map<String, String>> rows = new LinkedHashMap<>();
    keyChanges().forEach((name, change) -> rows.put("`" + name + "`", Map.of("then `groupByKey`, `toTable`, joins", repartition(change))));
    stateful().forEach((name, operation) -> rows.put(name, nulls(operation)));
    return rows;
  }

  private static String repartition(Function<KStream<String, String>, KStream<String, String>> change) {
    Consumer<StreamsBuilder> definition = b -> change.apply(b.stream("l")).groupByKey().count();
    return Proof.topology(definition).describe().toString().contains("-repartition") ? "repartition" : "stay";
  }

  private static Map<String, Function<KStream<String, String>, KStream<String, String>>> keyChanges() {
    Map<String, Function<KStream<String, String>, KStream<String, String>>> changes = new LinkedHashMap<>();
    changes.put("filter", s -> s.filter((key, value) -> true));
    changes.put("mapValues", s -> s.mapValues(value -> value));
    changes.put("flatMapValues", s -> s.flatMapValues(value -> List.of(value)));
    changes.put("peek", s -> s.peek((key, value) -> {}));
    changes.put("merge", s -> s.merge(s));
    changes.put("processValues", s -> s.processValues(SameValue::new));
    changes.put("selectKey", s -> s.selectKey((key, value) -> value));
    changes.put("map", s -> s.map(KeyValue::pair));
    changes.put("flatMap", s -> s.flatMap((key, value) -> List.of(KeyValue.pair(key, value))));
    changes.put("process", s -> s.process(SameRecord::new));
    return changes;
  }

  private Map<String, String> nulls(Consumer<StreamsBuilder> operation) {
    Map<String, String> row = new LinkedHashMap<>();
    row.put("key null", proof.cell(operation, "0s l null=x"));
    row.put("value null", proof.cell(operation, "0s l a=x", "1s l a=null"));
    row.put("late", proof.cell(operation, "0s l a=x", "1h l z=Z", "1s l a=y"));
    return row;
  }

  private static Map<String, Consumer<StreamsBuilder>> stateful() {
    Map<String, Consumer<StreamsBuilder>> operations = new LinkedHashMap<>();
    operations.put("`count`", b -> grouped(b).count().toStream().to("out"));
    operations.put("`reduce`", b -> grouped(b).reduce((old, value) -> old + value).toStream().to("out"));
    operations.put("`aggregate`", b -> grouped(b).aggregate(() -> "", (key, value, sum) -> sum + value).toStream().to("out"));
    operations.put("`cogroup`", b -> grouped(b)
      .<String>cogroup((key, value, sum) -> sum + value).aggregate(() -> "").toStream().to("out"));
    operations.put("`count` in `TimeWindows`", b -> grouped(b)
      .windowedBy(TimeWindows.ofSizeAndGrace(SIZE, SIZE)).count().toStream().to("out"));
    operations.put("`count` in `SlidingWindows`", b -> grouped(b)
      .windowedBy(SlidingWindows.ofTimeDifferenceAndGrace(SIZE, SIZE)).count().toStream().to("out"));
    operations.put("`count` in `SessionWindows`", b -> grouped(b)
      .windowedBy(SessionWindows.ofInactivityGapAndGrace(SIZE, SIZE)).count().toStream().to("out"));
    operations.put("`toTable`", b -> b.<String, String>stream("l").toTable().toStream().to("out"));
    operations.put("`StreamsBuilder.table`", b -> table(b).toStream().to("out"));
    operations.put("`KTable.filter`", b -> table(b).filter((key, value) -> true).toStream().to("out"));
    operations.put("`KTable.groupBy` + `count`", b -> table(b)
      .groupBy((key, value) -> KeyValue.pair(key, value)).count().toStream().to("out"));
    return operations;
  }

  private static KGroupedStream<String, String> grouped(StreamsBuilder builder) {
    return builder.<String, String>stream("l").groupByKey();
  }

  private static KTable<String, String> table(StreamsBuilder builder) {
    return builder.table("l");
  }

  private static final class SameValue extends ContextualFixedKeyProcessor<String, String, String> {
    @Override
    public void process(FixedKeyRecord<String, String> record) {
      context().forward(record);
    }
  }

  private static final class SameRecord extends ContextualProcessor<String, String, String, String> {
    @Override
    public void process(Record<String, String> record) {
      context().forward(record);
    }
  }
}
