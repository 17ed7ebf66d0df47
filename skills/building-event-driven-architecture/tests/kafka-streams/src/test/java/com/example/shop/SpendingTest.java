package com.example.shop;

import static com.example.shop.Shop.at;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.example.shop.KafkaStreamsApp.Json;
import com.example.shop.KafkaStreamsApp.Spending;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.streams.state.WindowStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a customer spends in an hour, said once. */
class SpendingTest {
  private final Shop shop = new Shop();

  @AfterEach
  void close() {
    shop.close();
  }

  private static JsonNode sum(String customerId, String from, String to, int orders, long total) {
    return Json.tree(Json.bytes(Json.MAPPER.createObjectNode()
        .put("customerId", customerId).put("from", at(from).toString()).put("to", at(to).toString())
        .put("orders", orders).put("total", total)));
  }

  @Test
  void aWindowSpeaksOnceWhenItCanNoLongerChange() {
    shop.paid("o-1", "ann", 100, at("12:00"));
    shop.paid("o-2", "ann", 20, at("12:59"));
    shop.tick(at("13:10").minusMillis(1));
    assertEquals(List.of(), shop.spending(), "not while an event may still come");
    shop.tick(at("13:10"));
    assertEquals(List.of(sum("ann", "12:00", "13:00", 2, 120)), shop.spending());
    shop.tick(at("18:00"));
    assertEquals(List.of(), shop.spending(), "and never again");
  }

  @Test
  void eachCustomerAndEachHourHasItsOwnWindow() {
    shop.paid("o-1", "ann", 1, at("12:00"));
    shop.paid("o-2", "bob", 2, at("12:30"));
    shop.paid("o-3", "ann", 4, at("13:00"));
    shop.tick(at("16:00"));
    assertEquals(
        Set.of(
            sum("ann", "12:00", "13:00", 1, 1), sum("bob", "12:00", "13:00", 1, 2),
            sum("ann", "13:00", "14:00", 1, 4)),
        shop.spending().stream().collect(Collectors.toSet()));
  }

  @Test
  void whatComesOutOfOrderWithinGraceCounts() {
    shop.paid("o-1", "ann", 1, at("12:50"));
    shop.tick(at("13:09"));
    shop.paid("o-2", "ann", 2, at("12:10"));
    shop.tick(at("13:10"));
    assertEquals(List.of(sum("ann", "12:00", "13:00", 2, 3)), shop.spending());
  }

  @Test
  void whatComesAfterTheWindowClosedIsCountedAsDroppedAndDoesNotReopenIt() {
    shop.paid("o-1", "ann", 1, at("12:50"));
    shop.tick(at("13:10"));
    assertEquals(1, shop.spending().size());
    double before = shop.dropped();
    shop.paid("late", "ann", 2, at("12:10"));
    shop.tick(at("14:30"));
    assertEquals(List.of(), shop.spending());
    assertEquals(before + 1, shop.dropped());
    assertEquals(2, shop.paidOrders().size(), "it is among the paid orders all the same");
  }

  @Test
  void theResultIsACloudEventOfTheCustomer() {
    shop.paid("o-1", "ann", 100, at("12:00"));
    shop.tick(at("13:10"));
    var record = shop.records("shop.spending").get(0);
    assertEquals("ann", record.key());
    JsonNode event = Json.tree(record.value());
    assertEquals("com.example.shop.SpendingClosed.v1", event.path("type").asText());
    assertEquals("spending-ann-2026-11-03T12:00:00Z", event.path("subject").asText());
    assertEquals("2026-11-03T13:00:00Z", event.path("time").asText());
    assertEquals(event.path("id"), event.path("correlationid"), "it begins a conversation");
    assertEquals("ann", event.path("partitionkey").asText());
  }

  @Test
  void queriesSeeAWindowBeforeItClosesAndForTwoDays() {
    WindowStore<String, Spending> store = shop.driver.getWindowStore(KafkaStreamsApp.SPENDING);
    shop.paid("o-1", "ann", 100, at("12:00"));
    shop.paid("o-2", "ann", 20, at("12:30"));
    assertEquals(new Spending(2, 120), store.fetch("ann", at("12:00").toEpochMilli()));
    shop.tick(at("12:00").plusSeconds(47 * 3600));
    assertEquals(new Spending(2, 120), store.fetch("ann", at("12:00").toEpochMilli()));
  }
}
