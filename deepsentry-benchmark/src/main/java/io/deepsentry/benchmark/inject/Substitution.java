package io.deepsentry.benchmark.inject;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.text.identity.IdentifiedMessage;
import io.deepsentry.text.identity.MessageIdentity;
import io.deepsentry.text.identity.MessageValue;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Puts another value into a line: the message must stay the one that it is, and no other value may change. */
final class Substitution {
    /** How many times as large a number becomes. */
    static final int FACTOR = 100;

    private static final Pattern NUMBER = Pattern.compile("\\d[\\d,]*(?:\\.\\d+)?");
    private static final double SAME = 1e-6;
    private static final int ATTEMPTS = 8;
    private static final String CONSONANTS = "bcdfgklmnprstvz";
    private static final String VOWELS = "aeiou";

    private Substitution() {}

    /** The line with a number {@link #FACTOR} times as large; empty if that would make it another message. */
    static Optional<LogEvent> number(MessageIdentity identity, LaterLine line, MessageValue value) {
        Matcher matcher = NUMBER.matcher(value.text());
        if (!matcher.find()) {
            return Optional.empty();
        }
        BigDecimal larger = new BigDecimal(matcher.group().replace(",", "")).multiply(BigDecimal.valueOf(FACTOR));
        String text = value.text().substring(0, matcher.start())
                + larger.stripTrailingZeros().toPlainString()
                + value.text().substring(matcher.end());
        double wanted = FACTOR * value.number();
        return replaced(
                identity, line, value, text, found -> Math.abs(found.number() - wanted) <= SAME * Math.abs(wanted));
    }

    /** The line with a word of the same shape that is new; empty if none is found that leaves the message as it is. */
    static Optional<LogEvent> word(
            MessageIdentity identity, LaterLine line, MessageValue value, Random random, Predicate<String> isNew) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            String word = alike(value.text(), random);
            if (isNew.test(word)) {
                Optional<LogEvent> event = replaced(
                        identity, line, value, word, found -> found.text().equals(word));
                if (event.isPresent()) {
                    return event;
                }
            }
        }
        return Optional.empty();
    }

    /** A text with other letters and digits in the places of letters and digits. */
    private static String alike(String text, Random random) {
        StringBuilder word = new StringBuilder();
        int letters = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isDigit(c)) {
                word.append((char) ('1' + random.nextInt(9)));
                letters = 0;
            } else if (Character.isLetter(c)) {
                String from = letters++ % 2 == 0 ? CONSONANTS : VOWELS;
                char letter = from.charAt(random.nextInt(from.length()));
                word.append(Character.isUpperCase(c) ? Character.toUpperCase(letter) : letter);
            } else {
                word.append(c);
                letters = 0;
            }
        }
        return word.toString();
    }

    private static Optional<LogEvent> replaced(
            MessageIdentity identity, LaterLine line, MessageValue value, String by, Predicate<MessageValue> isRight) {
        LogEvent event = line.event();
        String field = event.fields().get(value.place());
        if (field != null && field.contains(value.text())) {
            Map<String, String> fields = new LinkedHashMap<>(event.fields());
            fields.put(value.place(), field.replace(value.text(), by));
            return checked(identity, line, value, event.withMessage(event.message(), event.level(), fields), isRight);
        }
        String message = event.message();
        for (int at = message.indexOf(value.text()); at >= 0; at = message.indexOf(value.text(), at + 1)) {
            String text = message.substring(0, at)
                    + by
                    + message.substring(at + value.text().length());
            Optional<LogEvent> found =
                    checked(identity, line, value, event.withMessage(text, event.level(), event.fields()), isRight);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<LogEvent> checked(
            MessageIdentity identity,
            LaterLine line,
            MessageValue value,
            LogEvent event,
            Predicate<MessageValue> isRight) {
        IdentifiedMessage changed = identity.identify(event);
        List<MessageValue> before = line.message().values();
        List<MessageValue> after = changed.values();
        if (!changed.text().equals(line.text()) || before.size() != after.size()) {
            return Optional.empty();
        }
        for (int i = 0; i < before.size(); i++) {
            boolean ofValue = before.get(i).equals(value);
            boolean right = ofValue
                    ? isRight.test(after.get(i))
                    : after.get(i).text().equals(before.get(i).text());
            if (!right || !after.get(i).place().equals(before.get(i).place())) {
                return Optional.empty();
            }
        }
        return Optional.of(event);
    }
}
