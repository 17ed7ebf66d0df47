package snippets;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.StringJoiner;
import java.util.function.Consumer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsException;

/** Finds what a cell of a table has to say by running the topology that its row is about. */
final class Proof {
  /** Records with this key only move the time. */
  private static final String CLOCK = "z";

  /** Far beyond every window, grace and throttle: what is held back comes out. */
  private static final List<String> MUCH_LATER = List.of("2h l z=Z", "2h r z=Z", "wall 10s", "3h l z=Z", "3h r z=Z");

  private final Path folder;

  Proof(Path folder) {
    this.folder = folder;
  }

  /** What the last line of the script brings out, at once or later: what comes without it too is not its doing. */
  String cell(Consumer<StreamsBuilder> definition, String... script) {
    try {
      Outcome outcome = run(definition, List.of(script));
      List<String> later = new ArrayList<>(outcome.later());
      if (!later.isEmpty()) {
        run(definition, List.of(script).subList(0, script.length - 1)).later().forEach(later::remove);
      }
      StringJoiner cell = new StringJoiner(", ").setEmptyValue("—");
      outcome.atOnce().out().stream().filter(Proof::counts).forEach(out -> cell.add(print(out)));
      if (outcome.atOnce().dropped() > 0) cell.add("dropped");
      later.forEach(value -> cell.add(value + " later"));
      return cell.toString();
    } catch (StreamsException error) {
      return "throws";
    }
  }

  /** What the last line did, and what came when time had gone on. */
  private record Outcome(Trace.Effect atOnce, List<String> later) {}

  private Outcome run(Consumer<StreamsBuilder> definition, List<String> script) {
    StreamsBuilder builder = new StreamsBuilder();
    definition.accept(builder);
    Properties config = Trace.config(folder);
    try (Trace trace = new Trace(builder.build(config), config)) {
      Trace.Effect last = null;
      for (String line : script) last = trace.run(line);
      List<String> later = MUCH_LATER.stream()
        .filter(line -> line.startsWith("wall") || trace.hears(line.split(" ")[1]))
        .flatMap(line -> trace.run(line).out().stream())
        .filter(Proof::counts)
        .map(Proof::print)
        .toList();
      return new Outcome(last, later);
    }
  }

  private static String print(Trace.Out out) {
    return "`" + Text.of(out.value()) + "`";
  }

  private static boolean counts(Trace.Out out) {
    return !Text.of(out.key()).startsWith(CLOCK);
  }

  /** The topology's description. */
  static Topology topology(Consumer<StreamsBuilder> definition) {
    StreamsBuilder builder = new StreamsBuilder();
    definition.accept(builder);
    return builder.build();
  }
}
