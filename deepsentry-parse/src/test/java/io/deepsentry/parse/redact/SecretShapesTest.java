package io.deepsentry.parse.redact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Made-up secrets of the shapes that issuers publish are found, and nothing is found where there are none. */
class SecretShapesTest {
    private static final String CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private static final String SMALL = "abcdefghijklmnopqrstuvwxyz";
    private static final String DIGITS = "0123456789";
    private static final Map<Character, String> ALPHABETS = Map.of(
            'A', CAPITALS + SMALL + DIGITS,
            'U', CAPITALS + DIGITS,
            'L', SMALL + DIGITS,
            'H', DIGITS + "abcdef",
            'W', CAPITALS + SMALL + DIGITS + "_-",
            'B', CAPITALS + SMALL + DIGITS + "+/",
            'D', DIGITS);
    private static final Pattern GENERATED = Pattern.compile("\\{([AULHWBD])(\\d+)\\}");
    /** Lines of the real logs that have a number of a card or a token in them. */
    private static final Pattern TRUE_SECRETS = Pattern.compile("creditCardCvv|token eyJ");

    private static final int ROUNDS = 5;
    private static final int LEAST_SHAPES = 120;
    private static final double LEAST_FOUND = 0.95;

    private static List<String> shapes() throws IOException {
        try (InputStream file = Objects.requireNonNull(SecretShapesTest.class.getResourceAsStream("shapes.txt"))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        }
    }

    private static String filled(String shape, Random random) {
        return GENERATED.matcher(shape).replaceAll(found -> {
            String alphabet =
                    Objects.requireNonNull(ALPHABETS.get(found.group(1).charAt(0)));
            StringBuilder text = new StringBuilder();
            // A word of the first kind begins with a letter and has a digit, as the issuers' have almost always.
            int length = Integer.parseInt(found.group(2));
            for (int i = 0; i < length; i++) {
                boolean letter = i == 0 && alphabet.length() > 16;
                boolean digit = i == 1 && alphabet.length() > 16 && length > 3;
                int bound = letter ? 26 : alphabet.length();
                text.append(digit ? DIGITS.charAt(random.nextInt(10)) : alphabet.charAt(random.nextInt(bound)));
            }
            return text.toString();
        });
    }

    @Test
    void findsSecretsAndNothingBesideThem() throws IOException {
        List<String> shapes = shapes();
        List<String> missed = new ArrayList<>();
        for (String shape : shapes) {
            for (int round = 0; round < ROUNDS; round++) {
                String text = filled(shape, new Random(round)).replace('⏎', '\n');
                String expected = text.replaceAll("(?s)«.*?»", Redaction.MARK);
                String redacted = Redaction.SECRETS.apply(text.replace("«", "").replace("»", ""));
                if (!redacted.equals(expected)) {
                    missed.add(shape + "\n    " + redacted);
                    break;
                }
                assertThat(Redaction.SECRETS.apply(redacted))
                        .as("redacted again")
                        .isEqualTo(redacted);
            }
        }
        System.getLogger(SecretShapesTest.class.getName())
                .log(System.Logger.Level.INFO, "{0} of {1} shapes", shapes.size() - missed.size(), shapes.size());
        assertThat(shapes).hasSizeGreaterThanOrEqualTo(LEAST_SHAPES);
        assertThat(missed).as("%d shapes", shapes.size()).hasSizeLessThanOrEqualTo((int)
                ((1 - LEAST_FOUND) * shapes.size()));
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "DEEPSENTRY_TEST_DATA", matches = ".+")
    void findsNothingInRealLogs() throws IOException {
        Map<String, String> found = new TreeMap<>();
        Path root = Path.of(System.getenv("DEEPSENTRY_TEST_DATA"));
        for (String folder : List.of("loghub_2k", "hdfs", "reader", "field")) {
            try (Stream<Path> files = Files.walk(root.resolve(folder))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
                    text.lines().forEach(line -> {
                        String redacted = Redaction.SECRETS.apply(line);
                        if (!redacted.equals(line)
                                && !TRUE_SECRETS.matcher(line).find()) {
                            found.put(root.relativize(file) + ": " + redacted, line);
                        }
                    });
                }
            }
        }
        assertThat(found.keySet()).isEmpty();
    }
}
