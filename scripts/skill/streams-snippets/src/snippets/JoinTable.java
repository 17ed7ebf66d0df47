package snippets;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.TopologyDescription;
import org.apache.kafka.streams.kstream.GlobalKTable;
import org.apache.kafka.streams.kstream.JoinWindows;
import org.apache.kafka.streams.kstream.Joined;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.ValueJoiner;
import org.apache.kafka.streams.state.Stores;

/** Every join of the DSL, and what it answers to the same stimuli. */
final class JoinTable {
  private static final JoinWindows MINUTE =
    JoinWindows.ofTimeDifferenceAndGrace(Duration.ofSeconds(60), Duration.ofSeconds(30));
  private static final Joined<String, String, String> GRACE =
    Joined.<String, String, String>as("wait").withGracePeriod(Duration.ofSeconds(30));
  private static final ValueJoiner<String, String, String> BOTH = (left, right) -> left + "+" + right;

  private final Proof proof;

  JoinTable(Path folder) {
    proof = new Proof(folder);
  }

  /** By the name of the join: by the head of the column: the cell. */
  Map<String, Map<String, String>> rows() {
    Map<String, Map<String, String>> rows = new LinkedHashMap<>();
    joins().forEach((name, join) -> rows.put(name, row(join)));
    return rows;
  }

  private Map<String, String> row(Consumer<StreamsBuilder> join) {
    Map<String, String> row = new LinkedHashMap<>();
    row.put("only L", proof.cell(join, "0s l a=L"));
    row.put("only R", proof.cell(join, "0s r a=R"));
    row.put("R after L", proof.cell(join, "0s l a=L", "1s r a=R"));
    row.put("L after R", proof.cell(join, "0s r a=R", "1s l a=L"));
    row.put("L key null", proof.cell(join, "0s r a=R", "1s l null=L"));
    row.put("L value null", proof.cell(join, "0s r a=R", "1s l a=L", "2s l a=null"));
    row.put("R key null", proof.cell(join, "0s r null=R"));
    row.put("R value null", proof.cell(join, "0s r a=R", "1s l a=L", "2s r a=null"));
    row.put("L from the past", proof.cell(join, "0s r a=R1", "50s r a=R2", "20s l a=L"));
    row.put("R out of order", proof.cell(join, "50s r a=R2", "0s r a=R1", "55s l a=L"));
    row.put("L late", proof.cell(join, "0s r a=R", "1h r z=Z", "1h l z=Z", "1s l a=L"));
    row.put("co-partitioned", together(join) ? "yes" : "no");
    return row;
  }

  private static Map<String, Consumer<StreamsBuilder>> joins() {
    Map<String, Consumer<StreamsBuilder>> joins = new LinkedHashMap<>();
    joins.put("KStream–KStream `join`", b -> left(b).join(right(b), BOTH, MINUTE).to("out"));
    joins.put("KStream–KStream `leftJoin`", b -> left(b).leftJoin(right(b), BOTH, MINUTE).to("out"));
    joins.put("KStream–KStream `outerJoin`", b -> left(b).outerJoin(right(b), BOTH, MINUTE).to("out"));
    joins.put("KStream–KTable `join`", b -> left(b).join(rights(b), BOTH).to("out"));
    joins.put("KStream–KTable `leftJoin`", b -> left(b).leftJoin(rights(b), BOTH).to("out"));
    joins.put("KStream–versioned KTable `join`", b -> left(b).join(versioned(b, "r"), BOTH).to("out"));
    joins.put("KStream–versioned KTable `leftJoin`", b -> left(b).leftJoin(versioned(b, "r"), BOTH).to("out"));
    joins.put("KStream–versioned KTable with grace `join`", b -> left(b).join(versioned(b, "r"), BOTH, GRACE).to("out"));
    joins.put("KStream–versioned KTable with grace `leftJoin`", b -> left(b).leftJoin(versioned(b, "r"), BOTH, GRACE).to("out"));
    joins.put("KStream–GlobalKTable `join`", b -> left(b).join(global(b), (key, value) -> key, BOTH).to("out"));
    joins.put("KStream–GlobalKTable `leftJoin`", b -> left(b).leftJoin(global(b), (key, value) -> key, BOTH).to("out"));
    joins.put("KTable–KTable `join`", b -> lefts(b).join(rights(b), BOTH).toStream().to("out"));
    joins.put("KTable–KTable `leftJoin`", b -> lefts(b).leftJoin(rights(b), BOTH).toStream().to("out"));
    joins.put("KTable–KTable `outerJoin`", b -> lefts(b).outerJoin(rights(b), BOTH).toStream().to("out"));
    joins.put("versioned KTable–KTable `join`", b -> versioned(b, "l").join(versioned(b, "r"), BOTH).toStream().to("out"));
    joins.put("KTable–KTable by foreign key `join`", b -> lefts(b).join(rights(b), left -> "a", BOTH).toStream().to("out"));
    joins.put("KTable–KTable by foreign key `leftJoin`", b -> lefts(b).leftJoin(rights(b), left -> "a", BOTH).toStream().to("out"));
    return joins;
  }

  private static KStream<String, String> left(StreamsBuilder builder) {
    return builder.stream("l");
  }

  private static KStream<String, String> right(StreamsBuilder builder) {
    return builder.stream("r");
  }

  private static KTable<String, String> lefts(StreamsBuilder builder) {
    return builder.table("l");
  }

  private static KTable<String, String> rights(StreamsBuilder builder) {
    return builder.table("r");
  }

  private static GlobalKTable<String, String> global(StreamsBuilder builder) {
    return builder.globalTable("r");
  }

  private static KTable<String, String> versioned(StreamsBuilder builder, String topic) {
    return builder.table(topic, Materialized.as(Stores.persistentVersionedKeyValueStore(topic, Duration.ofMinutes(10))));
  }

  /** One task reads both topics, partition by partition. */
  private static boolean together(Consumer<StreamsBuilder> join) {
    return Proof.topology(join).describe().subtopologies().stream().anyMatch(JoinTable::readsBoth);
  }

  private static boolean readsBoth(TopologyDescription.Subtopology part) {
    return reads(part, "l") && reads(part, "r");
  }

  private static boolean reads(TopologyDescription.Subtopology part, String topic) {
    return part.nodes().stream()
      .filter(TopologyDescription.Source.class::isInstance)
      .map(TopologyDescription.Source.class::cast)
      .anyMatch(source -> source.topicSet() != null && source.topicSet().contains(topic));
  }
}
