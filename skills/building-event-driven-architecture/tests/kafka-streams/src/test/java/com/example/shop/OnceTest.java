package com.example.shop;

import static com.example.shop.Shop.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.example.shop.KafkaStreamsApp.Identified;
import com.example.shop.KafkaStreamsApp.Once;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.LongSerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each event counts once, and is forgotten when it can no longer matter. */
class OnceTest {
  private static final Duration MEMORY = Duration.ofMinutes(25 * 60 + 1);
  private final Shop shop = new Shop();

  @AfterEach
  void close() {
    shop.close();
  }

  private KeyValueStore<String, Long> store(String name) {
    return shop.driver.getKeyValueStore(name);
  }

  @Test
  void anEventThatIsSentTwiceCountsOnce() {
    shop.placed("o-1", "ann", 10, at("12:00"));
    shop.placed("o-1", "ann", 10, at("12:00"));
    shop.authorized("o-1", at("12:05"));
    shop.authorized("o-1", at("12:05"));
    shop.placed("o-1", "ann", 10, at("12:00"));
    assertEquals(1, shop.paidOrders().size());
    assertEquals(List.of(), shop.deadLetters());
  }

  @Test
  void aDuplicateIsKnownByItsIdHoweverMuchLaterItIsPublished() {
    shop.placed("o-1", "ann", 10, at("12:00"));
    shop.authorized("o-1", at("12:00"));
    shop.send("shop.orders", "o-1", Shop.placedEvent("o-1", "ann", 10, at("12:00")), at("12:00").plus(MEMORY));
    shop.send("shop.payments", "o-1", Shop.authorizedEvent("o-1", at("12:00")), at("12:00").plus(MEMORY));
    assertEquals(1, shop.paidOrders().size());
  }

  @Test
  void idsOfOneTopicDoNotHideThoseOfTheOther() {
    ObjectNode order = Shop.placedEvent("o-1", "ann", 10, at("12:00")).put("id", "1");
    ObjectNode payment = Shop.authorizedEvent("o-1", at("12:00")).put("id", "1");
    shop.send("shop.orders", "o-1", order, at("12:00"));
    shop.send("shop.payments", "o-1", payment, at("12:00"));
    assertEquals(1, shop.paidOrders().size());
  }

  @Test
  void anIdIsForgottenAsTheTimeOfTheEventsGoesOn() {
    shop.paid("o-1", "ann", 10, at("12:00"));
    shop.tick(at("12:00").plus(MEMORY));
    assertNotNull(store(KafkaStreamsApp.ORDERS_SEEN).get("placed-o-1"));
    assertNotNull(store(KafkaStreamsApp.PAYMENTS_SEEN).get("authorized-o-1"));
    shop.tick(at("12:02").plus(MEMORY));
    assertNull(store(KafkaStreamsApp.ORDERS_SEEN).get("placed-o-1"));
    assertNull(store(KafkaStreamsApp.PAYMENTS_SEEN).get("authorized-o-1"));
    assertEquals(2, store(KafkaStreamsApp.ORDERS_SEEN).approximateNumEntries());
  }

  @Test
  void aNightWithoutEventsForgetsNothing() {
    shop.paid("o-1", "ann", 10, at("12:00"));
    shop.clock(Duration.ofDays(30));
    assertNotNull(store(KafkaStreamsApp.ORDERS_SEEN).get("placed-o-1"));
    shop.paid("o-1", "ann", 10, at("12:00"));
    assertEquals(1, shop.paidOrders().size());
  }

  /** What is forgotten is not taken for new, at no point of time around the limit. */
  @Test
  void aDuplicateNeverPassesHoweverLateItIs() {
    shop.paid("o-1", "ann", 10, at("12:00"));
    assertEquals(1, shop.paidOrders().size());
    for (int seconds = -120; seconds <= 240; seconds += 15) {
      Instant now = at("12:00").plus(MEMORY).plusSeconds(seconds);
      // An event that the join does not see moves the time of the task on, and of the join not.
      shop.send("shop.orders", "x", Shop.event("x" + seconds, "OrderConfirmed.v1", now), now);
      shop.paid("o-1", "ann", 10, at("12:00"));
      assertEquals(List.of(), shop.paidOrders(), "at " + seconds + " s");
    }
    assertTrue(shop.deadLetters().size() > 0);
  }

  @Test
  void aSweepLooksAtSoManyIdsAndGoesOnWhereItStopped(@TempDir Path state) {
    record Numbered(String eventId) implements Identified {}
    StreamsBuilder builder = new StreamsBuilder();
    builder.stream("in", Consumed.with(Serdes.String(), Serdes.Long()))
        .mapValues(number -> new Numbered("id-" + number))
        .processValues(new Once<Numbered>("seen", Duration.ofMinutes(10), 2))
        .mapValues(value -> 1L)
        .to("out", Produced.with(Serdes.String(), Serdes.Long()));
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "once");
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
    try (TopologyTestDriver driver = new TopologyTestDriver(builder.build(), properties)) {
      var in = driver.createInputTopic("in", new StringSerializer(), new LongSerializer());
      var out = driver.createOutputTopic("out", new StringDeserializer(), new LongDeserializer());
      KeyValueStore<String, Long> seen = driver.getKeyValueStore("seen");
      // Old ids, and in front of them, by their order in the store, young ones that every sweep from there would meet.
      for (long number = 5; number <= 9; number++) in.pipeInput("k", number, at("12:00"));
      Instant later = at("12:30");
      // Each record from here moves the time by a minute, so that one sweep runs.
      in.pipeInput("k", 10L, later);
      assertEquals(5, seen.approximateNumEntries(), "looked at 10 and 5, and forgot 5");
      in.pipeInput("k", 11L, later.plusSeconds(60));
      assertEquals(4, seen.approximateNumEntries(), "forgot 6 and 7");
      in.pipeInput("k", 10L, later.plusSeconds(120));
      assertEquals(2, seen.approximateNumEntries(), "forgot 8 and 9");
      // And round again: id-0 is before all that the last sweep saw.
      in.pipeInput("k", 0L, later.minusSeconds(180));
      for (int minute = 3; minute <= 9; minute++) in.pipeInput("k", 10L, later.plusSeconds(60L * minute));
      assertNull(seen.get("id-0"));
      assertNotNull(seen.get("id-10"));
      assertEquals(8, out.readValuesToList().size());
    }
  }
}
