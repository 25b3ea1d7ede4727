package io.deepsentry.text.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.ConfigException;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageNormalizerTest {
    private final MessageNormalizer normalizer = MessageNormalizer.defaults();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            Receiving block blk_-4394112519745907149 src: /10.0.18.11:4399 dest: /10.0.18.11:50010 | Receiving block <id> src <ip> dest <ip>
            delete blk_1 blk_-2, blk_3                    | delete <id>
            attempt_2008_0001_m_000081_0 done             | <id> done
            size=67108864                                 | size <num>
            progress 12.5% of 1,234,567                   | progress <num> of <num>
            offset -17 and 1e-5 and 2.5e+10 and 1e7       | offset <num> and <num> and <num> and <num>
            version 1.2.3                                 | version <num>
            flags 0x1F, lr 0xc00045a4                     | flags <hex> lr <hex>
            commit d3b07384d113edec49eaa6238ad5ff00       | commit <hex>
            iar 00106580 dear 02494c2c                    | iar <hex> dear <hex>
            object com.acme.Thing@8a2a501 and Thing@1234  | object com.acme.Thing <hex> and Thing <hex>
            [instance: faf974ea-cba5-4e1b-93f4-3a3bc606006f] up | instance <uuid> up
            bssid f8:4f:57:3b:ea:b2 left                  | bssid <mac> left
            addr 2607:f140:400:a01b:c6b3:1ff:fecd:467f    | addr <ip>
            listening on [::1]:8080 and fe80::1%eth0      | listening on <ip> and <ip>
            route 10.0.0.0/24 via 10.0.0.1.               | route <ip> via <ip>
            not an address 300.1.2.3 nor 1.2.3            | not an address <num> nor <num>
            C++ AppleCam::wake                            | C AppleCam wake
            open /var/log/app.log.                        | open <path>
            wrote ~/x.txt and ./y and ../z/a              | wrote <path> and <path> and <path>
            C:\\Windows\\sqm\\*_all.sqm and \\\\host\\share | <path> and <path>
            read src/main/App.java and conf/app.yml       | read <path> and <path>
            I/O error, read/write, N/A, HTTP/1.1          | I O error read write N A HTTP <num>
            GET https://a.example/x?q=1&r=2 HTTP          | GET <url> HTTP
            see akka.tcp://sys@host-07:55904.             | see <url>
            mail joe.doe@example.com, root@localhost      | mail <email> root localhost
            proxy.cse.example.hk:5070 close               | <host> close
            www.example.com open                          | <host> open
            at Foo.java:123                               | at Foo.java <num>
            org.apache.hadoop.mapreduce.v2.app.Job begun  | org.apache.hadoop.mapreduce.v2.app.Job begun
            at 2008-11-09T20:35:30.123Z and 20:35:30,5    | at <time> and <time>
            on 2008-11-09 20:35:30 or 09/Nov/2008:20:35:30 +0100 | on <time> or <time> <num>
            at Fri Jul 15 23:42:43 2005                   | at <time> <num>
            ratio 10:30                                   | ratio <num>
            took 716ms, 1h30m, 19.47 seconds, 3 min       | took <duration> <num> min
            free 432.4 KB (281 bytes) 10MB 5M             | free <size>
            node-7 eth0 wl0 rdd_6_1 web12.prod            | <id>
            md5 utf8 log4j x86_64 sha256 Brcm43xx         | md5 utf8 log4j x86_64 sha256 Brcm43xx
            can't stop, won't stop                        | can't stop won't stop
            ------ done!!!                                | done
            Größe naïve Привет                            | Größe naïve Привет
            """)
    void masksWhatVariesAndKeepsWhatSays(String message, String expected) {
        assertThat(normalizer.normalize(message)).isEqualTo(expected);
    }

    @Test
    void aMessageOfPunctuationIsItsCharacters() {
        assertThat(normalizer.normalize("----- *** -----")).isEqualTo("- * -");
        assertThat(normalizer.normalize("- * -")).isEqualTo("- * -");
        assertThat(normalizer.normalize("\u001b[0m!!")).isEqualTo("!");
    }

    @Test
    void aMessageOfNothingIsEmpty() {
        assertThat(normalizer.normalize("")).isEqualTo("<empty>");
        assertThat(normalizer.normalize(" \t\u0000 ")).isEqualTo("<empty>");
        assertThat(normalizer.normalize("<empty>")).isEqualTo("<empty>");
    }

    @Test
    void colourCodesAndControlCharactersLeaveNoTrace() {
        assertThat(normalizer.normalize("\u001b[31;1mERROR\u001b[0m disk\u0000full\u001b["))
                .isEqualTo("ERROR disk full");
    }

    @Test
    void scriptsWithoutSpacesAreCutIntoCharacters() {
        assertThat(normalizer.tokens("接続 5 失敗")).containsExactly("接", "続", "<num>", "失", "敗");
    }

    @Test
    void aWordOf128CharactersStaysAndALongerOneIsMasked() {
        assertThat(normalizer.normalize("x".repeat(128))).isEqualTo("x".repeat(128));
        assertThat(normalizer.normalize("x".repeat(129))).isEqualTo("<long>");
    }

    @Test
    void keepsTheFirst256Tokens() {
        assertThat(normalizer.tokens("a b ".repeat(127) + "a")).hasSize(255);
        assertThat(normalizer.tokens("a b ".repeat(128))).hasSize(256);
        assertThat(normalizer.tokens("a b ".repeat(129))).hasSize(256);
    }

    @Test
    void typesThatAreSwitchedOffStay() {
        NormalizerSettings settings = NormalizerSettings.parse(List.of("num", "id"), List.of(), true);
        MessageNormalizer some = MessageNormalizer.of(settings);
        assertThat(some.normalize("From 10.0.0.1:80 AT /A/B took 5 MS of blk_7"))
                .isEqualTo("from 10.0.0.1:80 at /A/B took <num> ms of <id>");
    }

    @Test
    void rulesOfTheUsersOwnComeFirst() {
        NormalizerSettings settings =
                NormalizerSettings.parse(NormalizerSettings.switchable(), List.of("user=user[= ](\\w+)"), false);
        MessageNormalizer own = MessageNormalizer.of(settings);
        assertThat(own.normalize("session of user=root from 10.0.0.1")).isEqualTo("session of user <user> from <ip>");
        assertThat(own.normalize("session of user <user> from <ip>")).isEqualTo("session of user <user> from <ip>");
        assertThat(own.normalize(own.normalize("user user a"))).isEqualTo(own.normalize("user user a"));
    }

    @Test
    void badSettingsAreExplained() {
        assertThatThrownBy(() -> MaskRule.parse("user"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("NAME=REGEX")
                .hasMessageContaining("'user'");
        assertThatThrownBy(() -> MaskRule.parse("user=(")).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> MaskRule.parse("user=x*")).hasMessageContaining("nothing");
        assertThatThrownBy(() -> MaskRule.parse("User=x")).hasMessageContaining("lower-case");
        assertThatThrownBy(() -> NormalizerSettings.parse(List.of("nums"), List.of(), false))
                .hasMessageContaining("'nums'")
                .hasMessageContaining("num, hex");
    }

    @Test
    void maskingAMaskedMessageChangesNothing() {
        Random random = new Random(1);
        MaskType[] types = MaskType.values();
        String[] rules = {"user=user[= ](\\w+)", "x=a b", "num=[a-f]+"};
        for (int round = 0; round < 20_000; round++) {
            Set<MaskType> on = EnumSet.allOf(MaskType.class);
            if (round % 2 == 1) {
                on.remove(types[random.nextInt(types.length)]);
                on.remove(types[random.nextInt(types.length)]);
            }
            List<MaskRule> own = round % 10 == 0 ? List.of(MaskRule.parse(rules[random.nextInt(3)])) : List.of();
            MessageNormalizer some = MessageNormalizer.of(new NormalizerSettings(on, own, random.nextInt(4) == 0));
            String message = randomMessage(random);
            String once = some.normalize(message);
            assertThat(some.normalize(once))
                    .as("%s with %s", message, some.settings())
                    .isEqualTo(once);
        }
    }

    private static String randomMessage(Random random) {
        String[] parts = {
            "10.0.0.1",
            "blk_-12",
            ":",
            "/",
            "a/b/c",
            ".",
            "-",
            "@",
            "<num>",
            "<",
            ">",
            "5",
            "ms",
            "KB",
            "M",
            "2008-11-09",
            "20:35:30",
            "T",
            "Z",
            "Jul",
            "Fri",
            " ",
            " ",
            " ",
            "0x",
            "1f",
            "deadbeef1",
            "::",
            "com",
            "host",
            "user",
            "=",
            "_",
            "C:",
            "\\",
            "e",
            "+",
            ",",
            "'",
            "\u001b[0m",
            "é",
            "接",
            "\ud83d\ude00",
            "\ud83d",
            "%",
            "~",
            "12345678",
            "00012345",
            "http://",
            "$",
            "v1.2",
            "x86_64",
            "log4j",
            "\n",
            "A",
            "\"",
            "'",
            "status",
            "503",
            "200",
            "HTTP",
            "GET",
            "0",
            " of ",
            "%",
            "PAY-3",
            "E11000",
            "took",
            "for",
            "[",
            "]",
            "is"
        };
        StringBuilder message = new StringBuilder();
        for (int i = random.nextInt(9); i >= 0; i--) {
            message.append(parts[random.nextInt(parts.length)]);
        }
        return message.toString();
    }

    /** What would take time that grows with the square of the length would not end within any test's patience. */
    @Test
    void tenMegabytesOfQuotesAreNoTrouble() {
        for (String pattern :
                List.of("\"", "'a", " 'a b", "\"a b\" ", "\\\"", "GET /", "eyJ", "[1:", "arn:a", "0 of 0/", "1,111,")) {
            assertThat(normalizer.normalize(pattern.repeat(10_000_000 / pattern.length())))
                    .isNotEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "a",
        "a.",
        "a@",
        "a/",
        "/",
        "1:",
        "1.",
        "a:",
        "<",
        "::",
        "a-",
        "\\",
        "0x",
        "a b ",
        "1e+",
        "/ ",
        "a+",
        "a=",
        "status 5 ",
        "user a ",
        "', ",
        "a/b "
    })
    void tenMegabytesOfOnePatternAreNoTrouble(String pattern) {
        String message = pattern.repeat(10_000_000 / pattern.length());
        assertThat(normalizer.normalize(message)).isNotEmpty();
    }
}
