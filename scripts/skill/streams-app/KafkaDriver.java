import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Obeys commands, a line of JSON each, and answers each with a line. */
class KafkaDriver {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final Map<String, Object> broker;
  private final KafkaProducer<String, String> producer;

  KafkaDriver(String bootstrap) {
    broker = Map.of("bootstrap.servers", bootstrap);
    producer = new KafkaProducer<>(
        Map.of("bootstrap.servers", bootstrap, "linger.ms", 5), new StringSerializer(), new StringSerializer());
  }

  public static void main(String[] args) throws Exception {
    KafkaDriver driver = new KafkaDriver(args[0]);
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      System.out.println(JSON.writeValueAsString(driver.obey(JSON.readTree(line))));
    }
  }

  private Object obey(JsonNode command) throws Exception {
    return switch (command.path("do").asText()) {
      case "topics" -> topics(command.path("topics"));
      case "send" -> send(command.path("messages"));
      case "read" -> read(command.path("topic").asText());
      case "open" -> open(command.path("topic").asText());
      default -> throw new IllegalArgumentException(command.toString());
    };
  }

  private int topics(JsonNode partitions) throws Exception {
    List<NewTopic> topics = new ArrayList<>();
    partitions.fields().forEachRemaining(topic -> topics.add(
        new NewTopic(topic.getKey(), Optional.of(topic.getValue().asInt()), Optional.empty())));
    try (Admin admin = Admin.create(broker)) {
      admin.createTopics(topics).all().get();
    }
    return topics.size();
  }

  private int send(JsonNode messages) throws Exception {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (JsonNode message : messages) {
      sent.add(producer.send(new ProducerRecord<>(
          message.path("topic").asText(), null, message.path("at").asLong(), message.path("key").textValue(),
          message.path("value").textValue())));
    }
    for (Future<RecordMetadata> result : sent) result.get();
    return sent.size();
  }

  private KafkaConsumer<String, String> consumer(String isolation) {
    Map<String, Object> settings = Map.of(
        "bootstrap.servers", broker.get("bootstrap.servers"), "isolation.level", isolation,
        "enable.auto.commit", false, "auto.offset.reset", "earliest");
    return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
  }

  private static List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer, String topic) {
    return consumer.partitionsFor(topic).stream()
        .map(info -> new TopicPartition(topic, info.partition()))
        .toList();
  }

  /** How many messages stand between where readers of what is committed must stop, and the end. */
  private long open(String topic) {
    try (var committed = consumer("read_committed"); var all = consumer("read_uncommitted")) {
      List<TopicPartition> partitions = partitions(all, topic);
      Map<TopicPartition, Long> ends = all.endOffsets(partitions);
      Map<TopicPartition, Long> stops = committed.endOffsets(partitions);
      return partitions.stream().mapToLong(partition -> Math.max(0, ends.get(partition) - stops.get(partition))).sum();
    }
  }

  /** All of a topic that is committed at this moment. */
  private ArrayNode read(String topic) {
    ArrayNode found = JSON.createArrayNode();
    try (var consumer = consumer("read_committed")) {
      List<TopicPartition> partitions = partitions(consumer, topic);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      consumer.assign(partitions);
      while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
          ObjectNode line = found.addObject().put("key", record.key()).put("value", record.value());
          ObjectNode headers = line.putObject("headers");
          record.headers().forEach(header -> headers.put(
              header.key(), header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8)));
        }
      }
    }
    return found;
  }
}
