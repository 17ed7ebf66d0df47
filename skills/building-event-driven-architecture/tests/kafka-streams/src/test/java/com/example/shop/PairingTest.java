package com.example.shop;

import static com.example.shop.Shop.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.example.shop.KafkaStreamsApp.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Orders meet their payments. */
class PairingTest {
  private final Shop shop = new Shop();

  @AfterEach
  void close() {
    shop.close();
  }

  private List<String> paidOrders() {
    return shop.paidOrders().stream().map(data -> data.path("orderId").asText()).toList();
  }

  @Test
  void anOrderThatIsPaidIsOneCloudEvent() {
    shop.customer("ann", "Ann", "IE", at("11:00"));
    shop.placed("o-1", "ann", 4200, at("12:00"));
    shop.authorized("o-1", at("12:05"));

    var records = shop.records("shop.paid-orders");
    assertEquals(1, records.size());
    assertEquals("o-1", records.get(0).key());
    assertEquals(at("12:05"), records.get(0).getRecordTime());
    ObjectNode event = (ObjectNode) Json.tree(records.get(0).value());
    assertEquals(36, event.remove("id").asText().length());
    assertEquals(
        Json.tree("""
            { "specversion": "1.0", "source": "/services/spending", "type": "com.example.shop.OrderPaid.v1",
              "time": "2026-11-03T12:05:00Z", "subject": "paid-order-o-1", "datacontenttype": "application/json",
              "correlationid": "c-placed-o-1", "causationid": "authorized-o-1", "partitionkey": "o-1",
              "data": { "orderId": "o-1", "customerId": "ann", "total": 4200, "placedAt": "2026-11-03T12:00:00Z",
                        "paidAt": "2026-11-03T12:05:00Z", "customer": { "name": "Ann", "country": "IE" } } }
            """.getBytes()),
        Json.tree(Json.bytes(event)));
    assertEquals(List.of(), shop.deadLetters());
  }

  @Test
  void theSameResultHasTheSameIdInAReplay() {
    shop.paid("o-1", "ann", 4200, at("12:00"));
    String id = Json.tree(shop.records("shop.paid-orders").get(0).value()).path("id").asText();
    try (Shop replay = new Shop()) {
      replay.paid("o-0", "ann", 1, at("11:59"));
      replay.paid("o-1", "ann", 4200, at("12:00"));
      assertEquals(id, Json.tree(replay.records("shop.paid-orders").get(1).value()).path("id").asText());
    }
  }

  @Test
  void aPaymentMayArriveBeforeItsOrder() {
    shop.authorized("o-1", at("12:05"));
    assertEquals(List.of(), paidOrders());
    shop.placed("o-1", "ann", 4200, at("12:00"));
    assertEquals(List.of("o-1"), paidOrders());
  }

  @Test
  void aPaymentCountsForAnHourAfterItsOrder() {
    shop.placed("in-time", "ann", 1, at("12:00"));
    shop.authorized("in-time", at("13:00"));
    shop.placed("too-late", "ann", 1, at("12:00"));
    shop.authorized("too-late", at("13:00").plusMillis(1));
    assertEquals(List.of("in-time"), paidOrders());
  }

  @Test
  void clocksOfTheTwoServicesMayDisagreeByAMinute() {
    shop.placed("a-bit", "ann", 1, at("12:01"));
    shop.authorized("a-bit", at("12:00"));
    shop.placed("too-much", "ann", 1, at("12:01"));
    shop.authorized("too-much", at("12:00").minusMillis(1));
    assertEquals(List.of("a-bit"), paidOrders());
  }

  @Test
  void aPaymentThatIsHeldUpForADayIsStillPaired() {
    shop.placed("o-1", "ann", 1, at("12:00"));
    shop.tick(at("12:30").plus(Duration.ofHours(24)));
    shop.authorized("o-1", at("12:30"));
    assertEquals(List.of("o-1"), paidOrders());
    assertEquals(List.of(), shop.deadLetters());
  }

  @Test
  void anOrderThatIsHeldUpForADayIsStillPaired() {
    shop.authorized("o-1", at("12:30"));
    shop.tick(at("12:00").plus(Duration.ofHours(24)));
    shop.placed("o-1", "ann", 1, at("12:00"));
    assertEquals(List.of("o-1"), paidOrders());
  }

  @Test
  void whatComesLaterThanGraceIsADeadLetterAndNotJustGone() {
    shop.placed("o-1", "ann", 1, at("12:00"));
    shop.tick(at("12:30").plus(Duration.ofMinutes(25 * 60 + 1)).plusMillis(1));
    shop.authorized("o-1", at("12:30"));
    assertEquals(List.of(), paidOrders());
    var dead = shop.deadLetters();
    assertEquals(1, dead.size());
    assertEquals("shop.payments", dead.get(0).topic());
    assertTrue(dead.get(0).reason().contains("older than what is remembered (PT25H1M)"), dead.get(0).reason());
  }

  @Test
  void otherEventsOfTheTopicsPass() {
    shop.send("shop.orders", "o-1", Shop.event("1", "OrderConfirmed.v1", at("12:00")), at("12:00"));
    shop.send("shop.payments", "o-1", Shop.event("2", "PaymentRequested.v9", at("12:00")), at("12:00"));
    shop.send("shop.payments", "o-1", Shop.event("3", "eventwright.CommandHandled", at("12:00")), at("12:00"));
    shop.send("shop.orders", "o-1", (String) null, at("12:00"));
    shop.send("shop.payments", "o-1", (String) null, at("12:00"));
    shop.paid("o-1", "ann", 1, at("12:00"));
    assertEquals(List.of("o-1"), paidOrders());
    assertEquals(List.of(), shop.deadLetters());
  }

  @Test
  void anOrderOfVersionOneIsReadAsOfToday() {
    for (String type : List.of("OrderPlaced.v1", "OrderPlaced")) {
      ObjectNode event = Shop.event(type, type, at("12:00"));
      event.putObject("data").put("orderId", type).put("buyer", "ann").put("total", 7);
      shop.send("shop.orders", type, event, at("12:00"));
      shop.authorized(type, at("12:00"));
      assertEquals("ann", shop.paidOrders().get(0).path("customerId").asText());
    }
  }

  @Test
  void anotherNamespaceIsAnotherType() {
    ObjectNode event = Shop.placedEvent("o-1", "ann", 1, at("12:00")).put("type", "com.partner.OrderPlaced.v2");
    shop.send("shop.orders", "o-1", event, at("12:00"));
    shop.authorized("o-1", at("12:00"));
    assertEquals(List.of(), paidOrders());
  }

  @Test
  void timeIsWhenItHappenedAndNotWhenItWasPublished() {
    shop.placed("o-1", "ann", 1, at("12:00"));
    shop.send("shop.payments", "o-1", Shop.authorizedEvent("o-1", at("12:05")), at("18:00"));
    assertEquals("2026-11-03T12:05:00Z", shop.paidOrders().get(0).path("paidAt").asText());
  }

  @Test
  void aProducerWhoseClockIsAYearAheadMakesNobodyLate() {
    Instant nextYear = at("12:00").plus(Duration.ofDays(365));
    shop.placed("o-1", "ann", 1, at("12:00"));
    shop.send("shop.orders", "ahead", Shop.placedEvent("ahead", "ann", 1, nextYear), at("12:01"));
    shop.authorized("o-1", at("12:02"));
    assertEquals(List.of("o-1"), paidOrders());
    assertEquals(List.of(), shop.deadLetters());
  }
}
