package com.example.shop;

import static com.example.shop.Shop.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.example.shop.KafkaStreamsApp.BadEvent;
import com.example.shop.KafkaStreamsApp.NewerVersion;
import com.example.shop.KafkaStreamsApp.OnProcessingError;
import com.example.shop.KafkaStreamsApp.OnProductionError;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.errors.ProductionExceptionHandler;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.internals.DefaultErrorHandlerContext;
import org.apache.kafka.streams.processor.TaskId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What cannot be read or believed is set aside with its reason, and holds nobody up. */
class DeadLettersTest {
  private final Shop shop = new Shop();

  @AfterEach
  void close() {
    shop.close();
  }

  private record Case(String key, String value, String reason) {}

  private void assertSetAside(Case... cases) {
    for (int offset = 0; offset < cases.length; offset++) {
      Case poison = cases[offset];
      shop.send("shop.orders", poison.key(), poison.value(), at("12:00"));
      var dead = shop.deadLetters();
      assertEquals(1, dead.size(), poison::value);
      assertEquals(poison.key(), dead.get(0).key());
      assertEquals(poison.value(), dead.get(0).value(), "as it came");
      assertEquals(BadEvent.class.getName(), dead.get(0).exception());
      assertTrue(
          dead.get(0).reason().contains(poison.reason()), () -> dead.get(0).reason() + " for " + poison.value());
      assertEquals("shop.orders", dead.get(0).topic());
      assertEquals(String.valueOf(offset), dead.get(0).offset());
      assertEquals("application/cloudevents+json", dead.get(0).type(), "with its own headers");
    }
    shop.paid("o-1", "ann", 10, at("12:00"));
    assertEquals(1, shop.paidOrders().size(), "and the next one is handled");
  }

  private static ObjectNode placed(Consumer<ObjectNode> change) {
    ObjectNode event = Shop.placedEvent("o-1", "ann", 10, at("12:00"));
    change.accept(event);
    return event;
  }

  private static ObjectNode data(ObjectNode event) {
    return (ObjectNode) event.get("data");
  }

  private static Case envelope(String reason, Consumer<ObjectNode> change) {
    return new Case("o-1", placed(change).toString(), reason);
  }

  @Test
  void whatIsNoCloudEventIsADeadLetter() {
    assertSetAside(
        new Case("o-1", "{", "not JSON"),
        new Case("o-1", "", "not a JSON object"),
        new Case("o-1", "[]", "not a JSON object"),
        new Case("o-1", "null", "not a JSON object"),
        new Case("o-1", placed(event -> {}) + "{}", "not JSON"),
        new Case("o-1", "{\"id\":\"1\",\"id\":\"2\"}", "not JSON"),
        envelope("specversion", event -> event.put("specversion", "0.3")),
        envelope("id is missing", event -> event.remove("id")),
        envelope("id is missing", event -> event.put("id", "")),
        envelope("id is missing", event -> event.put("id", 1)),
        envelope("source is missing", event -> event.putNull("source")),
        envelope("type is missing", event -> event.remove("type")),
        envelope("time is missing", event -> event.remove("time")),
        envelope("time is not an RFC 3339 time", event -> event.put("time", "yesterday")),
        envelope("time is not an RFC 3339 time", event -> event.put("time", "2026-11-03")),
        envelope("tenantid", event -> event.put("tenantid", "acme")));
  }

  @Test
  void whatIsNoOrderIsADeadLetter() {
    assertSetAside(
        envelope("has no data", event -> event.remove("data")),
        envelope("has no data", event -> event.put("data", "text")),
        envelope("'total'", event -> data(event).remove("total")),
        envelope("customerId", event -> data(event).putNull("customerId")),
        envelope("wrong data", event -> data(event).put("total", "10")),
        envelope("wrong data", event -> data(event).put("total", 1.5)),
        envelope("total", event -> data(event).put("total", 0)),
        envelope("total", event -> data(event).put("total", Long.MAX_VALUE)),
        envelope("customerId", event -> data(event).put("customerId", " ")),
        new Case("o-7", placed(event -> {}).toString(), "not keyed by its orderId"),
        new Case(null, placed(event -> {}).toString(), "not keyed by its orderId"));
  }

  @Test
  void aPaymentOrACustomerUnderAWrongKeyIsADeadLetterToo() {
    shop.send("shop.payments", "o-7", Shop.authorizedEvent("o-1", at("12:00")), at("12:00"));
    shop.send("shop.payments", null, Shop.authorizedEvent("o-1", at("12:00")), at("12:00"));
    ObjectNode changed = Shop.event("c", "CustomerChanged.v1", at("12:00"));
    changed.putObject("data").put("customerId", "ann").put("name", "Ann").put("country", "IE");
    shop.send("shop.customers", "bob", changed, at("12:00"));
    shop.send("shop.customers", null, changed, at("12:00"));
    assertEquals(
        List.of("shop.payments", "shop.payments", "shop.customers", "shop.customers"),
        shop.deadLetters().stream().map(Shop.Dead::topic).toList());
  }

  @Test
  void aDeadLetterThatIsPutRightAndSentAgainIsNotTakenForADuplicate() {
    ObjectNode event = placed(broken -> data(broken).put("total", -1));
    shop.send("shop.orders", "o-1", event, at("12:00"));
    shop.authorized("o-1", at("12:00"));
    assertEquals(1, shop.deadLetters().size());
    data(event).put("total", 10);
    shop.send("shop.orders", "o-1", event, at("12:00"));
    assertEquals(1, shop.paidOrders().size());
  }

  @Test
  void anEventOfANewerReleaseStopsTheTaskAndIsNoDeadLetter() {
    ObjectNode event = placed(newer -> newer.put("type", "com.example.shop.OrderPlaced.v3"));
    StreamsException failure =
        assertThrows(StreamsException.class, () -> shop.send("shop.orders", "o-1", event, at("12:00")));
    assertEquals(NewerVersion.class, failure.getCause().getClass());
    assertTrue(failure.getCause().getMessage().contains("OrderPlaced version 3; this release knows 2"));
    assertEquals(List.of(), shop.deadLetters());
  }

  @Test
  void onlyABadEventLetsProcessingGoOn() {
    OnProcessingError handler = new OnProcessingError();
    for (Exception error : List.of(new NullPointerException(), new TimeoutException(), new NewerVersion("3"))) {
      assertEquals(ProcessingExceptionHandler.Result.FAIL, handler.handleError(null, null, error).result());
    }
  }

  @Test
  void aResultThatIsTooLargeIsSetAsideAndTheSumIsRight() {
    shop.customer("ann", "A".repeat(999_700), "IE", at("11:00"));
    shop.paid("o-1", "ann", 10, at("12:00"));
    assertEquals(List.of(), shop.paidOrders());
    var dead = shop.deadLetters();
    assertEquals(1, dead.size());
    assertEquals(RecordTooLargeException.class.getName(), dead.get(0).exception());
    assertEquals("ann", dead.get(0).key());
    assertTrue(dead.get(0).value().contains("\"orderId\":\"o-1\""), "its source tells which order it was");
    assertTrue(dead.get(0).topic().endsWith("paid-by-customer-repartition"), dead.get(0).topic());
    shop.tick(at("14:00"));
    assertEquals(10, shop.spending().get(0).path("total").asLong());
  }

  @Test
  void whatTheBrokerRefusesIsTriedAgainOrFails() {
    OnProductionError handler = new OnProductionError();
    var context = new DefaultErrorHandlerContext(
        null, "in", 0, 0, new RecordHeaders(), "out", new TaskId(0, 0), 0, null, null);
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>("out", new byte[0]);
    assertEquals(
        ProductionExceptionHandler.Result.RETRY, handler.handleError(context, record, new TimeoutException()).result());
    assertEquals(
        ProductionExceptionHandler.Result.FAIL,
        handler.handleError(context, record, new RecordTooLargeException()).result());
  }
}
