package snippets;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.streams.StreamsBuilder;

/**
 * Reads what to run as JSON from standard input and writes what happened as JSON to standard output: the outputs of
 * traces line by line, what programs print, and the cells of the tables.
 */
public final class Main {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private final Path folder;

  private Main(Path folder) {
    this.folder = folder;
  }

  public static void main(String[] args) throws IOException {
    JsonNode requests = MAPPER.readTree(System.in);
    PrintStream answers = System.out;
    Map<String, Object> results = new Main(Path.of(args[0])).run(requests);
    answers.write(MAPPER.writeValueAsBytes(results));
    answers.flush();
    System.exit(0);
  }

  private Map<String, Object> run(JsonNode requests) {
    Map<String, Object> results = new LinkedHashMap<>();
    for (JsonNode request : requests) results.put(request.get("id").asText(), answer(request));
    return results;
  }

  private Object answer(JsonNode request) {
    try {
      return switch (request.get("kind").asText()) {
        case "build" -> Map.of("text", build(request));
        case "trace" -> Map.of("lines", trace(request));
        case "program" -> Map.of("text", program(request));
        case "joins" -> Map.of("rows", new JoinTable(folder).rows());
        case "operations" -> Map.of("rows", new OperationTable(folder).rows());
        case "names" -> Map.of("rows", new NameTable(folder).rows());
        case "api" -> Api.all();
        default -> throw new IllegalArgumentException(request.toString());
      };
    } catch (Exception | LinkageError error) {
      return Map.of("error", Failures.describe(error));
    }
  }

  private String build(JsonNode request) throws Exception {
    Properties config = Trace.config(folder);
    StreamsBuilder builder = new StreamsBuilder();
    snippet(request).show(builder, config);
    return builder.build(config).describe().toString();
  }

  private List<String> trace(JsonNode request) throws Exception {
    Properties config = Trace.config(folder);
    StreamsBuilder builder = new StreamsBuilder();
    snippet(request).show(builder, config);
    List<String> printed = new ArrayList<>();
    try (Trace trace = new Trace(builder.build(config), config)) {
      for (JsonNode line : request.get("lines")) printed.add(trace.print(line.asText(), request.get("times").asBoolean()));
    }
    return printed;
  }

  private String program(JsonNode request) throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      snippet(request).show(new StreamsBuilder(), Trace.config(folder));
    } finally {
      System.setOut(before);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }

  private static Snippet snippet(JsonNode request) throws ReflectiveOperationException {
    Class<?> found = Class.forName("snippets.Line" + request.get("line").asInt());
    return (Snippet) found.getDeclaredConstructor().newInstance();
  }
}
