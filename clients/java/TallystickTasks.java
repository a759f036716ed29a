import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Lists the tasks assigned to the owner of a personal access token.
 *
 * <p>Needs a JDK 17 or newer and nothing else: {@code java TallystickTasks.java}. The JDK has no JSON reader, so a
 * small one is at the end of this file; in a program with dependencies use Jackson or Gson instead.
 */
public class TallystickTasks {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final String base;
    private final String org;
    private final String token;

    private TallystickTasks(String base, String org, String token) {
        this.base = base.replaceAll("/+$", "");
        this.org = org;
        this.token = token;
    }

    public static void main(String[] args) {
        // Not the platform's own encoding, which is plain ASCII in the C locale.
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        int exitCode = 0;
        try {
            var program = new TallystickTasks(
                    setting("TALLYSTICK_URL"), setting("TALLYSTICK_ORG"), setting("TALLYSTICK_TOKEN"));
            program.printTasks(out);
        } catch (Failure failure) {
            err.println(failure.getMessage());
            exitCode = failure.exitCode;
        }
        out.flush();
        System.exit(exitCode);
    }

    private static String setting(String name) {
        String value = System.getenv(name);
        if (value == null || value.isEmpty()) {
            throw new Failure(64, "Please set " + name + " in the environment.");
        }
        return value;
    }

    private void printTasks(PrintStream out) {
        long totalPages = 1;
        for (long page = 1; page <= totalPages; page++) {
            Map<?, ?> body = getPage(page);
            if (!(body.get("data") instanceof List<?> tasks)) {
                throw new Failure(1, "The answer is not a list of tasks.");
            }
            for (Object task : tasks) {
                out.print(line((Map<?, ?>) task) + "\n");
            }
            totalPages = totalPages(body);
        }
    }

    private Map<?, ?> getPage(long page) {
        HttpResponse<String> response;
        try {
            String path = "/organizations/" + URLEncoder.encode(org, StandardCharsets.UTF_8) + "/me/tasks?page=" + page;
            HttpRequest request = HttpRequest.newBuilder(URI.create(base + path))
                    .timeout(TIMEOUT)
                    .header("Authorization", "Bearer " + token)
                    .header("Accept", "application/json")
                    .header("X-Tallyfy-Client", "APIClient")
                    .build();
            response = http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IllegalArgumentException e) {
            throw new Failure(64, "TALLYSTICK_URL or TALLYSTICK_TOKEN is not usable: " + e.getMessage());
        } catch (IOException e) {
            throw new Failure(2, "Cannot reach the server at " + base + ": " + e + ".");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(2, "Interrupted while waiting for the server.");
        }

        Map<?, ?> body = Json.parse(response.body()) instanceof Map<?, ?> map ? map : Map.of();
        if (response.statusCode() != 200) {
            Object code = body.containsKey("code") ? body.get("code") : "-";
            Object message = body.containsKey("message") ? body.get("message") : "no explanation given";
            throw new Failure(1, "HTTP " + response.statusCode() + " " + code + ": " + message);
        }
        return body;
    }

    private static long totalPages(Map<?, ?> body) {
        return body.get("meta") instanceof Map<?, ?> meta
                        && meta.get("pagination") instanceof Map<?, ?> pagination
                        && pagination.get("total_pages") instanceof Double pages
                ? pages.longValue()
                : 1;
    }

    private static String line(Map<?, ?> task) {
        return Stream.of("id", "status", "deadline", "title")
                .map(task::get)
                .map(value -> value == null ? "-" : value.toString().replaceAll("[\t\r\n]", " "))
                .collect(Collectors.joining("\t"));
    }

    /** An expected end of the program: a sentence and an exit code. */
    private static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int exitCode;

        Failure(int exitCode, String message) {
            super(message);
            this.exitCode = exitCode;
        }
    }

    /** Reads JSON into Map, List, String, Double, Boolean and null; text that is not JSON gives null. */
    private static final class Json {
        private final String text;
        private int at;

        private Json(String text) {
            this.text = text;
        }

        static Object parse(String text) {
            try {
                Json json = new Json(text);
                Object value = json.value();
                json.space();
                return json.at == text.length() ? value : null;
            } catch (IndexOutOfBoundsException | IllegalArgumentException malformed) {
                return null;
            }
        }

        private Object value() {
            space();
            return switch (text.charAt(at)) {
                case '{' -> object();
                case '[' -> array();
                case '"' -> string();
                case 't' -> word("true", Boolean.TRUE);
                case 'f' -> word("false", Boolean.FALSE);
                case 'n' -> word("null", null);
                default -> number();
            };
        }

        private Map<String, Object> object() {
            Map<String, Object> result = new LinkedHashMap<>();
            expect('{');
            if (skips('}')) {
                return result;
            }
            do {
                space();
                String key = string();
                expect(':');
                result.put(key, value());
            } while (skips(','));
            expect('}');
            return result;
        }

        private List<Object> array() {
            List<Object> result = new ArrayList<>();
            expect('[');
            if (skips(']')) {
                return result;
            }
            do {
                result.add(value());
            } while (skips(','));
            expect(']');
            return result;
        }

        private String string() {
            expect('"');
            StringBuilder result = new StringBuilder();
            for (char c = text.charAt(at++); c != '"'; c = text.charAt(at++)) {
                result.append(c == '\\' ? escape() : c);
            }
            return result.toString();
        }

        private char escape() {
            char c = text.charAt(at++);
            return switch (c) {
                case 'b' -> '\b';
                case 'f' -> '\f';
                case 'n' -> '\n';
                case 'r' -> '\r';
                case 't' -> '\t';
                case 'u' -> (char) Integer.parseInt(text.substring(at, at += 4), 16);
                default -> c;
            };
        }

        private Double number() {
            int start = at;
            while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
            return Double.valueOf(text.substring(start, at));
        }

        private Object word(String word, Object value) {
            if (!text.startsWith(word, at)) {
                throw new IllegalArgumentException("not JSON");
            }
            at += word.length();
            return value;
        }

        private void space() {
            while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        private boolean skips(char c) {
            space();
            if (text.charAt(at) != c) {
                return false;
            }
            at++;
            return true;
        }

        private void expect(char c) {
            if (!skips(c)) {
                throw new IllegalArgumentException("not JSON");
            }
        }
    }
}
