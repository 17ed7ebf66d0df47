package com.example.shop;

import com.example.shop.KafkaStreamsApp.Json;
import com.example.shop.KafkaStreamsApp.Settings;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/** The application's topology, driven with events as they stand on the wire. */
final class Shop implements AutoCloseable {
  static final Instant NOON = Instant.parse("2026-11-03T12:00:00Z");

  final Settings settings;
  final TopologyTestDriver driver;
  private final Path state;
  private final Map<String, TestInputTopic<String, byte[]>> inputs = new HashMap<>();
  private final Map<String, TestOutputTopic<String, byte[]>> outputs = new HashMap<>();

  Shop() {
    try {
      state = Files.createTempDirectory("shop");
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
    // The test driver forgets what is sent in a transaction before the first record is processed: dead letters of what
    // cannot be deserialised. Exactly once needs a real broker, and a crash, to be tested anyway.
    settings = Settings.from(Map.of(
        "STATE_DIR", state.toString(), "STREAMS_PROCESSING_GUARANTEE", StreamsConfig.AT_LEAST_ONCE));
    driver = new TopologyTestDriver(KafkaStreamsApp.topology(settings), settings.streams(), NOON);
    var topics = settings.topics();
    for (String topic : List.of(topics.orders(), topics.payments(), topics.customers())) {
      inputs.put(topic, driver.createInputTopic(topic, new StringSerializer(), new ByteArraySerializer()));
    }
    for (String topic : List.of(topics.paidOrders(), topics.spending(), topics.deadLetters())) {
      outputs.put(topic, driver.createOutputTopic(topic, new StringDeserializer(), new ByteArrayDeserializer()));
    }
  }

  static Instant at(String time) {
    return Instant.parse("2026-11-03T" + time + ":00Z");
  }

  void placed(String orderId, String customerId, long total, Instant at) {
    send("shop.orders", orderId, placedEvent(orderId, customerId, total, at), at);
  }

  static ObjectNode placedEvent(String orderId, String customerId, long total, Instant at) {
    ObjectNode event = event("placed-" + orderId, "OrderPlaced.v2", at);
    event.putObject("data").put("orderId", orderId).put("customerId", customerId).put("total", total)
        .putArray("lines").addObject().put("sku", "mug").put("quantity", 2);
    return event;
  }

  void authorized(String orderId, Instant at) {
    send("shop.payments", orderId, authorizedEvent(orderId, at), at);
  }

  static ObjectNode authorizedEvent(String orderId, Instant at) {
    ObjectNode event = event("authorized-" + orderId, "PaymentAuthorized.v1", at);
    event.putObject("data").put("orderId", orderId);
    return event;
  }

  void customer(String customerId, String name, String country, Instant at) {
    ObjectNode event = event("changed-" + customerId + at, "CustomerChanged.v1", at);
    event.putObject("data").put("customerId", customerId).put("name", name).put("country", country);
    send("shop.customers", customerId, event, at);
  }

  void paid(String orderId, String customerId, long total, Instant at) {
    placed(orderId, customerId, total, at);
    authorized(orderId, at);
  }

  static ObjectNode event(String id, String type, Instant at) {
    return Json.MAPPER.createObjectNode()
        .put("specversion", "1.0").put("id", id).put("source", "/services/shop").put("type", "com.example.shop." + type)
        .put("time", at.toString()).put("correlationid", "c-" + id).put("extension", "unknown");
  }

  void send(String topic, String key, ObjectNode event, Instant published) {
    send(topic, key, event.toString(), published);
  }

  void send(String topic, String key, String value, Instant published) {
    byte[] bytes = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
    RecordHeaders headers = new RecordHeaders();
    headers.add("content-type", "application/cloudevents+json".getBytes(StandardCharsets.UTF_8));
    inputs.get(topic).pipeInput(new TestRecord<>(key, bytes, headers, published));
  }

  /** Moves the time of the events on, on every partition, by an order that is paid. */
  void tick(Instant at) {
    paid("tick-" + at, "nobody", 1, at);
  }

  /** What came since the last call, without what ticks made. */
  List<JsonNode> paidOrders() {
    return data("shop.paid-orders");
  }

  List<JsonNode> spending() {
    return data("shop.spending");
  }

  private List<JsonNode> data(String topic) {
    return records(topic).stream()
        .map(record -> Json.tree(record.value()).path("data"))
        .filter(data -> !data.path("customerId").asText().equals("nobody"))
        .toList();
  }

  List<TestRecord<String, byte[]>> records(String topic) {
    return outputs.get(topic).readRecordsToList();
  }

  List<Dead> deadLetters() {
    return records("shop.spending.dlq").stream().map(Dead::of).toList();
  }

  record Dead(String key, String value, String exception, String reason, String topic, String offset, String type) {
    static Dead of(TestRecord<String, byte[]> record) {
      return new Dead(
          record.key(),
          record.value() == null ? null : new String(record.value(), StandardCharsets.UTF_8),
          header(record, "__streams.errors.exception"),
          header(record, "__streams.errors.message"),
          header(record, "__streams.errors.topic"),
          header(record, "__streams.errors.offset"),
          header(record, "content-type"));
    }

    private static String header(TestRecord<String, byte[]> record, String name) {
      return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
  }

  double dropped() {
    return driver.metrics().entrySet().stream()
        .filter(metric -> metric.getKey().name().equals("dropped-records-total"))
        .mapToDouble(metric -> (double) metric.getValue().metricValue())
        .sum();
  }

  void clock(Duration duration) {
    driver.advanceWallClockTime(duration);
  }

  @Override
  public void close() {
    driver.close();
    try (Stream<Path> paths = Files.walk(state)) {
      paths.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }
}
