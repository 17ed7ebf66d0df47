package com.example.shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.example.shop.KafkaStreamsApp.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.TopologyDescription;
import org.apache.kafka.streams.TopologyDescription.Node;
import org.apache.kafka.streams.TopologyDescription.Processor;
import org.apache.kafka.streams.TopologyDescription.Sink;
import org.apache.kafka.streams.TopologyDescription.Source;
import org.junit.jupiter.api.Test;

/**
 * Names are part of what is deployed: stores, changelogs and repartition topics are found by them. Where a line changes
 * here, the next release begins without that state, unless it is moved or comes under a new application id.
 */
class NamesTest {
  private final TopologyDescription topology = KafkaStreamsApp.topology(Settings.from(Map.of())).describe();

  @Test
  void stateAndTopicsHaveTheseNames() {
    List<String> lines = new ArrayList<>();
    for (var part : topology.subtopologies()) {
      for (Node node : part.nodes()) {
        String of = part.id() + " " + node.name();
        if (node instanceof Source source) source.topicSet().forEach(topic -> lines.add(of + " < " + topic));
        if (node instanceof Sink sink) lines.add(of + " > " + sink.topic());
        if (node instanceof Processor processor) {
          processor.stores().stream().sorted().forEach(store -> lines.add(of + " has " + store));
        }
      }
    }
    assertEquals(
        """
        0 orders-in < shop.orders
        0 orders-once has orders-seen
        0 paid-by-customer-repartition-sink > paid-by-customer-repartition
        0 paid-other-join has paid-this-join-store
        0 paid-other-windowed has paid-other-join-store
        0 paid-this-join has paid-other-join-store
        0 paid-this-windowed has paid-this-join-store
        0 payments-in < shop.payments
        0 payments-once has payments-seen
        1 customers-in < shop.customers
        1 customers-table has customers
        1 paid-by-customer-repartition-source < paid-by-customer-repartition
        1 paid-orders-out > shop.paid-orders
        1 paid-with-customer has customers
        1 spending-final has spending-final-store
        1 spending-out > shop.spending
        1 spending-sum has spending
        """,
        String.join("\n", lines.stream().sorted().toList()) + "\n");
  }

  @Test
  void nothingIsNamedByItsNumber() {
    String text = topology.toString();
    assertFalse(text.matches("(?s).*-\\d{10}.*"), text);
  }
}
