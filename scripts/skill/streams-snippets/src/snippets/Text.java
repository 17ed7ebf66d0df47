package snippets;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.streams.kstream.Window;
import org.apache.kafka.streams.kstream.Windowed;

/** How the traces write values, times and windows. */
final class Text {
  private static final Pattern ORDER = Pattern.compile("(\\w+)/(\\d+)");
  private static final Pattern SPAN = Pattern.compile("(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+)s)?");

  private Text() {}

  /** {@code 42} is a Long, {@code c1/30} an Order, {@code null} is null, anything else a String. */
  static Object parse(String text) {
    if (text.equals("null")) return null;
    if (text.matches("\\d+")) return Long.valueOf(text);
    Matcher order = ORDER.matcher(text);
    return order.matches() ? new Order(order.group(1), Long.parseLong(order.group(2))) : text;
  }

  static String of(Object value) {
    if (value instanceof Windowed<?> windowed) return of(windowed.key()) + "@" + of(windowed.window());
    if (!(value instanceof Record)) return String.valueOf(value);
    return Arrays.stream(value.getClass().getRecordComponents())
      .map(component -> of(read(component, value)))
      .collect(Collectors.joining("/"));
  }

  static String of(Window window) {
    return "[" + span(window.start()) + "," + span(window.end()) + ")";
  }

  static String span(long millis) {
    if (millis % 1000 != 0) return millis + "ms";
    String text = Duration.ofMillis(millis).toString().substring(2).toLowerCase();
    return text.isEmpty() ? "0s" : text;
  }

  static Duration span(String text) {
    Matcher parts = SPAN.matcher(text);
    if (text.isEmpty() || !parts.matches()) throw new IllegalArgumentException("`" + text + "` is no time such as 5s or 1m30s.");
    return Duration.ofHours(number(parts.group(1))).plusMinutes(number(parts.group(2))).plusSeconds(number(parts.group(3)));
  }

  private static long number(String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }

  private static Object read(RecordComponent component, Object value) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(value);
    } catch (ReflectiveOperationException error) {
      throw new IllegalStateException(error);
    }
  }
}
