import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads and writes JSON: objects are maps, arrays lists, numbers longs or doubles. The JVM brings nothing for it. */
final class Json {
  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  static Object parse(String text) {
    Json json = new Json(text);
    Object value = json.value();
    json.space();
    if (json.at != text.length()) throw json.wrong();
    return value;
  }

  private IllegalArgumentException wrong() {
    return new IllegalArgumentException("no JSON at character " + at);
  }

  private void space() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) at++;
  }

  private char next() {
    space();
    if (at >= text.length()) throw wrong();
    return text.charAt(at);
  }

  private void take(char wanted) {
    if (next() != wanted) throw wrong();
    at++;
  }

  private Object value() {
    switch (next()) {
      case '{':
        return object();
      case '[':
        return array();
      case '"':
        return string();
      default:
        return word();
    }
  }

  private Map<String, Object> object() {
    Map<String, Object> object = new LinkedHashMap<>();
    take('{');
    while (next() != '}') {
      if (!object.isEmpty()) take(',');
      next();
      String name = string();
      take(':');
      object.put(name, value());
    }
    at++;
    return object;
  }

  private List<Object> array() {
    List<Object> array = new ArrayList<>();
    take('[');
    while (next() != ']') {
      if (!array.isEmpty()) take(',');
      array.add(value());
    }
    at++;
    return array;
  }

  private String string() {
    take('"');
    StringBuilder string = new StringBuilder();
    for (; at < text.length(); at++) {
      char one = text.charAt(at);
      if (one == '"') {
        at++;
        return string.toString();
      }
      string.append(one == '\\' ? escaped() : one);
    }
    throw wrong();
  }

  private char escaped() {
    char one = text.charAt(++at);
    switch (one) {
      case 'n':
        return '\n';
      case 't':
        return '\t';
      case 'r':
        return '\r';
      case 'b':
        return '\b';
      case 'f':
        return '\f';
      case 'u':
        at += 4;
        return (char) Integer.parseInt(text.substring(at - 3, at + 1), 16);
      default:
        return one;
    }
  }

  private Object word() {
    int from = at;
    while (at < text.length() && "+-.".indexOf(text.charAt(at)) + 1 + (Character.isLetterOrDigit(text.charAt(at)) ? 1 : 0) > 0) at++;
    String word = text.substring(from, at);
    switch (word) {
      case "true":
        return true;
      case "false":
        return false;
      case "null":
        return null;
      default:
        return word.matches("-?\\d+") ? (Object) Long.valueOf(word) : (Object) Double.valueOf(word);
    }
  }

  static String write(Object value) {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  private static void write(Object value, StringBuilder out) {
    if (value instanceof Map) {
      String between = "{";
      for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
        out.append(between);
        write(entry.getKey(), out);
        out.append(':');
        write(entry.getValue(), out);
        between = ",";
      }
      out.append(between.equals("{") ? "{}" : "}");
    } else if (value instanceof List) {
      String between = "[";
      for (Object one : (List<?>) value) {
        out.append(between);
        write(one, out);
        between = ",";
      }
      out.append(between.equals("[") ? "[]" : "]");
    } else if (value instanceof String) {
      out.append('"');
      for (char one : ((String) value).toCharArray()) {
        if (one == '"' || one == '\\') out.append('\\').append(one);
        else if (one < ' ') out.append(String.format("\\u%04x", (int) one));
        else out.append(one);
      }
      out.append('"');
    } else {
      out.append(value);
    }
  }
}
