package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SessionKeyTest {
    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            (blk_-?\\d+)~no block here~''
            (blk_-?\\d+)~blk_1 of blk_-22, blk_1 again~blk_1 blk_-22
            (blk_-?\\d+)~blk_ blk_x blk_7~blk_7
            req-(\\w+)~a req-1 b req-2~1 2
            (ab?)~a ab b~a ab
            (ab)?c~c abc~ab
            (?:job|task)_(\\d+)~job_1 task_2~1 2
            (one|two)~two one~two one
            (a*)~bab~a
            (?i)(id\\d)~ID1 id2~ID1 id2
            user=(\\S*)~user= user=x~x
            """)
    void keysAreDistinctAndInOrder(String regex, String text, String keys) {
        assertThat(String.join(" ", SessionKey.of(regex).keysOf(text))).isEqualTo(keys);
    }

    @Test
    void takesNoMoreThanAThousandKeysOfALine() {
        String line = IntStream.range(0, 90_000).mapToObj(i -> "blk_" + i).collect(Collectors.joining(" "));
        List<String> keys = SessionKey.of("(blk_\\d+)").keysOf(line);
        assertThat(keys)
                .hasSize(SessionKey.MOST_KEYS)
                .startsWith("blk_0", "blk_1")
                .endsWith("blk_999");
    }

    @Test
    void exactlyOneGroupIsNeeded() {
        assertThatThrownBy(() -> SessionKey.of("blk_\\d+"))
                .isInstanceOfSatisfying(
                        LogParseException.class, e -> assertThat(e.exitCode()).isEqualTo(2))
                .hasMessageContaining("must have exactly one group, the key, but has 0: put the key in parentheses");
        assertThatThrownBy(() -> SessionKey.of("(a)(b)"))
                .hasMessageContaining("but has 2")
                .hasMessageContaining("(?:...)");
    }

    @Test
    void aBrokenRegexIsNamedWithItsPlace() {
        assertThatThrownBy(() -> SessionKey.of("(blk_["))
                .hasMessageContaining("session key '(blk_[' is not a regular expression")
                .hasMessageContaining("at position");
    }

    @Test
    void aRegexThatRunsOutOfStackGivesNoKey() {
        assertThat(SessionKey.of("((?:a|b|[^x])*)x").keysOf("a".repeat(1_000_000)))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            path:job-(\\d+)/~jobs/job-17/driver.log~17
            path:job-\\d+~jobs/job-17/job-18.log~job-17
            path:[^/]+$~jobs/job-17/driver.log~driver.log
            path:run-(\\d+)~jobs/job-17/driver.log~''
            """)
    void aKeyOfThePathIsThatOfEveryLineOfTheInput(String key, String input, String expected) {
        LogEvent event = event(input, Map.of());
        assertThat(String.join(" ", SessionKey.of(key).keysOf(event))).isEqualTo(expected);
        assertThat(SessionKey.of(key).keysOf("a job-3/ in a line")).isEmpty();
        assertThat(SessionKey.of(key).regex()).isEqualTo(key);
    }

    @Test
    void aNameIsThatOfAField() {
        SessionKey key = SessionKey.of("trace.id");
        assertThat(key.keysOf(event("app.log", Map.of("trace.id", "f00", "other", "x"))))
                .containsExactly("f00");
        assertThat(key.keysOf(event("app.log", Map.of("trace.id", "-")))).isEmpty();
        assertThat(key.keysOf(event("app.log", Map.of("other", "trace.id")))).isEmpty();
    }

    @Test
    void theReaderFindsFieldsAndPaths() {
        String lines = "{\"msg\":\"a\",\"trace\":\"t1\"}\n{\"msg\":\"b\"}\n{\"msg\":\"c\",\"trace\":\"t2\"}\n";
        assertThat(keys(lines, "trace")).containsExactly(List.of("t1"), List.of(), List.of("t2"));
        assertThat(keys(lines, "path:job-(\\d+)")).containsExactly(List.of("7"), List.of("7"), List.of("7"));
    }

    private static List<List<String>> keys(String lines, String key) {
        try (LogReader reader = LogReader.builder()
                .input("job-7.log", new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)))
                .sessionKey(key)
                .open()) {
            List<List<String>> keys = reader.stream().map(LogEvent::sessionKeys).toList();
            assertThat(reader.stats().withoutKey())
                    .isEqualTo(keys.stream().filter(List::isEmpty).count());
            return keys;
        }
    }

    private static LogEvent event(String input, Map<String, String> fields) {
        return new LogEvent(null, "text", null, null, null, new Origin(input, 1, 0), List.of(), null, fields);
    }

    @Test
    void autoIsNoKey() {
        assertThatThrownBy(() -> SessionKey.of("auto")).hasMessageContaining("name the key that they chose");
    }

    @Test
    void aKeyOfThePathHasAtMostOneGroup() {
        assertThatThrownBy(() -> SessionKey.of("path:(a)/(b)")).hasMessageContaining("must have at most one group");
        assertThatThrownBy(() -> SessionKey.of("path:(a")).hasMessageContaining("is not a regular expression");
    }

    /** Plain expressions are found without the machinery of regular expressions, and must be found alike. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "(blk_-?\\d+)",
                "(blk_\\d+)",
                "(b\\w+)",
                "(b-?[0-9a-f]+)",
                "(bb?[0-9_-]+)",
                "(kk_?\\d+)",
                "(k_?\\w+)",
                "(bl[k_]+)",
                "(b l[^ ]+)",
                "(bl?k\\d+)",
                "(_\\d*)",
                "b(l\\d+)"
            })
    void findsWhatTheExpressionFinds(String regex) {
        Random random = new Random(7);
        Pattern pattern = Pattern.compile(regex);
        String letters = "blk_-01f \u00e9b";
        int found = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(14); length > 0; length--) {
                text.append(random.nextInt(4) == 0 ? "blk_" : letters.charAt(random.nextInt(letters.length())));
            }
            Set<String> expected = new LinkedHashSet<>();
            Matcher matcher = pattern.matcher(text);
            while (matcher.find()) {
                if (!matcher.group(1).isEmpty()) {
                    expected.add(matcher.group(1));
                }
            }
            assertThat(SessionKey.of(regex).keysOf(text.toString())).containsExactlyElementsOf(expected);
            found += expected.size();
        }
        assertThat(found).isPositive();
    }
}
