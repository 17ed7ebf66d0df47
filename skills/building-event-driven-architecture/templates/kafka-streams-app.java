package com.example.shop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyConfig;
import org.apache.kafka.streams.errors.DefaultProductionExceptionHandler;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.LogAndContinueExceptionHandler;
import org.apache.kafka.streams.errors.LogAndContinueProcessingExceptionHandler;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.JoinWindows;
import org.apache.kafka.streams.kstream.Joined;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.kstream.StreamJoined;
import org.apache.kafka.streams.kstream.Suppressed;
import org.apache.kafka.streams.kstream.Suppressed.BufferConfig;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.TimestampExtractor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorSupplier;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyWindowStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What each customer spends in an hour, out of the events of three services.
 *
 * <pre>
 * shop.orders   ── decode ── once ──┐
 *                                   ├─ join within a window ── by customer ── join ──┬── shop.paid-orders
 * shop.payments ── decode ── once ──┘                                       │        └── sum an hour ── shop.spending
 * shop.customers ── decode ── table ────────────────────────────────────────┘
 * </pre>
 *
 * <p>Events are CloudEvents 1.0 in structured JSON, keyed by the aggregate's id; {@code shop.customers} is compacted,
 * and a tombstone forgets a customer. Orders and payments must have equal numbers of partitions, or the application
 * refuses to start, and producers with one partitioner (murmur2, as Java's), which nobody can check: without it orders
 * silently miss their payments. What cannot be read or believed goes to the dead letter topic, in the same transaction
 * as everything else.
 *
 * <p>All that can be wrong with an event is found before the event touches state. So a dead letter leaves nothing half
 * done behind it, and one that is put right and sent again is not taken for a duplicate.
 *
 * <p>Every operator, store and internal topic has a name. Without one Kafka Streams numbers them in the order of the
 * code, and the release that inserts a step finds its state under another name: empty.
 */
final class KafkaStreamsApp {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaStreamsApp.class);
  private static final Serde<String> KEYS = Serdes.String();

  static final String ORDERS_SEEN = "orders-seen";
  static final String PAYMENTS_SEEN = "payments-seen";
  static final String CUSTOMERS = "customers";
  static final String SPENDING = "spending";
  private static final int SWEEP = 10_000;

  private final Settings settings;
  private final KafkaStreams streams;
  private final CountDownLatch ended = new CountDownLatch(1);

  KafkaStreamsApp(Settings settings) {
    this.settings = settings;
    this.streams = new KafkaStreams(topology(settings), settings.streams());
  }

  /** Exit codes: 1 when processing ended by itself, 2 when the environment is wrong, 143 after SIGTERM. */
  public static void main(String[] args) throws Exception {
    Settings settings;
    try {
      settings = Settings.from(System.getenv());
    } catch (IllegalArgumentException wrong) {
      System.err.println(wrong.getMessage());
      System.exit(2);
      return;
    }
    System.exit(new KafkaStreamsApp(settings).run());
  }

  /** Runs until a signal, or until processing ends by itself. */
  int run() throws IOException, InterruptedException {
    streams.setUncaughtExceptionHandler(new Restarts(Clock.systemUTC(), 5, Duration.ofMinutes(10)));
    streams.setStateListener((now, before) -> {
      LOG.info("{} -> {}", before, now);
      if (now == KafkaStreams.State.ERROR) ended.countDown();
    });
    Http http = new Http(streams, settings);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(http), "shutdown"));
    streams.start();
    ended.await();
    return streams.state() == KafkaStreams.State.ERROR ? 1 : 0;
  }

  /**
   * Nobody may be killed before the last transaction is committed, or its work is done again by the next owner. A
   * static member stays in its group: it comes back under its name before the session times out, finds its tasks and
   * its state where they were, and nobody else has moved. Others leave, so that their tasks move at once and not
   * after the time-out.
   */
  private void close(Http http) {
    GroupMembershipOperation membership = settings.instance().isPresent()
        ? GroupMembershipOperation.REMAIN_IN_GROUP
        : GroupMembershipOperation.LEAVE_GROUP;
    http.stop();
    boolean done = streams.close(
        CloseOptions.timeout(settings.shutdown()).withGroupMembershipOperation(membership));
    if (!done) LOG.warn("not closed within {}: open transactions will be aborted", settings.shutdown());
    ended.countDown();
  }

  static Topology topology(Settings settings) {
    Topics topics = settings.topics();
    Windows windows = settings.windows();
    // With its settings: without them the builder does not hear that everything with state must have a name.
    StreamsBuilder builder = new StreamsBuilder(new TopologyConfig(new StreamsConfig(settings.streams())));

    KStream<String, Order> orders = events(builder, topics.orders(), "orders")
        .flatMapValues(Order::in, Named.as("orders-decode"))
        .processValues(new Once<Order>(ORDERS_SEEN, windows.memory(), SWEEP), Named.as("orders-once"));

    KStream<String, Payment> payments = events(builder, topics.payments(), "payments")
        .flatMapValues(Payment::in, Named.as("payments-decode"))
        .processValues(new Once<Payment>(PAYMENTS_SEEN, windows.memory(), SWEEP), Named.as("payments-once"));

    // An inner join: an order that is never paid is the business of the saga that placed it, which has a timer. Grace
    // delays nothing here, it only costs disk: it is the longest outage of one side that loses no pair.
    KStream<String, Paid> paid = orders.join(
        payments,
        Paid::of,
        JoinWindows.ofTimeDifferenceAndGrace(windows.payWithin(), windows.payGrace()).before(windows.skew()),
        StreamJoined.with(KEYS, Json.of(Order.class), Json.of(Payment.class)).withName("paid").withStoreName("paid"));

    // A KTable and not a GlobalKTable: the sum below needs the stream by customer anyway, so the join costs no
    // repartitioning of its own; the table is sharded where a global one would be whole on each instance; it is read
    // in the order of time with the stream; and what cannot be decoded becomes a dead letter, which the global thread
    // (it has no producer) would only log. Take a GlobalKTable for a small table when the stream must keep its key.
    //
    // Versioned: an order meets the customer as of the order's time, though it is processed after a later change; and
    // an old change that is sent again does not overwrite a newer one, which on a compacted topic would be for good.
    KTable<String, Customer> customers = events(builder, topics.customers(), "customers")
        .filter(Customer::concerns, Named.as("customers-relevant"))
        .mapValues(Customer::in, Named.as("customers-decode"))
        .toTable(
            Named.as("customers-table"),
            Materialized.<String, Customer>as(Stores.persistentVersionedKeyValueStore(CUSTOMERS, windows.memory()))
                .withKeySerde(KEYS)
                .withValueSerde(Json.of(Customer.class)));

    // The repartition topic takes its number of partitions from the customers topic, with which it is joined.
    KStream<String, PaidBy> paidBy = paid
        .selectKey((orderId, order) -> order.customerId(), Named.as("paid-key-by-customer"))
        .repartition(Repartitioned.with(KEYS, Json.of(Paid.class)).withName("paid-by-customer"))
        // A left join: an order of a customer who is not known, not known yet, or forgotten is still money.
        .leftJoin(
            customers,
            PaidBy::new,
            Joined.with(KEYS, Json.of(Paid.class), Json.of(Customer.class), "paid-with-customer"));

    paidBy
        .map(PaidBy::event, Named.as("paid-orders-encode"))
        .to(topics.paidOrders(), Produced.with(KEYS, Event.SERDE).withName("paid-orders-out"));

    paidBy
        .groupByKey(Grouped.with("spending-by-customer", KEYS, Json.of(PaidBy.class)))
        .windowedBy(TimeWindows.ofSizeAndGrace(windows.spending(), windows.spendingGrace()))
        .aggregate(
            Spending::nothing,
            Spending::add,
            Named.as("spending-sum"),
            Materialized.<String, Spending, WindowStore<Bytes, byte[]>>as(SPENDING)
                .withKeySerde(KEYS)
                .withValueSerde(Json.of(Spending.class))
                .withRetention(windows.kept()))
        // One result a window, when it can no longer change. It closes as later events of its partition come; the
        // last window of a partition that falls silent stays open. The buffer is in memory: beyond its bound the
        // client stops, loudly, instead of emitting early (wrong sums) or running out of memory.
        .suppress(
            Suppressed.untilWindowCloses(BufferConfig.maxBytes(64L << 20).shutDownWhenFull())
                .withName("spending-final"))
        .toStream(Named.as("spending-closed"))
        .map(Spending::event, Named.as("spending-encode"))
        .to(topics.spending(), Produced.with(KEYS, Event.SERDE).withName("spending-out"));

    return builder.build(settings.streams());
  }

  private static KStream<String, Event> events(StreamsBuilder builder, String topic, String name) {
    return builder.stream(
        topic,
        Consumed.with(KEYS, Event.SERDE).withTimestampExtractor(new EventTime()).withName(name + "-in"));
  }

  /**
   * When it happened, not when it was relayed: replays and backlogs give the same windows. But never later than it
   * was published: one producer whose clock is a year ahead would close every window and make all others late.
   */
  static final class EventTime implements TimestampExtractor {
    @Override
    public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
      return record.value() instanceof Event event && event.time() != null
          ? Math.min(event.time().toEpochMilli(), record.timestamp())
          : record.timestamp();
    }
  }

  /**
   * What is known by its event's id. Ids are UUIDs here; of producers that count, CloudEvents only promises that source
   * and id together are unique: then join the two.
   */
  interface Identified {
    String eventId();
  }

  record Order(String eventId, String correlationId, String orderId, String customerId, long total, long placedAt)
      implements Identified {

    record Placed(String orderId, String customerId, long total) {}

    /** The order in an event, or nothing: its topic carries other events too. */
    static List<Order> in(String key, Event event) {
      if (event == null || !event.is("OrderPlaced", 2)) return List.of();
      JsonNode data = event.data();
      // Version 1 called the customer `buyer`.
      if (event.version() == 1 && data instanceof ObjectNode old) old.set("customerId", old.remove("buyer"));
      Placed placed = event.payload(Placed.class);
      event.check(placed.orderId().equals(key), "is not keyed by its orderId, so its payment is in another partition");
      event.check(!placed.customerId().isBlank(), "has an empty customerId");
      event.check(placed.total() > 0 && placed.total() <= 1_000_000_000_000L, "has a total that is no sum of cents");
      return List.of(new Order(
          event.id(), event.correlationId(), key, placed.customerId(), placed.total(), event.time().toEpochMilli()));
    }
  }

  /** What is voided later stays counted: this is what was spent, not what was settled. */
  record Payment(String eventId, String orderId, long paidAt) implements Identified {
    record Authorized(String orderId) {}

    static List<Payment> in(String key, Event event) {
      if (event == null || !event.is("PaymentAuthorized", 1)) return List.of();
      Authorized authorized = event.payload(Authorized.class);
      event.check(authorized.orderId().equals(key), "is not keyed by its orderId, so its order is in another partition");
      return List.of(new Payment(event.id(), key, event.time().toEpochMilli()));
    }
  }

  record Customer(String name, String country) {
    record Changed(String customerId, String name, String country) {}

    /** Tombstones pass: they delete the customer. */
    static boolean concerns(String key, Event event) {
      return event == null || event.is("CustomerChanged", 1);
    }

    static Customer in(String key, Event event) {
      if (event == null) return null;
      Changed changed = event.payload(Changed.class);
      event.check(changed.customerId().equals(key), "is not keyed by its customerId");
      return new Customer(changed.name(), changed.country());
    }
  }

  record Paid(
      String paymentEventId, String correlationId, String orderId, String customerId, long total, long placedAt,
      long paidAt) {
    static Paid of(Order order, Payment payment) {
      return new Paid(
          payment.eventId(), order.correlationId(), order.orderId(), order.customerId(), order.total(),
          order.placedAt(), payment.paidAt());
    }
  }

  /** @param customer null where nothing is known */
  record PaidBy(Paid paid, Customer customer) {
    static KeyValue<String, Event> event(String customerId, PaidBy paidBy) {
      Paid paid = paidBy.paid();
      ObjectNode data = Json.MAPPER.createObjectNode()
          .put("orderId", paid.orderId())
          .put("customerId", paid.customerId())
          .put("total", paid.total())
          .put("placedAt", Instant.ofEpochMilli(paid.placedAt()).toString())
          .put("paidAt", Instant.ofEpochMilli(paid.paidAt()).toString());
      if (paidBy.customer() != null) data.putPOJO("customer", paidBy.customer());
      return new KeyValue<>(paid.orderId(), Event.of("OrderPaid", "paid-order-" + paid.orderId(), paid.orderId(), data)
          .caused(Instant.ofEpochMilli(paid.paidAt()), paid.correlationId(), paid.paymentEventId()));
    }
  }

  record Spending(long orders, long total) {
    static Spending nothing() {
      return new Spending(0, 0);
    }

    static Spending add(String customerId, PaidBy paidBy, Spending sum) {
      return new Spending(sum.orders() + 1, Math.addExact(sum.total(), paidBy.paid().total()));
    }

    static KeyValue<String, Event> event(Windowed<String> window, Spending sum) {
      String customerId = window.key();
      Instant from = window.window().startTime();
      Instant to = window.window().endTime();
      ObjectNode data = Json.MAPPER.createObjectNode()
          .put("customerId", customerId)
          .put("from", from.toString())
          .put("to", to.toString())
          .put("orders", sum.orders())
          .put("total", sum.total());
      String subject = "spending-" + customerId + "-" + from;
      return new KeyValue<>(customerId, Event.of("SpendingClosed", subject, customerId, data).caused(to, null, null));
    }
  }

  /**
   * Passes each event once. Exactly-once processing does not do that: it covers what this application reads and
   * writes, not the producer that sent an event a second time after a time-out, or the relay that was restarted.
   *
   * <p>An id is kept as long as its event could still matter, measured in the time of the events (stream time) and
   * not of the clock: a week of backlog read in an hour is forgotten as it goes, and a night without events forgets
   * nothing that a duplicate in the morning would need. An event older than the memory is refused. Together that is
   * exact: as long as an event is accepted, its id is remembered. An idle partition forgets nothing, and needs not.
   */
  static final class Once<V extends Identified> implements FixedKeyProcessorSupplier<String, V, V> {
    private final String storeName;
    private final Duration memory;
    private final int sweep;

    /** @param sweep how many ids a sweep looks at, so that it never holds up the events behind it */
    Once(String storeName, Duration memory, int sweep) {
      this.storeName = storeName;
      this.memory = memory;
      this.sweep = sweep;
    }

    /** Asked for each task anew: a processor belongs to one task, and must never be shared. */
    @Override
    public FixedKeyProcessor<String, V, V> get() {
      return new OnceProcessor<>(storeName, memory, sweep);
    }

    @Override
    public Set<StoreBuilder<?>> stores() {
      return Set.of(Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(storeName), KEYS, Serdes.Long()));
    }
  }

  private static final class OnceProcessor<V extends Identified> implements FixedKeyProcessor<String, V, V> {
    private final String storeName;
    private final long memory;
    private final int sweep;
    private FixedKeyProcessorContext<String, V> context;
    private KeyValueStore<String, Long> seen;
    private String sweepFrom;

    OnceProcessor(String storeName, Duration memory, int sweep) {
      this.storeName = storeName;
      this.memory = memory.toMillis();
      this.sweep = sweep;
    }

    @Override
    public void init(FixedKeyProcessorContext<String, V> context) {
      this.context = context;
      this.seen = context.getStateStore(storeName);
      context.schedule(Duration.ofMinutes(1), PunctuationType.STREAM_TIME, this::forget);
    }

    @Override
    public void process(FixedKeyRecord<String, V> record) {
      String id = record.value().eventId();
      if (record.timestamp() < context.currentStreamTimeMs() - memory) {
        throw new BadEvent("event " + id + " is older than what is remembered (" + Duration.ofMillis(memory)
            + "): it may have been counted already");
      }
      if (seen.putIfAbsent(id, record.timestamp()) == null) context.forward(record);
    }

    /** Goes round the store in steps. When an id goes does not matter: the check above does not ask the store. */
    private void forget(long streamTime) {
      int looked = 0;
      try (KeyValueIterator<String, Long> ids = seen.range(sweepFrom, null)) {
        while (ids.hasNext() && looked++ < sweep) {
          KeyValue<String, Long> id = ids.next();
          if (id.value < streamTime - memory) seen.delete(id.key);
        }
        sweepFrom = ids.hasNext() ? ids.peekNextKey() : null;
      }
    }
  }

  /** The event's own fault: no retry will help, and the events behind it should not wait. */
  static final class BadEvent extends SerializationException {
    private static final long serialVersionUID = 1;

    BadEvent(String message) {
      super(message);
    }

    BadEvent(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** Nobody's fault: a newer producer is ahead of this release. */
  static final class NewerVersion extends RuntimeException {
    private static final long serialVersionUID = 1;

    NewerVersion(String message) {
      super(message);
    }
  }

  /*
   * Dead letters are built by the handlers of Kafka Streams itself (from 4.2), as errors.dead.letter.queue.topic.name
   * says: the record as it came, with its headers and `__streams.errors.*` for the exception, the reason, the topic,
   * partition and offset. They go through the task's own producer, so they are in its transaction. A producer of your
   * own inside a handler would write a dead letter for each attempt that was rolled back.
   *
   * For what is not a CloudEvent the built-in LogAndContinueExceptionHandler is right as it is.
   */

  /**
   * To go on after an error commits what the record did to the stores before it failed. So only what was refused at
   * the gate is a dead letter. A bug, an outage, or an event of a newer release fails the task: its transaction is
   * rolled back, and the record waits, in order, for the restart or the release that can handle it.
   */
  public static final class OnProcessingError extends LogAndContinueProcessingExceptionHandler {
    @Override
    public Response handleError(ErrorHandlerContext context, Record<?, ?> record, Exception error) {
      return error instanceof BadEvent ? super.handleError(context, record, error) : Response.fail();
    }
  }

  /**
   * A result that cannot be written, as it is too large, is known before it is sent (see {@link Event#bytes}), and
   * its source becomes the dead letter. What the producer or the broker refuses later has already failed the
   * transaction: to go on is not possible, and the default (retry what may pass, fail the rest) is right.
   */
  public static final class OnProductionError extends DefaultProductionExceptionHandler {
    @Override
    @SuppressWarnings("rawtypes")
    public Response handleSerializationError(
        ErrorHandlerContext context, ProducerRecord record, Exception error, SerializationExceptionOrigin origin) {
      LOG.warn("no result for {}: {}", record.topic(), error.getMessage());
      return Response.resume(
          super.handleSerializationError(context, record, error, origin).deadLetterQueueRecords());
    }
  }

  /**
   * A failed thread is replaced: most of what fails once passes the second time. Where that cannot be, or has not
   * helped, this instance stops and says so by its exit code; restarting with back-off is the platform's work.
   * SHUTDOWN_APPLICATION would stop the healthy instances too.
   */
  static final class Restarts implements StreamsUncaughtExceptionHandler {
    private final Clock clock;
    private final int limit;
    private final Duration within;
    private final Deque<Instant> failures = new ArrayDeque<>();

    Restarts(Clock clock, int limit, Duration within) {
      this.clock = clock;
      this.limit = limit;
      this.within = within;
    }

    @Override
    public synchronized StreamThreadExceptionResponse handle(Throwable error) {
      Instant now = clock.instant();
      failures.addLast(now);
      failures.removeIf(failure -> failure.isBefore(now.minus(within)));
      boolean again = !isLasting(error) && failures.size() <= limit;
      LOG.error(again ? "a thread failed and is replaced" : "a thread failed and this instance stops", error);
      return again ? StreamThreadExceptionResponse.REPLACE_THREAD : StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    private static boolean isLasting(Throwable error) {
      for (Throwable cause = error; cause != null; cause = cause.getCause()) {
        if (cause instanceof NewerVersion
            || cause instanceof AuthenticationException
            || cause instanceof AuthorizationException
            || cause instanceof MissingSourceTopicException) {
          return true;
        }
      }
      return false;
    }
  }

  /**
   * A CloudEvents 1.0 envelope in structured JSON. Open: unknown attributes pass.
   *
   * @param name    the type without its version: {@code com.example.shop.OrderPlaced}
   * @param version the schema's: {@code .v2} at the end of the wire's type, 1 without
   * @param key     the message's
   */
  record Event(
      String id, String source, String name, int version, Instant time, String subject, String key,
      String correlationId, String causationId, JsonNode data) {
    static final String NAMESPACE = "com.example.shop";
    static final String SOURCE = "/services/spending";
    /** Kafka's default limit of a message is a little above; the rest is for headers. */
    static final int MAX_BYTES = 1_000_000;

    static final Serde<Event> SERDE = Serdes.serdeFrom(
        (topic, event) -> event == null ? null : event.bytes(),
        (topic, bytes) -> bytes == null ? null : read(bytes));

    private static final Pattern TYPE = Pattern.compile("(.+?)(?:\\.v([1-9]\\d{0,8}))?");

    /** @throws BadEvent where it is not a CloudEvent, or one without what is needed here */
    static Event read(byte[] bytes) {
      JsonNode json = Json.tree(bytes);
      if (!json.isObject()) throw new BadEvent("not a JSON object");
      if (!"1.0".equals(json.path("specversion").textValue())) throw new BadEvent("specversion is not \"1.0\"");
      // Kafka knows nothing of tenants: keys would meet across them, and orders with other people's payments.
      if (json.hasNonNull("tenantid")) throw new BadEvent("tenantid is set, and this application has one tenant");
      Matcher type = TYPE.matcher(required(json, "type"));
      if (!type.matches()) throw new BadEvent("type is not a name");
      return new Event(
          required(json, "id"),
          required(json, "source"),
          type.group(1),
          type.group(2) == null ? 1 : Integer.parseInt(type.group(2)),
          time(json),
          json.path("subject").textValue(),
          json.path("partitionkey").textValue(),
          json.path("correlationid").textValue(),
          json.path("causationid").textValue(),
          json.path("data"));
    }

    private static String required(JsonNode json, String attribute) {
      String text = json.path(attribute).textValue();
      if (text == null || text.isEmpty()) throw new BadEvent(attribute + " is missing, or not a text");
      return text;
    }

    private static Instant time(JsonNode json) {
      String text = required(json, "time");
      try {
        return OffsetDateTime.parse(text.toUpperCase(Locale.ROOT)).toInstant();
      } catch (DateTimeException cause) {
        throw new BadEvent("time is not an RFC 3339 time: " + text, cause);
      }
    }

    static Event of(String type, String subject, String key, JsonNode data) {
      // The same result has the same id, also when this application is reset and computes it again: who reads it
      // can drop duplicates by id, as this application does.
      UUID id = UUID.nameUUIDFromBytes((SOURCE + "/" + type + "/" + subject).getBytes(StandardCharsets.UTF_8));
      return new Event(id.toString(), SOURCE, NAMESPACE + "." + type, 1, null, subject, key, null, null, data);
    }

    Event caused(Instant time, String correlation, String causation) {
      return new Event(
          id, source, name, version, time, subject, key, correlation == null ? id : correlation, causation, data);
    }

    byte[] bytes() {
      ObjectNode json = Json.MAPPER.createObjectNode()
          .put("specversion", "1.0")
          .put("id", id)
          .put("source", source)
          .put("type", name + ".v" + version)
          .put("time", time.toString())
          .put("subject", subject)
          .put("datacontenttype", "application/json")
          .put("correlationid", correlationId)
          .put("partitionkey", key);
      if (causationId != null) json.put("causationid", causationId);
      byte[] bytes = Json.bytes(json.<ObjectNode>set("data", data));
      if (bytes.length <= MAX_BYTES) return bytes;
      throw new RecordTooLargeException(name + " has " + bytes.length + " bytes, more than " + MAX_BYTES);
    }

    /**
     * Whether it is of this type, in a version up to the given one.
     *
     * @throws NewerVersion where it is of this type in a version that this release does not know
     */
    boolean is(String type, int newest) {
      if (!name.equals(NAMESPACE + "." + type)) return false;
      if (version <= newest) return true;
      throw new NewerVersion("event " + id + " is " + type + " version " + version + "; this release knows " + newest);
    }

    <T> T payload(Class<T> type) {
      check(data.isObject(), "has no data");
      try {
        return Json.MAPPER.treeToValue(data, type);
      } catch (JsonProcessingException cause) {
        throw new BadEvent("event " + id + " has wrong data: " + cause.getOriginalMessage(), cause);
      }
    }

    void check(boolean holds, String wrong) {
      if (!holds) throw new BadEvent("event " + id + " " + wrong);
    }
  }

  /** Strict: no missing or null fields, no "12" for 12, no 1.5 for 1; open: unknown fields pass. */
  static final class Json {
    static final JsonMapper MAPPER = JsonMapper.builder()
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .build();

    /** State written by the release before may lack the fields that this one added. */
    private static final JsonMapper STATE_MAPPER = MAPPER.rebuild()
        .disable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
        .disable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
        .build();

    private Json() {}

    /** A serde of our own records, in stores and internal topics. */
    static <T> Serde<T> of(Class<T> type) {
      return Serdes.serdeFrom((topic, value) -> value == null ? null : bytes(value), (topic, bytes) -> {
        try {
          return bytes == null ? null : STATE_MAPPER.readValue(bytes, type);
        } catch (IOException cause) {
          throw new UncheckedIOException("not the state of a " + type.getSimpleName(), cause);
        }
      });
    }

    static JsonNode tree(byte[] bytes) {
      try {
        return MAPPER.readTree(bytes);
      } catch (IOException cause) {
        throw new BadEvent("not JSON", cause);
      }
    }

    static byte[] bytes(Object value) {
      try {
        return MAPPER.writeValueAsBytes(value);
      } catch (JsonProcessingException cause) {
        throw new SerializationException("cannot be written as JSON", cause);
      }
    }
  }

  /**
   * {@code GET /customers/ID/spending}: the windows of a customer, as far as they are kept; any instance may be
   * asked. {@code GET /health/live}, {@code GET /health/ready}.
   *
   * <p>Answers are read from the store as it is: they may show sums of a transaction that is rolled back a moment
   * later. What is final stands in the spending topic.
   */
  static final class Http {
    private static final String HOP = "X-Hop";
    private static final Pattern SPENDING_PATH = Pattern.compile("/customers/([^/]+)/spending");

    private final KafkaStreams streams;
    private final HostInfo here;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(8);
    private final HttpClient others = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();

    Http(KafkaStreams streams, Settings settings) throws IOException {
      this.streams = streams;
      this.here = HostInfo.buildFromEndpoint(settings.advertised());
      this.server = HttpServer.create(new InetSocketAddress(settings.port()), 0);
      server.createContext("/", this::handle);
      server.setExecutor(threads);
      server.start();
    }

    void stop() {
      server.stop(1);
      threads.shutdown();
    }

    private void handle(HttpExchange exchange) throws IOException {
      try (exchange) {
        Answer answer = exchange.getRequestMethod().equals("GET")
            ? answer(exchange)
            : Answer.problem(405, "only GET is answered here");
        exchange.getResponseHeaders().set(
            "Content-Type", answer.status() < 400 ? "application/json" : "application/problem+json");
        if (answer.status() == 503) exchange.getResponseHeaders().set("Retry-After", "1");
        exchange.sendResponseHeaders(answer.status(), answer.body().length);
        exchange.getResponseBody().write(answer.body());
      }
    }

    private Answer answer(HttpExchange exchange) {
      URI uri = exchange.getRequestURI();
      Matcher spending = SPENDING_PATH.matcher(uri.getPath());
      try {
        if (spending.matches()) {
          return spending(spending.group(1), uri, exchange.getRequestHeaders().containsKey(HOP));
        }
        return switch (uri.getPath()) {
          case "/health/live" -> health(live(streams.state()));
          case "/health/ready" -> health(ready(streams.state()));
          default -> Answer.problem(404, "there is nothing at " + uri.getPath());
        };
      } catch (InvalidStateStoreException | IllegalStateException moved) {
        // Starting, rebalancing, restoring, or moved away since the metadata was read.
        return Answer.problem(503, "the state is moving (" + streams.state() + "): ask again");
      } catch (RuntimeException bug) {
        LOG.error("{} failed", uri, bug);
        return Answer.problem(500, "failed; the log says why");
      }
    }

    /** Not while it restores: that may take an hour, and who is killed for it begins anew. */
    static boolean live(KafkaStreams.State state) {
      return switch (state) {
        case CREATED, REBALANCING, RUNNING, PENDING_SHUTDOWN -> true;
        case NOT_RUNNING, PENDING_ERROR, ERROR -> false;
      };
    }

    static boolean ready(KafkaStreams.State state) {
      return state == KafkaStreams.State.RUNNING;
    }

    private Answer health(boolean good) {
      return new Answer(good ? 200 : 503, Json.bytes(Map.of("state", streams.state().name())));
    }

    /** From the instance that has the key; where that does not answer, from a standby, marked as stale. */
    private Answer spending(String customerId, URI uri, boolean hopped) {
      KeyQueryMetadata owner = streams.queryMetadataForKey(SPENDING, customerId, KEYS.serializer());
      if (owner.equals(KeyQueryMetadata.NOT_AVAILABLE)) return Answer.problem(503, "no instance is assigned yet");
      if (owner.activeHost().equals(here)) return read(customerId, owner.partition(), false);
      if (owner.standbyHosts().contains(here) && hopped) return read(customerId, owner.partition(), true);
      // One hop: two instances that each take the other for the owner would ask each other for ever.
      if (hopped) return Answer.problem(503, "the state is moving: ask again");

      List<HostInfo> hosts = new ArrayList<>(List.of(owner.activeHost()));
      hosts.addAll(owner.standbyHosts());
      for (HostInfo host : hosts) {
        Optional<Answer> answer = host.equals(here)
            ? Optional.of(read(customerId, owner.partition(), true))
            : ask(host, uri);
        if (answer.isPresent()) return answer.get();
      }
      return Answer.problem(503, "the instance that has this customer does not answer: ask again");
    }

    private Answer read(String customerId, int partition, boolean stale) {
      var query = StoreQueryParameters
          .fromNameAndType(SPENDING, QueryableStoreTypes.<String, Spending>windowStore())
          .withPartition(partition);
      ReadOnlyWindowStore<String, Spending> store = streams.store(stale ? query.enableStaleStores() : query);
      ObjectNode answer = Json.MAPPER.createObjectNode().put("customerId", customerId).put("stale", stale);
      var windows = answer.putArray("windows");
      try (var sums = store.fetch(customerId, Instant.EPOCH, Instant.now())) {
        sums.forEachRemaining(sum -> windows.addObject()
            .put("from", Instant.ofEpochMilli(sum.key).toString())
            .put("orders", sum.value.orders())
            .put("total", sum.value.total()));
      }
      return new Answer(200, Json.bytes(answer));
    }

    private Optional<Answer> ask(HostInfo host, URI uri) {
      URI there = URI.create("http://" + host.host() + ":" + host.port() + uri.getRawPath());
      HttpRequest request =
          HttpRequest.newBuilder(there).header(HOP, "1").timeout(Duration.ofSeconds(2)).build();
      try {
        var response = others.send(request, BodyHandlers.ofByteArray());
        return response.statusCode() == 200 ? Optional.of(new Answer(200, response.body())) : Optional.empty();
      } catch (IOException unreachable) {
        LOG.info("{} does not answer: {}", there, unreachable.toString());
        return Optional.empty();
      } catch (InterruptedException stopping) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      }
    }

    private record Answer(int status, byte[] body) {
      static Answer problem(int status, String detail) {
        return new Answer(status, Json.bytes(Map.of("status", status, "detail", detail)));
      }
    }
  }

  record Topics(
      String orders, String payments, String customers, String paidOrders, String spending, String deadLetters) {}

  /**
   * @param payWithin     how long after its order a payment counts
   * @param skew          how far the clocks of the two services may disagree
   * @param payGrace      how late either may come
   * @param spending      the size of a window
   * @param spendingGrace how long a window is held open; the price is that results come later by as much
   * @param kept          how long queries find a window
   */
  record Windows(
      Duration payWithin, Duration skew, Duration payGrace, Duration spending, Duration spendingGrace, Duration kept) {

    /** The age at which an order or a payment can have no partner any more. */
    Duration memory() {
      return payWithin.plus(skew).plus(payGrace);
    }
  }

  /**
   * Everything from the environment. {@code STREAMS_X_Y} sets {@code x.y} of Kafka Streams and its clients, so that
   * security and tuning need no release: {@code STREAMS_SECURITY_PROTOCOL=SASL_SSL}.
   *
   * @param advertised where other instances reach this one: {@code HOST:PORT}
   * @param instance   a name that outlives restarts (the pod of a stateful set) makes a static member of the group
   */
  record Settings(
      Properties streams, Topics topics, Windows windows, int port, String advertised, Optional<String> instance,
      Duration shutdown) {

    /** @throws IllegalArgumentException which names every variable that is wrong */
    static Settings from(Map<String, String> env) {
      Env read = new Env(env, new ArrayList<>());
      int port = read.number("HTTP_PORT", 8080);
      String advertised = read.text("ADVERTISED_SERVER", "localhost:" + port);
      Optional<String> instance = Optional.ofNullable(env.get("INSTANCE_ID"));
      Topics topics = new Topics(
          read.text("TOPIC_ORDERS", "shop.orders"),
          read.text("TOPIC_PAYMENTS", "shop.payments"),
          read.text("TOPIC_CUSTOMERS", "shop.customers"),
          read.text("TOPIC_PAID_ORDERS", "shop.paid-orders"),
          read.text("TOPIC_SPENDING", "shop.spending"),
          read.text("TOPIC_DEAD_LETTERS", "shop.spending.dlq"));
      Windows windows = new Windows(
          read.duration("PAY_WITHIN", "PT1H"),
          read.duration("CLOCK_SKEW", "PT1M"),
          read.duration("PAY_GRACE", "PT24H"),
          read.duration("SPENDING_WINDOW", "PT1H"),
          read.duration("SPENDING_GRACE", "PT10M"),
          read.duration("SPENDING_KEPT", "PT48H"));
      Duration shutdown = read.duration("SHUTDOWN_TIMEOUT", "PT30S");

      Properties streams = new Properties();
      // The application's name is its consumer group, and the prefix of its internal topics and transactions.
      streams.put(StreamsConfig.APPLICATION_ID_CONFIG, read.text("APPLICATION_ID", "shop-spending"));
      streams.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, read.text("KAFKA_BOOTSTRAP_SERVERS", "localhost:9092"));
      streams.put(StreamsConfig.APPLICATION_SERVER_CONFIG, advertised);
      // On a disk that outlives the process, or every start restores everything from the changelogs.
      streams.put(StreamsConfig.STATE_DIR_CONFIG, read.text("STATE_DIR", "state"));
      streams.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
      streams.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, read.number("THREADS", 2));
      // A warm copy of each store on another instance: it takes over in seconds, and answers while nobody else can.
      streams.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, read.number("STANDBY_REPLICAS", 1));
      // Refuses a topology in which anything that has state is left without a name.
      streams.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
      streams.put(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG, topics.deadLetters());
      streams.put(
          StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, LogAndContinueExceptionHandler.class);
      streams.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, OnProcessingError.class);
      streams.put(StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG, OnProductionError.class);
      // A dead letter is as large as its source, and has the reason in its headers on top: the dead letter topic
      // needs a max.message.bytes like this one.
      streams.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), 2 * Event.MAX_BYTES);
      instance.ifPresent(name -> streams.put(
          StreamsConfig.mainConsumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), name));
      env.forEach((name, value) -> {
        if (name.startsWith("STREAMS_")) {
          streams.put(name.substring("STREAMS_".length()).toLowerCase(Locale.ROOT).replace('_', '.'), value);
        }
      });

      read.check(port >= 0 && port < 65_536, "HTTP_PORT is not a port");
      read.check(advertised.matches("[^:/]+:\\d+"), "ADVERTISED_SERVER is not HOST:PORT");
      read.check(!windows.spending().isZero(), "SPENDING_WINDOW is empty");
      read.check(
          windows.kept().compareTo(windows.spending().plus(windows.spendingGrace())) >= 0,
          "SPENDING_KEPT is shorter than SPENDING_WINDOW and SPENDING_GRACE together");
      if (!read.wrong().isEmpty()) throw new IllegalArgumentException(String.join("\n", read.wrong()));
      return new Settings(streams, topics, windows, port, advertised, instance, shutdown);
    }

    private record Env(Map<String, String> variables, List<String> wrong) {
      String text(String name, String otherwise) {
        return variables.getOrDefault(name, otherwise);
      }

      int number(String name, int otherwise) {
        try {
          return Integer.parseInt(text(name, String.valueOf(otherwise)));
        } catch (NumberFormatException cause) {
          wrong.add(name + " is not a whole number: " + text(name, ""));
          return otherwise;
        }
      }

      Duration duration(String name, String otherwise) {
        try {
          Duration duration = Duration.parse(text(name, otherwise));
          check(!duration.isNegative(), name + " is negative");
          return duration;
        } catch (DateTimeException cause) {
          wrong.add(name + " is not a duration such as PT10M: " + text(name, ""));
          return Duration.parse(otherwise);
        }
      }

      void check(boolean holds, String message) {
        if (!holds) wrong.add(message);
      }
    }
  }
}
