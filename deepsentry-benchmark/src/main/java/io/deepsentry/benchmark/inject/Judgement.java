package io.deepsentry.benchmark.inject;

import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import io.deepsentry.text.identity.MessageIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Judges the later part of a log as it is, then with injections, and compares. For one thread. */
final class Judgement {
    /** By place, whatever copy they are in. */
    private static final Comparator<Made> IN_ORDER = Comparator.comparing(
            Made::injection,
            Comparator.comparingInt(Injection::part)
                    .thenComparingInt(Injection::at)
                    .thenComparing(Injection::subject));

    private final LineJudge judge;
    private final boolean sessions;
    private final List<List<LaterLine>> parts;
    private final RunContext context;
    private final List<BitSet> flagged = new ArrayList<>();
    private final Injections injections;

    Judgement(
            LineJudge judge,
            Regularities learned,
            MessageIdentity identity,
            boolean sessions,
            List<List<LaterLine>> parts,
            RunContext context) {
        this.judge = judge;
        this.sessions = sessions;
        this.parts = parts;
        this.context = context;
        try (Progress.Stage stage = context.progress().begin("judging the later part", parts.size(), "parts")) {
            for (List<LaterLine> part : parts) {
                context.cancellation().check();
                flagged.add(judge.flagged(part.stream().map(LaterLine::event).toList()));
                stage.advance(1);
            }
        }
        injections = new Injections(learned, identity, sessions, parts, flagged);
    }

    /** What is flagged without any injection. */
    Untouched untouched() {
        int lines = 0;
        int all = 0;
        Set<String> findings = new HashSet<>();
        Instant from = null;
        Instant to = null;
        for (int i = 0; i < parts.size(); i++) {
            List<LaterLine> part = parts.get(i);
            lines += part.size();
            all += flagged.get(i).cardinality();
            flagged.get(i).stream().forEach(at -> findings.add(part.get(at).text()));
            for (LaterLine line : part) {
                Instant time = line.event().time();
                if (time != null) {
                    from = from == null || time.isBefore(from) ? time : from;
                    to = to == null || time.isAfter(to) ? time : to;
                }
            }
        }
        return new Untouched(
                sessions ? "session" : "line", lines, sessions ? parts.size() : lines, all, findings.size(), from, to);
    }

    /** Injects a kind of fault, at most {@code most} times, and judges. */
    InjectionRow row(InjectionKind kind, int most, long seed) {
        Random random = new Random(seed * 31 + kind.key().hashCode());
        List<Injection> possible = injections.possible(kind, random);
        List<Injection> chosen = Injections.choose(possible, most, random);
        List<List<Injection>> copies = Copy.spread(chosen);
        List<Made> made = new ArrayList<>();
        try (Progress.Stage stage = context.progress().begin("injecting: " + kind.title(), copies.size(), "copies")) {
            for (List<Injection> each : copies) {
                context.cancellation().check();
                int part = each.get(0).part();
                Copy copy = Copy.of(parts.get(part), each);
                BitSet found = judge.flagged(copy.events());
                for (int i = 0; i < copy.injections().size(); i++) {
                    made.add(new Made(copy.injections().get(i), outcome(copy, i, found)));
                }
                stage.advance(1);
            }
        }
        made.sort(IN_ORDER);
        return new InjectionRow(
                kind, possible.size(), made.stream().map(Made::outcome).toList());
    }

    /** An injection, and what became of it. */
    private record Made(Injection injection, InjectionOutcome outcome) {}

    private InjectionOutcome outcome(Copy copy, int number, BitSet found) {
        Injection injection = copy.injections().get(number);
        List<LaterLine> part = parts.get(injection.part());
        BitSet before = flagged.get(injection.part());
        int start = copy.starts().get(number);
        long end = (long) start
                + injection.edits().get(0).inserted().size()
                + injection.kind().tail(sessions);
        // A session without its end is judged at the last line that it has.
        int at = found.nextSetBit(
                sessions ? Math.max(0, Math.min(start, copy.lines().size() - 1)) : start);
        while (at >= 0 && at < end) {
            int original = copy.lines().get(at).original();
            if (original == Injection.Placed.NEW || !before.get(original)) {
                break;
            }
            at = found.nextSetBit(at + 1);
        }
        LogEvent first = part.get(injection.at() == part.size() ? injection.at() - 1 : injection.at())
                .event();
        Origin origin = first.origin();
        if (at < 0 || at >= end) {
            return new InjectionOutcome(origin.file(), origin.lineNumber(), injection.subject(), false, null, null);
        }
        // What is put in may come before the line that it is put before.
        Instant from = injection.edits().get(0).inserted().isEmpty()
                ? first.time()
                : copy.lines().get(start).event().time();
        Instant to = copy.lines().get(at).event().time();
        Double seconds = from == null || to == null
                ? null
                : Math.max(0, Duration.between(from, to).toMillis() / 1e3);
        return new InjectionOutcome(
                origin.file(), origin.lineNumber(), injection.subject(), true, Math.max(0, at - start), seconds);
    }
}
