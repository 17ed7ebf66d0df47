package snippets;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.kstream.Windowed;

/**
 * The default serde of the snippets. Strings and longs have the bytes that Kafka's own serdes give them, so that a
 * snippet may name those; windowed keys become text; anything else is JSON behind the name of its class.
 */
public final class AnySerde implements Serde<Object> {
  private static final byte JSON = 2;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @Override
  public Serializer<Object> serializer() {
    return (topic, data) -> write(data);
  }

  @Override
  public Deserializer<Object> deserializer() {
    return (topic, data) -> read(data);
  }

  static byte[] write(Object data) {
    if (data == null) return null;
    if (data instanceof String text) return text.getBytes(StandardCharsets.UTF_8);
    if (data instanceof Long number) return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    if (data instanceof Windowed<?> windowed) return write(Text.of(windowed));
    try {
      byte[] name = data.getClass().getName().getBytes(StandardCharsets.UTF_8);
      byte[] json = MAPPER.writeValueAsBytes(data);
      return ByteBuffer.allocate(2 + name.length + json.length)
        .put(JSON).put((byte) name.length).put(name).put(json).array();
    } catch (IOException error) {
      throw new SerializationException(error);
    }
  }

  static Object read(byte[] data) {
    if (data == null) return null;
    if (data.length == Long.BYTES && data[0] == 0) return ByteBuffer.wrap(data).getLong();
    if (data.length == 0 || data[0] != JSON) return new String(data, StandardCharsets.UTF_8);
    try {
      String name = new String(data, 2, data[1], StandardCharsets.UTF_8);
      int begin = 2 + data[1];
      return MAPPER.readValue(data, begin, data.length - begin, Class.forName(name));
    } catch (IOException | ReflectiveOperationException | RuntimeException error) {
      throw new SerializationException("These bytes are broken.", error);
    }
  }
}
