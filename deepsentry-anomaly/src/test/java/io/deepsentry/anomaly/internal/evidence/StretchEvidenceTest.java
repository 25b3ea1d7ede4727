package io.deepsentry.anomaly.internal.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.internal.vector.Severity;
import io.deepsentry.text.prepare.HourRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What evidence learns of stretches of a log, and of how many lines the hours of all of it had. */
class StretchEvidenceTest {
    private static final Instant BEGIN = Instant.parse("2026-03-02T00:10:00Z");
    private static final String ORDER = "Order <id> taken";
    private static final String HEALTH = "Health check passed";
    private static final String REPORT = "Report <id> written";
    private static final String FAILED = "Payment failed";
    private static final Set<EvidenceKind> RATES =
            EnumSet.of(EvidenceKind.BURST, EvidenceKind.DROP, EvidenceKind.SILENCE, EvidenceKind.LEVEL);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int DAYS = 30;
    private static final int STRETCH = 1000;

    private static Observation line(double second, String message) {
        Severity severity = message.equals(FAILED) ? Severity.HIGH : Severity.LOW;
        return new Observation(message, severity, BEGIN.plusMillis((long) (second * 1000)), "shop", "main", List.of());
    }

    /** 2 lines a minute by day, one at night; every tenth is a health check, every 700th a report, few are errors. */
    private static List<Observation> shop(int seed, int days) {
        Random random = new Random(seed);
        List<Observation> lines = new ArrayList<>();
        for (double second = 0; second < days * 86_400.0; ) {
            int number = lines.size();
            String usual = random.nextInt(50) == 0 ? FAILED : ORDER;
            lines.add(line(second, number % 700 == 99 ? REPORT : number % 10 == 0 ? HEALTH : usual));
            boolean night = second % 86_400 < 6 * 3600;
            second += (night ? 40 : 20) * (1 + random.nextDouble());
        }
        return lines;
    }

    private static final List<Observation> LOG = shop(1, DAYS);

    private static List<HourRow> hours(List<Observation> lines) {
        Map<Long, List<Observation>> byHour = new TreeMap<>();
        for (Observation line : lines) {
            long second = Objects.requireNonNull(line.time()).getEpochSecond();
            byHour.computeIfAbsent(second / 3600, hour -> new ArrayList<>()).add(line);
        }
        List<HourRow> rows = new ArrayList<>();
        byHour.forEach((hour, of) -> {
            long[] minutes = new long[60];
            Map<String, Long> messages = new TreeMap<>();
            for (Observation line : of) {
                minutes[(int) (Objects.requireNonNull(line.time()).getEpochSecond() / 60 % 60)]++;
                messages.merge(line.message(), 1L, Long::sum);
            }
            rows.add(new HourRow(
                    "shop.log", hour, true, Arrays.stream(minutes).boxed().toList(), messages));
        });
        return rows;
    }

    /** Learns from one in four stretches of so many lines, and from all hours. */
    private static StreamEvidence.Learner learner(List<Observation> log, int stretch, List<HourRow> hours) {
        StreamEvidence.Learner learner = StreamEvidence.ofStretches();
        for (int from = 0; from + stretch <= log.size(); from += 4 * stretch) {
            String name = "shop.log\n" + from;
            log.subList(from, from + stretch).forEach(line -> learner.add(name, line));
        }
        Iterator<HourRow> left = hours.iterator();
        learner.addHours(() -> left.hasNext() ? left.next() : null);
        return learner;
    }

    /** Judges by the kinds that judge how often lines come. */
    private static List<Evidence> judge(StreamEvidence evidence, List<Observation> lines) {
        StreamEvidence.Stream stream = evidence.only(RATES).begin();
        List<Evidence> found = new ArrayList<>();
        lines.forEach(line -> found.addAll(stream.next(line)));
        return found;
    }

    private static StreamEvidence learnt(int stretch) {
        return learner(LOG, stretch, hours(LOG)).finish();
    }

    /** Rows by the texts of their messages: names may have other numbers. */
    private static Map<String, String> rows(JsonNode json, String kind, String member) {
        Map<String, String> rows = new TreeMap<>();
        for (JsonNode row : json.at("/kinds/" + kind + "/" + member)) {
            String name = json.at("/messages/" + row.get(0).asInt()).asText("log");
            rows.put(name, row.toString().substring(row.toString().indexOf(',')));
        }
        return rows;
    }

    @Test
    void rates_of_hours_and_drops_in_time_are_those_of_the_whole_log() {
        StreamEvidence.Learner whole = StreamEvidence.learner();
        LOG.forEach(line -> whole.add("shop.log", line));
        JsonNode expected = JSON.valueToTree(whole.finish().toMap());
        JsonNode sampled = JSON.valueToTree(learnt(STRETCH).toMap());
        for (String kind : List.of("burst", "drop")) {
            for (String member : List.of("hours", "weeks")) {
                assertThat(rows(sampled, kind, member)).isEqualTo(rows(expected, kind, member));
            }
            assertThat(rows(sampled, kind, "hours")).containsKeys("log", ORDER);
        }
        assertThat(sampled.at("/kinds/drop/log")).isNotEmpty().isEqualTo(expected.at("/kinds/drop/log"));
    }

    @Test
    void the_rest_of_the_log_is_normal() {
        assertThat(judge(learnt(STRETCH), shop(2, DAYS))).isEmpty();
    }

    @Test
    void what_stretches_show_is_found_after_them() {
        StreamEvidence evidence = learnt(STRETCH);
        List<Observation> log = new ArrayList<>(shop(3, 3));
        List<Observation> burst = new ArrayList<>(log);
        double at = Objects.requireNonNull(log.get(2000).time()).getEpochSecond() - BEGIN.getEpochSecond();
        for (int i = 0; i < 60; i++) {
            burst.add(2001, line(at, HEALTH));
        }
        assertThat(judge(evidence, burst)).extracting(Evidence::kind).contains(EvidenceKind.BURST);
        List<Observation> silent = new ArrayList<>(log.subList(0, 2000));
        log.subList(2000, log.size()).stream()
                .filter(line -> !line.message().equals(HEALTH))
                .forEach(silent::add);
        assertThat(judge(evidence, silent)).extracting(Evidence::kind).contains(EvidenceKind.SILENCE);
        List<Observation> failing = new ArrayList<>(log);
        for (int i = 0; i < 60; i++) {
            failing.set(2000 + 2 * i, line(at + 60 * i, FAILED));
        }
        assertThat(judge(evidence, failing)).extracting(Evidence::kind).contains(EvidenceKind.LEVEL);
    }

    @Test
    void a_log_that_all_but_stops_is_found_by_what_hours_had() {
        StreamEvidence evidence = learnt(STRETCH);
        List<Observation> log = new ArrayList<>(shop(3, 2));
        List<Observation> thin = new ArrayList<>(log.subList(0, 1500));
        for (int i = 1500; i < log.size(); i += 5) {
            thin.add(log.get(i));
        }
        assertThat(judge(evidence, thin)).extracting(Evidence::kind).contains(EvidenceKind.DROP);
    }

    @Test
    void what_comes_less_often_than_stretches_show_is_not_missed() {
        StreamEvidence evidence = learnt(STRETCH);
        List<Observation> without = shop(3, 10).stream()
                .filter(line -> !line.message().equals(REPORT))
                .toList();
        assertThat(judge(evidence, without)).isEmpty();
    }

    @Test
    void spans_that_stretches_do_not_last_are_not_learnt_and_said() {
        // 20 lines take 7 minutes by day, and 15 at night.
        StreamEvidence.Learner learner = learner(LOG, 20, hours(LOG));
        JsonNode json = JSON.valueToTree(learner.finish().toMap());
        assertThat(learner.notLearnt())
                .containsExactly(
                        "burst of a message in 100 lines, 600 s, as stretches do not last that long",
                        "silence of messages that come less often than every 10 lines, as stretches have hardly more",
                        "level of 50 lines, as stretches have hardly as many",
                        "level of 500 lines, as stretches have hardly as many");
        for (JsonNode row : json.at("/kinds/burst/most")) {
            // Message, support, in 20 and 100 lines, in a row, the same, in 1, 10, 60 and 600 s.
            if (row.get(0).asInt() < json.get("messages").size()) {
                assertThat(row.get(9).asInt()).isEqualTo(Integer.MAX_VALUE);
                assertThat(row.get(8).asInt()).isLessThan(10);
            }
        }
        assertThat(judge(learner.finish(), shop(2, DAYS)))
                .extracting(Evidence::kind)
                .doesNotContain(EvidenceKind.BURST, EvidenceKind.LEVEL);
        StreamEvidence.Learner longer = learner(LOG, STRETCH, hours(LOG));
        assertThat(longer.finish().judgesStreams()).isTrue();
        assertThat(longer.notLearnt())
                .containsExactly(
                        "silence of messages that come less often than every 500 lines, as stretches have hardly"
                                + " more");
    }

    @Test
    void drops_of_a_log_without_times_are_not_learnt_and_said() {
        StreamEvidence.Learner learner = StreamEvidence.ofStretches();
        LOG.subList(0, 2000)
                .forEach(line -> learner.add(
                        "shop.log", new Observation(line.message(), line.severity(), null, null, null, List.of())));
        learner.addHours(() -> null);
        assertThat(learner.finish().judgesStreams()).isTrue();
        assertThat(learner.notLearnt()).contains("drop of the log's lines, which have no times");
    }

    @Test
    void hours_that_were_not_kept_are_no_hours_without_lines() {
        List<HourRow> some = new ArrayList<>();
        List<HourRow> all = hours(LOG);
        for (int i = 0; i < all.size(); i++) {
            if (i % 3 != 0) {
                HourRow row = all.get(i);
                some.add(new HourRow(row.source(), row.hour(), i % 3 == 2, row.minutes(), row.messages()));
            }
        }
        StreamEvidence evidence = learner(LOG, STRETCH, some).finish();
        JsonNode json = JSON.valueToTree(evidence.toMap());
        assertThat(rows(json, "drop", "hours")).containsKey("log");
        assertThat(json.at("/kinds/drop/log").size()).isPositive();
        assertThat(judge(evidence, shop(2, DAYS))).isEmpty();
    }
}
