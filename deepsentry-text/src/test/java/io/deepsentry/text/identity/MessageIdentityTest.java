package io.deepsentry.text.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.DataException;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.redact.Redaction;
import io.deepsentry.text.token.MaskType;
import io.deepsentry.text.token.MessageNormalizer;
import io.deepsentry.text.token.NormalizerSettings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageIdentityTest {
    private static final List<String> NAMES = List.of(
            "ada", "bela", "cato", "dora", "emil", "fay", "gus", "hanna", "ilse", "jona", "kim", "lea", "milo", "nora");

    @Test
    void aNewNameAtAPlaceOfManyNamesIsNoNewMessage() {
        MessageIdentity identity = learned(NAMES.stream().map(name -> "mailbox of " + name + " is over quota"));
        assertThat(identity.of("mailbox of zoe is over quota")).isEqualTo("mailbox of <id> is over quota");
        assertThat(identity.of("mailbox of ada is over quota")).isEqualTo("mailbox of <id> is over quota");
        assertThat(identity.of("mailbox of zoe is gone")).isNotEqualTo(identity.of("mailbox of ada is over quota"));
    }

    @Test
    void twoNamesThatVaryTogetherAreTwoVariables() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < NAMES.size(); i++) {
            lines.add("letter from " + NAMES.get(i) + " handed over to " + NAMES.get((i * 5 + 3) % NAMES.size())
                    + " at noon");
        }
        assertThat(learned(lines.stream()).of("letter from zoe handed over to yann at noon"))
                .isEqualTo("letter from <id> handed over to <id> at noon");
    }

    @ParameterizedTest
    @CsvSource({
        "link of port <num> is up, link of port <num> is down",
        "flag dark is true, flag dark is false",
        "login accepted for door <num>, login rejected for door <num>",
        "job <num> was started, job <num> was stopped",
        "feature search enabled, feature search disabled",
        "lid opened by hand, lid closed by hand",
        "request GET of page <num>, request DELETE of page <num>",
        "check ended with ENOENT today, check ended with EPIPE today",
        "caught java.io.IOException in loop, caught java.lang.IllegalStateException in loop",
        "disk is not full, disk is now full"
    })
    void outcomesStayApart(String one, String other) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            lines.add(one.replace("<num>", String.valueOf(i)));
            lines.add(other.replace("<num>", String.valueOf(i)));
        }
        MessageIdentity identity = learned(lines.stream());
        assertThat(identity.of(one)).isNotEqualTo(identity.of(other));
    }

    @Test
    void outcomesStayApartAmongNames() {
        MessageIdentity identity = learned(Stream.concat(
                NAMES.stream().map(name -> "state of " + name + " in pool"),
                Stream.of("state of down in pool", "state of failed in pool")));
        assertThat(identity.of("state of down in pool")).isEqualTo("state of down in pool");
        assertThat(identity.of("state of error in pool")).isEqualTo("state of error in pool");
        assertThat(identity.of("state of zoe in pool")).isEqualTo("state of <id> in pool");
    }

    @Test
    void fewWordsThatRecurStayApart() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            lines.add("door to the "
                    + List.of("kitchen", "cellar", "attic", "garden").get(i % 4) + " creaks");
        }
        MessageIdentity identity = learned(lines.stream());
        assertThat(identity.of("door to the attic creaks")).isEqualTo("door to the attic creaks");
        assertThat(identity.of("door to the library creaks")).isEqualTo("door to the library creaks");
    }

    @Test
    void typesOfOneVariableAreOneMessageShownAsMostOfThem() {
        MessageIdentity identity = learned(Stream.of(
                "peer 10.0.0.1 answered", "peer 10.0.0.2 answered", "peer node-7 answered", "peer 17 answered"));
        assertThat(identity.of("peer 17 answered")).isEqualTo("peer <ip> answered");
        assertThat(identity.of("peer 00:11:22:33:44:55 answered")).isEqualTo("peer <ip> answered");
        assertThat(identity.of("peer 10.0.0.1 4711 10.0.0.2 4712 answered")).isEqualTo("peer <ip> answered");
        assertThat(identity.of("peer unreachable answered")).isEqualTo("peer unreachable answered");
    }

    @Test
    void kindsOfTypesAreOneInMessagesThatTrainingDidNotKnow() {
        MessageIdentity identity = learned(Stream.of("nothing like it"));
        assertThat(identity.of("cell deadbeef01 at 7")).isEqualTo(identity.of("cell 12345678 at 7"));
        assertThat(identity.of("cell at 10.0.0.1")).isNotEqualTo(identity.of("cell at 7"));
    }

    @Test
    void theOrderOfLinesChangesNothing() {
        List<String> lines = mixture(3);
        List<String> shuffled = new ArrayList<>(lines);
        Collections.shuffle(shuffled, new Random(7));
        SlotLearner one = SlotLearner.of(NormalizerSettings.DEFAULTS);
        SlotLearner other = SlotLearner.of(NormalizerSettings.DEFAULTS);
        lines.forEach(line -> one.add(event(line)));
        shuffled.forEach(line -> other.add(event(line)));
        LearnedSlots slots = one.learn();
        assertThat(other.learn()).isEqualTo(slots);
        assertThat(other.learn().toJson()).isEqualTo(slots.toJson());

        List<String> fresh = mixture(11);
        MessageIdentity inOrder = MessageIdentity.of(NormalizerSettings.DEFAULTS, slots);
        List<String> identities = fresh.stream().map(inOrder::of).toList();
        MessageIdentity backwards = MessageIdentity.of(NormalizerSettings.DEFAULTS, slots);
        for (int i = fresh.size() - 1; i >= 0; i--) {
            assertThat(backwards.of(fresh.get(i))).isEqualTo(identities.get(i));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void theIdentityOfAnIdentityIsItself(int seed) {
        MessageIdentity identity = learned(mixture(seed).stream());
        for (String line : mixture(seed + 100)) {
            for (String level : new String[] {null, "INFO", "ERROR"}) {
                String text = identity.of(event(line, level, Map.of()));
                assertThat(identity.of(text)).as(line).isEqualTo(text);
            }
        }
    }

    @Test
    void whatWasLearnedIsReadBackFromItsText() {
        LearnedSlots slots = learner(mixture(5).stream()).learn();
        LearnedSlots read = LearnedSlots.parse(slots.toJson(), "identity.json");
        assertThat(read).isEqualTo(slots).hasSameHashCodeAs(slots);
        assertThat(LearnedSlots.parse(LearnedSlots.NONE.toJson(), "x")).isEqualTo(LearnedSlots.NONE);
        assertThat(slots).isNotEqualTo(LearnedSlots.NONE);
        assertThatThrownBy(() -> LearnedSlots.parse("{", "identity.json"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("identity.json");
        assertThatThrownBy(() -> LearnedSlots.parse("{\"version\":99}", "identity.json"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("run prepare again");
    }

    @Test
    void withNothingLearnedMaskingAloneDecides() {
        MessageIdentity identity = MessageIdentity.of(NormalizerSettings.DEFAULTS);
        MessageNormalizer masking = MessageNormalizer.defaults();
        for (String line : mixture(9)) {
            assertThat(identity.of(event(line, "ERROR", Map.of("error", "x")))).isEqualTo(masking.normalize(line));
        }
    }

    @Test
    void theLevelBelongsToTheMessageWhereItIsNotTheUsualOne() {
        SlotLearner learner = SlotLearner.of(NormalizerSettings.DEFAULTS);
        for (int i = 0; i < 20; i++) {
            learner.add(event("backup " + i + " done", "info", Map.of()));
            learner.add(event("backup " + i + " late", "WARN", Map.of()));
        }
        learner.add(event("backup 7 done", "error", Map.of()));
        MessageIdentity identity = MessageIdentity.of(NormalizerSettings.DEFAULTS, learner.learn());
        assertThat(identity.of(event("backup 1 done", "info", Map.of()))).isEqualTo("backup <num> done");
        assertThat(identity.of(event("backup 1 done", "error", Map.of()))).isEqualTo("ERROR backup <num> done");
        assertThat(identity.of(event("backup 1 late", "WARN", Map.of()))).isEqualTo("backup <num> late");
        assertThat(identity.of(event("backup 1 late", "INFO", Map.of()))).isEqualTo("INFO backup <num> late");
        assertThat(identity.of(event("never seen", "INFO", Map.of()))).isEqualTo("never seen");
        assertThat(identity.of(event("never seen", "FATAL", Map.of()))).isEqualTo("FATAL never seen");
    }

    @Test
    void fieldsThatTellBelongToTheMessageAndOthersAreValues() {
        SlotLearner learner = SlotLearner.of(NormalizerSettings.DEFAULTS);
        for (int i = 0; i < 100; i++) {
            learner.add(event(
                    "request handled",
                    "info",
                    Map.of(
                            "method",
                            i % 3 == 0 ? "POST" : "GET",
                            "size",
                            String.valueOf(i),
                            "user",
                            "user" + (char) ('a' + i % 26),
                            "version",
                            "blue",
                            "cache",
                            i % 2 == 0 ? "hit" : "miss")));
        }
        MessageIdentity identity = MessageIdentity.of(NormalizerSettings.DEFAULTS, learner.learn());
        Map<String, String> usual =
                Map.of("method", "GET", "size", "77", "user", "zoe", "version", "blue", "cache", "hit");
        assertThat(identity.of(event("request handled", "info", usual)))
                .isEqualTo("request handled cache hit method GET");
        assertThat(identity.of(event("request handled", "info", with(usual, "version", "green"))))
                .isEqualTo("request handled cache hit method GET");
        assertThat(identity.of(event("request handled", "info", with(usual, "error", "disk of 7 is full"))))
                .isEqualTo("request handled cache hit error disk of <num> is full method GET");
        assertThat(identity.of(event("request handled", "info", with(usual, "error", "null"))))
                .isEqualTo("request handled cache hit method GET");
        assertThat(identity.identify(event("request handled", "info", usual)).values())
                .contains(
                        new MessageValue("size", MaskType.NUM, "77", 77),
                        new MessageValue("user", MaskType.ID, "zoe", Double.NaN))
                .noneMatch(value -> value.place().equals("method"));
    }

    @Test
    void aTellingFieldThatNeverVariedShowsOnlyAnotherValue() {
        SlotLearner learner = SlotLearner.of(NormalizerSettings.DEFAULTS);
        IntStream.range(0, 50).forEach(i -> learner.add(event("job finished", "info", Map.of("outcome", "fine"))));
        MessageIdentity identity = MessageIdentity.of(NormalizerSettings.DEFAULTS, learner.learn());
        assertThat(identity.of(event("job finished", "info", Map.of("outcome", "fine"))))
                .isEqualTo("job finished");
        assertThat(identity.of(event("job finished", "info", Map.of("outcome", "lost"))))
                .isEqualTo("job finished outcome lost");
    }

    @Test
    void valuesHaveTheSamePlaceInEveryLineOfAMessage() {
        MessageIdentity identity = learned(NAMES.stream().map(name -> "mailbox of " + name + " holds 12 kB of mail"));
        assertThat(identity.identify(event("mailbox of zoe holds 3 kB of mail")).values())
                .containsExactly(
                        new MessageValue("0", MaskType.ID, "zoe", Double.NaN),
                        new MessageValue("1", MaskType.SIZE, "3 kB", 3072));
        assertThat(identity.identify(event("mailbox of 17 holds 3 kB of mail")).values())
                .extracting(MessageValue::place)
                .containsExactly("0", "1");
    }

    @Test
    void moreDistinctLinesThanAreHeldLeaveASample() {
        SlotLearner learner = SlotLearner.of(NormalizerSettings.DEFAULTS, 500);
        for (int i = 0; i < 20_000; i++) {
            learner.add(event("tag " + word(i) + " stuck to the wall"));
            learner.add(event("the wall is painted"));
        }
        assertThat(learner.isSample()).isTrue();
        int[] forms = new int[1];
        learner.forEach((message, count) -> forms[0]++);
        assertThat(forms[0]).isBetween(100, 500);
        MessageIdentity identity = MessageIdentity.of(NormalizerSettings.DEFAULTS, learner.learn());
        assertThat(identity.of("tag unheard stuck to the wall")).isEqualTo("tag <id> stuck to the wall");
    }

    @Test
    void slotsBesideEachOtherAreFoundInBoundedTime() {
        List<String> lines = new ArrayList<>();
        for (String name : NAMES) {
            lines.add("go " + name + " 1 go 2 " + name + " go 3 on");
        }
        MessageIdentity identity = learned(lines.stream());
        String hostile = "go " + "a 1 b 2 ".repeat(60) + "on";
        assertThat(identity.of(identity.of(hostile))).isEqualTo(identity.of(hostile));
    }

    @Test
    void whatWasSearchedForSecretsBeforeIsTheSameMessage() {
        MessageIdentity identity = learned(Stream.concat(
                mixture(3).stream(), NAMES.stream().map(name -> "token of " + name + " is <redacted> for 12 s")));
        Redaction all = Redaction.ofAll();
        Redaction secrets = all.only(Redaction.SECRETS.kinds());
        List<LogEvent> events = new ArrayList<>();
        Stream.concat(
                        mixture(4).stream(),
                        Stream.of(
                                "token of ada is <redacted> for 12 s",
                                "token of ada is redacted0 for 12 s",
                                "login password=hunter2 for ada from ada@example.org",
                                "card 4111 1111 1111 1111 charged"))
                .forEach(message -> {
                    events.add(event(message));
                    events.add(event(message, "ERROR", Map.of("status", message, "password", "")));
                    events.add(event("job done", "INFO", Map.of("password", message)));
                });

        int searched = 0;
        for (LogEvent event : events) {
            LogEvent safe = event.redacted(secrets);
            boolean unchanged = safe.equals(event);
            searched += unchanged ? 1 : 0;
            IdentifiedMessage expected = identity.identify(event);
            assertThat(identity.identify(safe, unchanged ? secrets : null)).isEqualTo(expected);
            assertThat(identity.identify(event, null)).isEqualTo(expected);
            // Of another redaction, it does not matter what it left.
            assertThat(identity.identify(event, all)).isEqualTo(expected);
            assertThat(identity.identify(event, Redaction.of(List.of()))).isEqualTo(expected);
        }
        assertThat(searched).isBetween(events.size() / 3, events.size() - 3);
    }

    private static String word(int number) {
        StringBuilder word = new StringBuilder("w");
        for (int rest = number; rest > 0; rest /= 26) {
            word.append((char) ('a' + rest % 26));
        }
        return word.toString();
    }

    private static Map<String, String> with(Map<String, String> fields, String name, String value) {
        Map<String, String> more = new java.util.LinkedHashMap<>(fields);
        more.put(name, value);
        return more;
    }

    /** Lines of a log with names, outcomes, numbers and one-time words. */
    private static List<String> mixture(int seed) {
        Random random = new Random(seed);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            String name = NAMES.get(random.nextInt(NAMES.size()));
            String number = String.valueOf(random.nextInt(1000));
            lines.add(
                    switch (random.nextInt(9)) {
                        case 0 -> "session of " + name + " opened on 10.0.0." + random.nextInt(256);
                        case 1 -> "session of " + name + " closed after " + number + " ms";
                        case 2 -> "switch " + number + " is " + (random.nextBoolean() ? "up" : "down");
                        case 3 -> "loading com.shop." + name + ".Service from /opt/" + name + "/lib.jar";
                        case 4 ->
                            "peer " + (random.nextBoolean() ? "10.1.1." + random.nextInt(9) : "node-" + number)
                                    + " left";
                        case 5 -> "unit " + word(random.nextInt(5000)) + " of " + name + " failed with code " + number;
                        case 6 -> "<id> " + number + " " + name + " [" + number + ", 0x1f, " + number + "]";
                        case 7 -> "ERROR " + name + " has no " + word(random.nextInt(60));
                        default -> word(random.nextInt(100_000)) + " " + word(random.nextInt(100_000)) + " " + number;
                    });
        }
        return lines;
    }

    private static SlotLearner learner(Stream<String> lines) {
        SlotLearner learner = SlotLearner.of(NormalizerSettings.DEFAULTS);
        lines.forEach(line -> learner.add(event(line, "INFO", Map.of())));
        return learner;
    }

    private static MessageIdentity learned(Stream<String> lines) {
        return MessageIdentity.of(NormalizerSettings.DEFAULTS, learner(lines).learn());
    }

    private static LogEvent event(String message) {
        return event(message, null, Map.of());
    }

    private static LogEvent event(
            String message, @org.jspecify.annotations.Nullable String level, Map<String, String> fields) {
        return new LogEvent(null, message, level, null, null, new Origin("log", 1, 0), List.of(), null, fields);
    }
}
