package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayoutTest {
    @Test
    void fieldsRunToTheFirstPlaceWhereTheTextAfterThemStands() {
        assertThat(fields("<Level> [<Thread>] <Component>: <Content>", "INFO [a b] c.D: x: [y]: z"))
                .containsExactly(
                        Map.entry("Level", "INFO"),
                        Map.entry("Thread", "a b"),
                        Map.entry("Component", "c.D"),
                        Map.entry("Content", "x: [y]: z"));
    }

    @Test
    void aBlankStandsForAnyRunOfWhiteSpace() {
        assertThat(fields("<A>  <B> - <Content>", "1 \t 2    -  three  four"))
                .containsExactly(Map.entry("A", "1"), Map.entry("B", "2"), Map.entry("Content", "three  four"));
    }

    @Test
    void anOptionalPartMayBeThereOrNot() {
        String layout = "<Tag>([<Pid>])?: <Content>";
        assertThat(fields(layout, "sshd[17]: hello"))
                .containsExactly(Map.entry("Tag", "sshd"), Map.entry("Pid", "17"), Map.entry("Content", "hello"));
        assertThat(fields(layout, "kernel: hello [no]: more"))
                .containsExactly(Map.entry("Tag", "kernel"), Map.entry("Content", "hello [no]: more"));
        assertThat(fields(layout, "a[b c: hello"))
                .containsExactly(Map.entry("Tag", "a[b c"), Map.entry("Content", "hello"));
    }

    @Test
    void severalOptionalPartsMayFollowEachOther() {
        String layout = "<Tag>([<Pid>])?( (<Address>))?: <Content>";
        assertThat(fields(layout, "launchd[1] (com.example[7]): x")).containsEntry("Address", "com.example[7]");
        assertThat(fields(layout, "launchd (com.example): x"))
                .containsEntry("Address", "com.example")
                .doesNotContainKey("Pid");
        assertThat(fields(layout, "launchd: x")).containsOnlyKeys("Tag", "Content");
    }

    @Test
    void aBackslashTakesTheNextCharacterAsItIs() {
        assertThat(fields("\\[<Time>\\] \\<<Content>\\>", "[now] <hello>"))
                .containsExactly(Map.entry("Time", "now"), Map.entry("Content", "hello"));
        assertThat(fields("a\\\\<Content>", "a\\b")).containsExactly(Map.entry("Content", "b"));
    }

    @Test
    void parenthesesWithoutAQuestionMarkAreText() {
        assertThat(fields("(<Pid>) <Content>", "(7) x"))
                .containsExactly(Map.entry("Pid", "7"), Map.entry("Content", "x"));
    }

    @Test
    void contentMayBeEmpty() {
        assertThat(fields("<Level> <Tag>: <Content>", "INFO x:")).containsEntry("Content", "");
        assertThat(fields("<Level> <Content>", "INFO")).containsEntry("Content", "");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            <A> <Content>~''
            <A> <B> <Content>~one
            [<A>] <Content>~one two
            <A>: <Content>~one:two
            <A> <Content>~'  indented line'
            "<Content>"~"open
            x<Content>~y
            """)
    void otherLinesDoNotFit(String layout, String line) {
        assertThat(Layout.compile(layout).match(line, -1, 1)).isNull();
    }

    @Test
    void aHeaderFieldIsBounded() {
        Layout layout = Layout.compile("<A>: <Content>");
        for (int n : new int[] {Layout.MAX_FIELD - 1, Layout.MAX_FIELD}) {
            assertThat(layout.match("a".repeat(n) + ": x", -1, 1)).isNotNull();
        }
        assertThat(layout.match("a".repeat(Layout.MAX_FIELD + 1) + ": x", -1, 1))
                .isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            <Date> <Time>~needs the field <Content>
            no field~it has no field at all
            <Content> <Time>~must be the last field
            <Date><Content>~follows another without text between them
            <Date> <Date> <Content>~<Date> appears twice
            <Date> <date> <Content>~<date> appears twice
            <A>( x)?<Content>~follows another without text between them
            <A>()? <Content>~is empty
            <A>(x(y)?)? <Content>~cannot be nested
            <A>(<B>)?(<C>)? <Content>~must be followed by text
            <A> <Content> end~only plain text
            <A> (<Content>)?~must be the last field
            <A>(1)?(2)?(3)?(4)?(5)? <Content>~at most 4 optional parts
            """)
    void aBrokenLayoutIsRefusedWithWhatIsWrong(String layout, String problem) {
        assertThatThrownBy(() -> Layout.compile(layout)).isInstanceOfSatisfying(LogParseException.class, e -> {
            assertThat(e.kind()).isEqualTo(LogParseException.Kind.BAD_ARGUMENT);
            assertThat(e).hasMessageContaining("layout '" + layout + "'").hasMessageContaining(problem);
        });
    }

    private static Map<String, String> fields(String source, String line) {
        Layout layout = Layout.compile(source);
        int[] bounds = layout.match(line, -1, 1);
        assertThat(bounds).as(line).isNotNull();
        Map<String, String> found = new LinkedHashMap<>();
        for (int i = 0; i < layout.names().size(); i++) {
            if (bounds != null && bounds[2 * i] >= 0) {
                found.put(layout.names().get(i), line.substring(bounds[2 * i], bounds[2 * i + 1]));
            }
        }
        return found;
    }
}
