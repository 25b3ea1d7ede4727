package io.deepsentry.benchmark.inject;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.benchmark.inject.Injection.Edit;
import io.deepsentry.benchmark.inject.Injection.Placed;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import io.deepsentry.text.identity.IdentifiedMessage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CopyTest {
    private static LaterLine line(String message) {
        return new LaterLine(event(message), new IdentifiedMessage(message, List.of()));
    }

    private static LogEvent event(String message) {
        return new LogEvent(null, message, null, null, new Origin("a.log", 1, 0), List.of(), null);
    }

    private static List<LaterLine> part(String... messages) {
        return List.of(messages).stream().map(CopyTest::line).toList();
    }

    private static Injection injection(InjectionKind kind, int part, int at, int removed, String... inserted) {
        List<Placed> placed = List.of(inserted).stream()
                .map(each -> new Placed(event(each), Placed.NEW))
                .toList();
        return new Injection(kind, part, "", List.of(new Edit(at, removed, placed)));
    }

    @Test
    void every_injection_is_where_its_place_has_moved_to() {
        Copy copy = Copy.of(
                part("a", "b", "c", "d", "e"),
                List.of(
                        injection(InjectionKind.MISSING, 0, 3, 1),
                        injection(InjectionKind.BURST, 0, 1, 0, "x", "y"),
                        injection(InjectionKind.NUMBER, 0, 4, 1, "E")));

        assertThat(copy.events()).extracting(LogEvent::message).containsExactly("a", "x", "y", "b", "c", "E");
        assertThat(copy.injections())
                .extracting(Injection::kind)
                .containsExactly(InjectionKind.BURST, InjectionKind.MISSING, InjectionKind.NUMBER);
        assertThat(copy.starts()).containsExactly(1, 5, 5);
        assertThat(copy.lines())
                .extracting(Placed::original)
                .containsExactly(0, Placed.NEW, Placed.NEW, 1, 2, Placed.NEW);
    }

    @Test
    void an_injection_may_change_lines_far_apart() {
        Injection stop = new Injection(
                InjectionKind.STOP, 0, "b", List.of(new Edit(1, 1, List.of()), new Edit(3, 1, List.of())));

        Copy copy = Copy.of(part("a", "b", "c", "b", "e"), List.of(stop));

        assertThat(copy.events()).extracting(LogEvent::message).containsExactly("a", "c", "e");
        assertThat(copy.starts()).containsExactly(1);
    }

    @Test
    void injections_of_a_copy_are_sixty_lines_apart() {
        List<List<Injection>> copies = Copy.spread(List.of(
                injection(InjectionKind.SWAP, 0, 10, 0),
                injection(InjectionKind.SWAP, 0, 69, 0),
                injection(InjectionKind.SWAP, 0, 70, 0),
                injection(InjectionKind.SWAP, 1, 200, 0)));

        List<List<Integer>> places = new ArrayList<>();
        copies.forEach(copy -> places.add(copy.stream().map(Injection::at).toList()));
        assertThat(places).containsExactly(List.of(10, 70), List.of(69), List.of(200));
    }

    @Test
    void a_message_that_stops_has_a_copy_of_its_own() {
        assertThat(Copy.spread(
                        List.of(injection(InjectionKind.STOP, 0, 10, 1), injection(InjectionKind.STOP, 0, 500, 1))))
                .hasSize(2);
    }
}
