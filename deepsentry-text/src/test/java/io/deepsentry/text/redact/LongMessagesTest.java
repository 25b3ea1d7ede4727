package io.deepsentry.text.redact;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.parse.Excerpt;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogFormat;
import io.deepsentry.parse.LogParser;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.redact.Redaction;
import io.deepsentry.text.identity.MessageIdentity;
import io.deepsentry.text.token.NormalizerSettings;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The work that redaction and masking have with a message grows with its length and no faster, whatever it is made of.
 */
@Tag("long")
class LongMessagesTest {
    /** What messages are made of, over and over: each nearly is something. */
    private static final List<String> UNITS = List.of(
            " ",
            "x",
            "x ",
            "1",
            "1 ",
            "1.",
            "1:",
            "-eyJ",
            "eyJ",
            "eyJaaaaaaaa.",
            "eyJaaaaaaaa.bbbb-",
            "-eyJaaaaaaaa.bbbb.",
            "password=",
            "password=\"",
            "password='",
            "token:\"' ",
            "secret_",
            "pwd= ",
            "api_key",
            "authorization: ",
            "authorization: basic ",
            "bearer ",
            "bearer a",
            "://",
            "://a:",
            "://a:b",
            "http://a:b@",
            "@",
            "a@",
            "a@b.",
            "a@b-",
            ".a",
            "a.",
            "%+-",
            "-----BEGIN ",
            "-----BEGIN PRIVATE KEY-----",
            "-----END ",
            "PRIVATE KEY-----",
            "AKIA",
            "ghp_",
            "github_pat_",
            "xoxb-",
            "sk-",
            "4111 1111 1111 ",
            "4111-",
            "0000",
            "/",
            "/a",
            "\\",
            "a=",
            "=",
            "{\"a\":",
            "[",
            "(",
            "<",
            "\"",
            "'",
            ":",
            "::",
            "f:",
            "0x",
            "2026-01-01 ",
            "T",
            "\u0000",
            "\u001b[1m",
            "\u00e9",
            "\uD83D\uDE00",
            "password=\\\"",
            "\\\"password\\\":\\\"",
            "\\\\\\\"",
            "password=\"\n",
            "password=\"\\",
            "password={a",
            ";password={",
            ";password=a,",
            "password=a,b",
            "password=(",
            "password=)",
            "password=['a','",
            "password=['",
            "password=>",
            "[password]",
            "password&quot;:&quot;",
            "password%3D",
            "password\\u003d",
            "<password>",
            "<password ",
            "<password>a",
            "&lt;password&gt;",
            "\\u003cpassword",
            "<name>password</name>",
            "<value>",
            "value=\"password\" value=",
            "authorization: digest a=\"b\",",
            "authorization: a ",
            "authorization: bearer,",
            "cookie: a=b;",
            "cookie: a=b; ",
            "cookie: expires=x ",
            "cookie: ",
            "curl -u ",
            "curl -u a:",
            "mysql -p",
            "redis-cli -a ",
            "--password ",
            "--password=",
            "-a",
            " -a",
            "'--token','",
            "identified by '",
            "password '",
            "basic ",
            "basic YWI6",
            "@tcp(",
            "a@tcp(",
            "thin:a/b@",
            "://a:b/",
            "hooks.slack.com/",
            "https://hooks.slack.com/services/",
            "api.telegram.org/bot",
            "12345678:A",
            "hvs.",
            "SG.a.",
            "dp.pt.",
            "sk-a-",
            "sk_live_",
            "npm_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "xoxb-a-",
            "AKIAAAAAAAAAAAAAAAAA ",
            "aaa8Q~",
            "aaaaaaaaaaaaaa.atlasv1.",
            "Maaaaaaaaaaaaaaaaaaaaaaaa.",
            "0123456789abcdef0123456789abcdef-us",
            "Private-Lines:",
            "---- BEGIN SSH2 PRIVATE KEY",
            "token: ",
            "token=a",
            "token=aaaaaaaaaaaaaaaaaaaaaaaa@",
            "signature=",
            "passwordpassword",
            "pass_word_",
            "secret secret ",
            "key_1_");
    /** How messages begin, so that what follows is reached. */
    private static final List<String> BEGINNINGS =
            List.of("", "a@b token=\"eyJaaaaaaaa.bbbb.", "-----BEGIN RSA PRIVATE KEY-----://a");

    private static final int SHORT = 1 << 14;
    private static final int LONG = 1 << 18;
    private static final int MEBIBYTE = 1 << 20;
    private static final int TIMES_LONGER = LONG / SHORT;
    /** Less is not much. */
    private static final double LITTLE = 0.2;
    /** A stage that seems to take longer over a mebibyte is tried again: the figures are published. */
    private static final double LONGEST = 0.2;

    private static final int TRIES = 3;
    /** More is too much on any machine. */
    private static final double MUCH = 1;

    @ParameterizedTest
    @EnumSource(Redaction.Kind.class)
    void redactionTakesTimeInProportionToAMessage(Redaction.Kind kind) {
        Redaction redaction = Redaction.of(EnumSet.of(kind));
        assertThat(slow(redaction::apply)).isEmpty();
    }

    @Test
    void maskingTakesTimeInProportionToAMessage() {
        MessageIdentity identity = MessageIdentity.of(NormalizerSettings.DEFAULTS);
        assertThat(slow(message -> identity.of(
                        new LogEvent(null, message, null, null, new Origin("long", 1, 0), List.of(), null))))
                .isEmpty();
    }

    @Test
    void redactsWhatIsLongAndWhatStandsBehindWhatOnlyBeginsLikeIt() {
        Redaction redaction = Redaction.ofAll();
        String token = "eyJ" + "a".repeat(6000) + "." + "b".repeat(6000) + "." + "c".repeat(6000);
        assertThat(redaction.apply("x " + token + " y")).isEqualTo("x <redacted> y");
        assertThat(redaction.apply("eyJaaaaaaaaa eyJbbbbbbbbb.c " + token))
                .isEqualTo("eyJaaaaaaaaa eyJbbbbbbbbb.c <redacted>");
        assertThat(redaction.apply("x-" + token)).isEqualTo("x-<redacted>");
        assertThat(redaction.apply("to a@b" + ".c".repeat(100_000))).doesNotContain("a@b");
    }

    /**
     * One text of one mebibyte of each unit, through every way of reading a line, masking and redaction: the slowest of
     * each.
     */
    @Test
    void everyStageTakesAShortTimeOverALongLine(TestReporter reporter) {
        Map<String, UnaryOperator<String>> stages = new LinkedHashMap<>();
        for (String preset : LogFormat.presets()) {
            LogParser parser = LogFormat.of(preset);
            stages.put(preset, line -> String.valueOf(parser.parse(line)));
        }
        MessageIdentity identity = MessageIdentity.of(NormalizerSettings.DEFAULTS);
        stages.put("masking with redaction", identity::of);
        stages.put("redaction", Redaction.ofAll()::apply);
        List<String> slow = new ArrayList<>();
        stages.forEach((name, stage) -> {
            seconds(stage, "", "warm up ", MEBIBYTE);
            String worst = "";
            double most = 0;
            for (String unit : UNITS) {
                double took = leastSeconds(stage, unit);
                worst = took > most ? unit : worst;
                most = Math.max(most, took);
            }
            String row = String.format(Locale.ROOT, "%4.0f ms %s", most * 1000, Excerpt.of(worst, 40));
            reporter.publishEntry(name, row);
            if (most > MUCH) {
                slow.add(name + " " + row);
            }
        });
        assertThat(slow).isEmpty();
    }

    /** Of several tries, as far as one takes long: the machine may be busy with something else. */
    private static double leastSeconds(UnaryOperator<String> stage, String unit) {
        double least = seconds(stage, "", unit, MEBIBYTE);
        for (int i = 1; i < TRIES && least > LONGEST; i++) {
            least = Math.min(least, seconds(stage, "", unit, MEBIBYTE));
        }
        return least;
    }

    private static List<String> slow(UnaryOperator<String> work) {
        List<String> slow = new ArrayList<>();
        seconds(work, "", "warm up ", LONG);
        for (String beginning : BEGINNINGS) {
            for (String unit : UNITS) {
                double some = seconds(work, beginning, unit, SHORT);
                if (some > LITTLE / TIMES_LONGER / 4) {
                    double all = seconds(work, beginning, unit, LONG);
                    if (all > MUCH || (all > LITTLE && all > 3 * TIMES_LONGER * some)) {
                        slow.add(String.format(
                                Locale.ROOT, "%s%s %.3f s, and %.3f s for a sixteenth", beginning, unit, all, some));
                    }
                }
            }
        }
        return slow;
    }

    /** The processor's time. */
    private static double seconds(UnaryOperator<String> work, String beginning, String unit, int length) {
        String message = beginning + unit.repeat((length - beginning.length()) / unit.length());
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        assertThat(work.apply(message)).isNotNull();
        return (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before) / 1e9;
    }
}
