package com.example.shop;

import static com.example.shop.Shop.at;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A paid order meets its customer, as of its time. */
class CustomersTest {
  private final Shop shop = new Shop();

  @AfterEach
  void close() {
    shop.close();
  }

  private List<String> countries() {
    return shop.paidOrders().stream().map(data -> data.path("customer").path("country").asText("none")).toList();
  }

  @Test
  void anOrderOfAnUnknownCustomerIsStillMoney() {
    shop.paid("o-1", "ann", 10, at("12:00"));
    assertEquals(List.of("none"), countries());
    shop.tick(at("14:00"));
    assertEquals(10, shop.spending().get(0).path("total").asLong());
  }

  @Test
  void aTombstoneForgetsTheCustomer() {
    shop.customer("ann", "Ann", "IE", at("11:00"));
    shop.paid("o-1", "ann", 10, at("12:00"));
    shop.send("shop.customers", "ann", (String) null, at("12:10"));
    shop.paid("o-2", "ann", 10, at("12:20"));
    shop.customer("ann", "Ann", "NL", at("12:30"));
    shop.paid("o-3", "ann", 10, at("12:40"));
    assertEquals(List.of("IE", "none", "NL"), countries());
  }

  @Test
  void anOrderMeetsTheCustomerOfItsTimeAndNotOfToday() {
    shop.customer("ann", "Ann", "IE", at("11:00"));
    shop.customer("ann", "Ann", "NL", at("12:30"));
    shop.paid("before", "ann", 10, at("12:00"));
    shop.paid("after", "ann", 10, at("13:00"));
    assertEquals(List.of("IE", "NL"), countries());
  }

  @Test
  void anOldChangeThatComesLateOverwritesNothing() {
    shop.customer("ann", "Ann", "NL", at("11:30"));
    shop.customer("ann", "Ann", "IE", at("11:00"));
    shop.paid("o-1", "ann", 10, at("12:00"));
    assertEquals(List.of("NL"), countries());
  }

  @Test
  void aTableHasTheStateOfTheLongAgo() {
    shop.customer("ann", "Ann", "IE", at("11:00").minusSeconds(365 * 24 * 3600));
    shop.customer("bob", "Bob", "NL", at("11:00"));
    shop.paid("o-1", "ann", 10, at("12:00"));
    assertEquals(List.of("IE"), countries());
  }

  @Test
  void aChangeThatCannotBeReadIsADeadLetterAndTheCustomerStaysAsHeWas() {
    shop.customer("ann", "Ann", "IE", at("11:00"));
    ObjectNode broken = Shop.event("2", "CustomerChanged.v1", at("11:30"));
    broken.putObject("data").put("customerId", "ann").put("name", "Ann");
    shop.send("shop.customers", "ann", broken, at("11:30"));
    shop.send("shop.customers", "ann", "{", at("11:31"));
    shop.send("shop.customers", "ann", Shop.event("3", "CustomerGreeted.v1", at("11:32")), at("11:32"));
    shop.paid("o-1", "ann", 10, at("12:00"));
    assertEquals(List.of("IE"), countries());
    assertEquals(
        List.of("shop.customers", "shop.customers"), shop.deadLetters().stream().map(Shop.Dead::topic).toList());
  }
}
