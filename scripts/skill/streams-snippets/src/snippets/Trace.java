package snippets;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyDescription;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers;
import org.apache.kafka.streams.test.TestRecord;

/** A topology on a TopologyTestDriver, driven by lines such as {@code 5s orders o1=c1/30}. */
final class Trace implements AutoCloseable {
  /** What comes out where. */
  record Out(String topic, Object key, Object value, long timestamp) {}

  /** What one line did. */
  record Effect(List<Out> out, long dropped) {}

  private static final Deserializer<Object> LENIENT = (topic, data) -> AnySerde.read(data);

  private final TopologyTestDriver driver;

  private final String application;
  private final Set<String> sources = new TreeSet<>();

  Trace(Topology topology, Properties config) {
    application = config.getProperty(StreamsConfig.APPLICATION_ID_CONFIG);
    topology.describe().subtopologies().forEach(part -> part.nodes().forEach(this::note));
    topology.describe().globalStores().forEach(store -> note(store.source()));
    driver = new TopologyTestDriver(topology, config, Instant.EPOCH);
  }

  static Properties config(Path state) {
    Properties config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, "app-" + UUID.randomUUID());
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "localhost:1");
    config.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
    config.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, AnySerde.class.getName());
    config.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, AnySerde.class.getName());
    // RocksDB flushes to the disk after every record of a test driver; the answers are the same.
    config.put(StreamsConfig.DSL_STORE_SUPPLIERS_CLASS_CONFIG, BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers.class);
    return config;
  }

  private void note(TopologyDescription.Node node) {
    if (node instanceof TopologyDescription.Source source && source.topicSet() != null) sources.addAll(source.topicSet());
  }

  /** Whether the topology reads the topic. */
  boolean hears(String topic) {
    return sources.contains(topic);
  }

  /** {@code TIME TOPIC KEY=VALUE}, or {@code wall TIME}, which lets the wall clock go on. */
  Effect run(String line) {
    String[] words = line.trim().split("\\s+");
    double before = dropped();
    if (words[0].equals("wall")) driver.advanceWallClockTime(Text.span(words[1]));
    else pipe(Text.span(words[0]), words[1], words[2]);
    return new Effect(outputs(), Math.round(dropped() - before));
  }

  /** As the documents write it. */
  String print(String line, boolean times) {
    try {
      Effect effect = run(line);
      List<String> parts = new ArrayList<>();
      for (Out out : effect.out()) parts.add(print(out, times));
      if (effect.dropped() > 0) parts.add("dropped");
      return parts.isEmpty() ? "nothing" : String.join(", ", parts);
    } catch (RuntimeException error) {
      return "throws " + error.getClass().getSimpleName();
    }
  }

  private static String print(Out out, boolean times) {
    String topic = out.topic().equals("out") ? "" : out.topic() + " ";
    String time = times ? " at " + Text.span(out.timestamp()) : "";
    return topic + Text.of(out.key()) + "=" + Text.of(out.value()) + time;
  }

  private void pipe(Duration time, String topic, String pair) {
    int sign = pair.indexOf('=');
    byte[] key = AnySerde.write(Text.parse(pair.substring(0, sign)));
    String text = pair.substring(sign + 1);
    byte[] value = text.equals("broken") ? new byte[] {2, 1, 'x'} : AnySerde.write(Text.parse(text));
    driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer())
      .pipeInput(key, value, Instant.EPOCH.plus(time));
  }

  private List<Out> outputs() {
    List<Out> all = new ArrayList<>();
    for (String topic : visible()) {
      for (TestRecord<Object, Object> found : driver.createOutputTopic(topic, LENIENT, LENIENT).readRecordsToList()) {
        all.add(new Out(topic, found.key(), found.value(), found.timestamp()));
      }
    }
    return all;
  }

  /** Changelogs and repartition topics that were written, without the application's id. */
  Set<String> internalTopics() {
    return driver.producedTopicNames().stream()
      .filter(topic -> topic.startsWith(application + "-"))
      .map(topic -> topic.substring(application.length() + 1))
      .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Without changelogs and repartition topics, whose names begin with the application's id. */
  private Set<String> visible() {
    return driver.producedTopicNames().stream()
      .filter(topic -> !topic.startsWith(application + "-"))
      .collect(Collectors.toCollection(TreeSet::new));
  }

  private double dropped() {
    return driver.metrics().entrySet().stream()
      .filter(entry -> entry.getKey().name().equals("dropped-records-total"))
      .mapToDouble(entry -> ((Number) entry.getValue().metricValue()).doubleValue())
      .sum();
  }

  @Override
  public void close() {
    try {
      driver.close();
    } catch (RuntimeException error) {
      // After a record that failed the task cannot be closed cleanly; what it printed stands already.
    }
  }
}
