package io.deepsentry.text.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SkeletonTest {
    private static final Set<MaskType> ALL = EnumSet.allOf(MaskType.class);
    private static final Set<String> KNOWN =
            new HashSet<>(ALL.stream().map(MaskType::token).toList());

    /** Values that a skeleton replaces, and some that differ from them a little. */
    private static final List<String> VALUES = List.of(
            "blk_4394112519745907149",
            "blk_-1608999687919862906",
            "task_200811092030_0001_m_000081_0",
            "a_123",
            "a_12",
            "x86_64",
            "sha256_123",
            "node_7",
            "foo__123",
            "foo_bar",
            "abcdefabcdefabcdef_0123",
            "eyes_1234",
            "10.250.18.114",
            "1.2.3.4",
            "192.168.0.1:50010",
            "10.250.18.114:123456",
            "10.250.18.114/24",
            "10.0.0.256",
            "1.2.3.4.5",
            "/10.250.18.114:43996",
            "/1.2.3.4",
            "/10.0.0.1:80:90",
            "10.0.0.1:80:90",
            "10.0.0.1:Got",
            "10.0.0.1,10.0.0.2",
            "10.0.0.1.",
            "67108864",
            "6710886",
            "00067108864",
            "671088",
            "404",
            "0",
            "12345678901234567890123456789012345678901234567890123456789012345",
            "1234567,890",
            "1234567%",
            "/user/root/rand/_temporary/part-00081.",
            "/var/log/x",
            "/var/log/app.log!",
            "/not/found/by/anyone",
            "/not/a/x",
            "/ok/or/x..",
            "/a//b/c",
            "/a/b/",
            "/a/b/.",
            "/a/b/c,d",
            "/a/b/c:12",
            "//a/b/c");

    private static final List<String> WORDS = List.of(
            "Received",
            "block",
            "of size",
            "status",
            "code",
            "HTTP",
            "GET",
            "user",
            "for",
            "password",
            "exited with code",
            "0 of",
            "1 of",
            "12",
            "5",
            "200",
            "404",
            "commit",
            "took",
            "tls",
            "event id",
            "Mar",
            "Fri, Jul",
            "Fri",
            "(Dec",
            "obj@",
            "slot",
            "not",
            "ms",
            "KB",
            "seconds",
            "to",
            "-",
            ",",
            "a,",
            "<num>",
            "can't",
            "logged in",
            "port 22",
            "2.5",
            "error",
            "#");

    private static String scanned(String message, MaskedMessage.Recorder recorder) {
        return new TokenScanner(message, ALL, false, KNOWN, recorder).scan();
    }

    /** One message of each kind of part, with one or two spaces and sometimes punctuation. */
    private static String message(Random random) {
        StringBuilder message = new StringBuilder();
        int parts = 1 + random.nextInt(6);
        for (int i = 0; i < parts; i++) {
            List<String> from = random.nextBoolean() ? VALUES : WORDS;
            message.append(from.get(random.nextInt(from.size())));
            message.append(
                    switch (random.nextInt(12)) {
                        case 0 -> ", ";
                        case 1 -> ". ";
                        case 2 -> ") ";
                        case 3 -> ":";
                        case 4 -> "  ";
                        default -> " ";
                    });
        }
        return random.nextBoolean() ? message.toString() : message.toString().strip();
    }

    @Test
    void a_skeleton_is_masked_as_its_message() {
        Random random = new Random(7);
        int replaced = 0;
        for (int i = 0; i < 200_000; i++) {
            String message = message(random);
            Skeleton skeleton = Objects.requireNonNull(Skeleton.of(message), message);
            replaced += skeleton.toString().equals(message) ? 0 : 1;
            MaskedMessage.Recorder tokens = new MaskedMessage.Recorder();
            String text = scanned(message, tokens);
            MaskedMessage.Recorder ofSkeleton = new MaskedMessage.Recorder();
            String again = scanned(skeleton.toString(), ofSkeleton);
            if (!again.equals(text)) {
                assertThat(again).as(message + " as " + skeleton).isEqualTo(text);
            }
            MessageNormalizer normalizer = MessageNormalizer.defaults();
            String expected = described(new MaskedMessage(message, text, tokens, normalizer));
            String found = described(new MaskedMessage(message, text, skeleton.relocated(ofSkeleton), normalizer));
            if (!found.equals(expected)) {
                assertThat(found).as(message + " as " + skeleton).isEqualTo(expected);
            }
        }
        assertThat(replaced).isGreaterThan(50_000);
    }

    private static String described(MaskedMessage masked) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < masked.size(); i++) {
            out.append(masked.token(i))
                    .append('[')
                    .append(masked.start(i))
                    .append(',')
                    .append(masked.end(i))
                    .append(masked.isCandidate(i) ? "]? " : "] ");
        }
        return out.toString();
    }

    @Test
    void a_normalizer_remembers_without_changing_a_result() {
        Random random = new Random(8);
        MessageNormalizer normalizer = MessageNormalizer.defaults();
        for (int i = 0; i < 50_000; i++) {
            // Some messages repeat, so that it does not leave its memo out.
            String message = message(i % 4 == 0 ? random : new Random(i % 97));
            MaskedMessage.Recorder tokens = new MaskedMessage.Recorder();
            String text = scanned(message, tokens);
            assertThat(normalizer.normalize(message)).isEqualTo(text);
            assertThat(described(normalizer.mask(message)))
                    .isEqualTo(described(new MaskedMessage(message, text, tokens, normalizer)));
        }
    }

    @Test
    void lines_of_one_message_have_one_skeleton() {
        assertThat(Skeleton.of("Receiving block blk_-12345 src: /10.250.18.114:43996 dest: /10.1.2.3:50010"))
                .hasToString("Receiving block blk_1000 src: /10.0.0.1 dest: /10.0.0.1");
        assertThat(Skeleton.of("read 67108864 bytes of /user/root/rand/part-00081. in 5 ms"))
                .hasToString("read 1000000 bytes of /user/root/x. in 5 ms");
    }

    @Test
    void what_depends_on_more_than_the_shape_stays() {
        for (String message : List.of("code 404", "Mar 10.0.0.2", "node_7", "x86_64", "sha256", "id 12", "/a/b")) {
            assertThat(Skeleton.of(message)).hasToString(message);
        }
    }

    @Test
    void messages_with_quotes_or_other_characters_than_those_of_ascii_have_none() {
        for (String message :
                List.of("\"a b\" blk_1234", "'a b'", "caf\u00e9 blk_1234", "a\tb", "\u4e2d", "don't 'x y'")) {
            assertThat(Skeleton.of(message)).as(message).isNull();
        }
    }

    @Test
    void hashes_differ_with_the_characters() {
        Set<Integer> hashes = new HashSet<>();
        List<String> messages = List.of("a", "b", "ab", "ba", "abcdefgh", "abcdefghi", "hgfedcba", "a b");
        for (String message : messages) {
            hashes.add(Objects.requireNonNull(Skeleton.of(message)).hash());
        }
        assertThat(hashes).hasSize(messages.size());
    }
}
