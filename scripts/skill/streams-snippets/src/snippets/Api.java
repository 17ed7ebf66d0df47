package snippets;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TopologyTestDriver;

/** The names that this version of Kafka has: classes, methods, configs and their defaults. */
final class Api {
  private Api() {}

  static Map<String, Object> all() throws IOException, URISyntaxException {
    Set<String> classes = new TreeSet<>();
    Set<String> members = new TreeSet<>();
    for (Class<?> home : List.of(StreamsConfig.class, ConsumerConfig.class, TopologyTestDriver.class)) {
      for (Class<?> found : published(home)) {
        classes.add(shortName(found));
        for (Method method : found.getMethods()) members.add(method.getName());
        for (Field field : found.getFields()) members.add(field.getName());
      }
    }
    return Map.of("classes", classes, "members", members, "defaults", defaults());
  }

  private static List<Class<?>> published(Class<?> home) throws IOException, URISyntaxException {
    Path jar = Path.of(home.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.stream()
        .map(entry -> entry.getName())
        .filter(name -> name.matches("org/apache/kafka/(streams|clients|common)/[\\w/$]*\\.class"))
        .filter(name -> !name.contains("/internals/") && !name.contains("/security/") && !name.matches(".*\\$\\d+\\.class"))
        .map(name -> name.substring(0, name.length() - ".class".length()).replace('/', '.'))
        .<Class<?>>map(Api::load)
        .toList();
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, Api.class.getClassLoader());
    } catch (ClassNotFoundException error) {
      throw new IllegalStateException(error);
    }
  }

  private static String shortName(Class<?> found) {
    String name = found.getName();
    return name.substring(name.lastIndexOf('.') + 1).replace('$', '.');
  }

  /** As Kafka Streams sets them, which for some of its clients' is not what those have alone. */
  private static Map<String, String> defaults() {
    Map<String, String> defaults = new TreeMap<>();
    add(defaults, ProducerConfig.configDef());
    add(defaults, ConsumerConfig.configDef());
    Properties minimal = new Properties();
    minimal.put(StreamsConfig.APPLICATION_ID_CONFIG, "app");
    minimal.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "localhost:1");
    StreamsConfig config = new StreamsConfig(minimal);
    config.getProducerConfigs("client").forEach((key, value) -> defaults.put(key, String.valueOf(value)));
    config.getMainConsumerConfigs("app", "client", 0).forEach((key, value) -> defaults.put(key, String.valueOf(value)));
    add(defaults, StreamsConfig.configDef());
    Arrays.stream(TopicConfig.class.getFields())
      .filter(field -> field.getName().endsWith("_CONFIG"))
      .forEach(field -> defaults.putIfAbsent(value(field), ""));
    return defaults;
  }

  private static String value(Field field) {
    try {
      return String.valueOf(field.get(null));
    } catch (IllegalAccessException error) {
      throw new IllegalStateException(error);
    }
  }

  private static void add(Map<String, String> defaults, ConfigDef definition) {
    definition.configKeys().forEach((name, key) -> defaults.put(name, print(key.defaultValue)));
  }

  private static String print(Object value) {
    if (value == ConfigDef.NO_DEFAULT_VALUE) return "none";
    if (value instanceof Class<?> type) return type.getSimpleName();
    return String.valueOf(value).replace(System.getProperty("java.io.tmpdir"), "${java.io.tmpdir}");
  }
}
