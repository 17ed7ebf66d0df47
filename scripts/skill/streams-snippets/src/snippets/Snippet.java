package snippets;

import java.util.Properties;
import org.apache.kafka.streams.StreamsBuilder;

/** A block of the document; the generated class Line120 holds that of line 120. */
interface Snippet {
  void show(StreamsBuilder builder, Properties config) throws Exception;
}
