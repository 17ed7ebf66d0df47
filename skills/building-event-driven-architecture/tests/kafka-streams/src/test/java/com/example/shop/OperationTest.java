package com.example.shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.example.shop.KafkaStreamsApp.Http;
import com.example.shop.KafkaStreamsApp.NewerVersion;
import com.example.shop.KafkaStreamsApp.Restarts;
import com.example.shop.KafkaStreamsApp.Settings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.junit.jupiter.api.Test;

/** Configuration, restarts, health. */
class OperationTest {
  @Test
  void exactlyOnceIsTheDefault() {
    assertEquals("exactly_once_v2", Settings.from(Map.of()).streams().get("processing.guarantee"));
  }

  @Test
  void everythingComesFromTheEnvironment() {
    Settings settings = Settings.from(Map.of(
        "KAFKA_BOOTSTRAP_SERVERS", "kafka:1", "APPLICATION_ID", "mine", "HTTP_PORT", "99",
        "ADVERTISED_SERVER", "pod-0.shop:99", "INSTANCE_ID", "pod-0", "TOPIC_ORDERS", "o", "PAY_GRACE", "PT1S",
        "STREAMS_SECURITY_PROTOCOL", "SASL_SSL"));
    assertEquals("kafka:1", settings.streams().get("bootstrap.servers"));
    assertEquals("mine", settings.streams().get("application.id"));
    assertEquals("pod-0.shop:99", settings.streams().get("application.server"));
    assertEquals("pod-0", settings.streams().get("main.consumer.group.instance.id"));
    assertEquals("SASL_SSL", settings.streams().get("security.protocol"));
    assertEquals("o", settings.topics().orders());
    assertEquals(Duration.ofSeconds(1), settings.windows().payGrace());
    assertEquals(Optional.of("pod-0"), settings.instance());
    assertEquals(99, settings.port());
  }

  @Test
  void everyVariableThatIsWrongIsNamed() {
    IllegalArgumentException wrong = assertThrows(IllegalArgumentException.class, () -> Settings.from(Map.of(
        "HTTP_PORT", "http", "ADVERTISED_SERVER", "here", "PAY_WITHIN", "1h", "PAY_GRACE", "-PT1S",
        "SPENDING_KEPT", "PT1M")));
    assertEquals(5, wrong.getMessage().lines().count(), wrong.getMessage());
    for (String name : Map.of("HTTP_PORT", 1, "ADVERTISED_SERVER", 1, "PAY_WITHIN", 1, "PAY_GRACE", 1).keySet()) {
      assertTrue(wrong.getMessage().contains(name), wrong.getMessage());
    }
  }

  private static final class Hand extends Clock {
    Instant now = Instant.EPOCH;

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @Test
  void aFailedThreadIsReplacedUnlessThatHasNotHelped() {
    Hand clock = new Hand();
    Restarts restarts = new Restarts(clock, 2, Duration.ofMinutes(10));
    Throwable error = new StreamsException("once");
    assertEquals(StreamThreadExceptionResponse.REPLACE_THREAD, restarts.handle(error));
    assertEquals(StreamThreadExceptionResponse.REPLACE_THREAD, restarts.handle(error));
    assertEquals(StreamThreadExceptionResponse.SHUTDOWN_CLIENT, restarts.handle(error));
    clock.now = clock.now.plus(Duration.ofMinutes(11));
    assertEquals(StreamThreadExceptionResponse.REPLACE_THREAD, restarts.handle(error));
  }

  @Test
  void whatNoNewThreadWouldDoBetterStopsTheInstanceAtOnce() {
    for (RuntimeException lasting : new RuntimeException[] {
        new NewerVersion("3"), new TopicAuthorizationException("shop.orders"),
        new MissingSourceTopicException("shop.orders") }) {
      Restarts restarts = new Restarts(Clock.systemUTC(), 5, Duration.ofMinutes(10));
      assertEquals(
          StreamThreadExceptionResponse.SHUTDOWN_CLIENT, restarts.handle(new StreamsException("failed", lasting)));
    }
  }

  @Test
  void itIsReadyWhenItRunsAndAliveUntilItFailed() {
    EnumSet<State> live = EnumSet.noneOf(State.class);
    EnumSet<State> ready = EnumSet.noneOf(State.class);
    for (State state : State.values()) {
      if (Http.live(state)) live.add(state);
      if (Http.ready(state)) ready.add(state);
    }
    assertEquals(EnumSet.of(State.CREATED, State.REBALANCING, State.RUNNING, State.PENDING_SHUTDOWN), live);
    assertEquals(EnumSet.of(State.RUNNING), ready);
  }
}
