package snippets;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An exception for a reader of the document: messages, and the lines of snippets that it came through. */
final class Failures {
  private Failures() {}

  static String describe(Throwable error) {
    List<String> parts = new ArrayList<>();
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      parts.add(cause.getClass().getName() + ": " + cause.getMessage());
      Arrays.stream(cause.getStackTrace())
        .filter(frame -> frame.getClassName().startsWith("snippets."))
        .limit(4)
        .forEach(frame -> parts.add("  at " + frame.getClassName() + ":" + frame.getLineNumber()));
    }
    return String.join("\n", parts);
  }
}
