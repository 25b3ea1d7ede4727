package io.deepsentry.text.token;

import com.google.common.base.Splitter;
import com.google.common.collect.Sets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Turns a log message into its tokens: words as they are, variable parts as typed tokens ({@code <num> <ip> <id>}),
 * punctuation left out, a run of one typed token written once.
 *
 * <p>Masking a masked message changes nothing, and time is linear in the length of the message whatever it holds. A
 * message keeps its first 256 tokens. Immutable but for a memo, which changes no result; safe for use by many threads.
 */
public final class MessageNormalizer {
    /** The most tokens that a masked message keeps. No known log has messages of this length; a dump of memory has. */
    public static final int MAX_TOKENS = 256;

    /** What rules of the user's own are applied to: a pattern may take long on more. */
    private static final int MAX_FOR_RULES = 32_768;
    /** Passes after which a message that still changes is left as it is. */
    private static final int MAX_ROUNDS = 16;

    private final NormalizerSettings settings;
    /** The types that are masked. */
    private final Set<MaskType> masked;

    private final Set<String> known;
    private final List<Rule> rules;

    /** Whether one pass gives what a second would leave alone. */
    private final boolean stable;

    private final MaskMemo memo = new MaskMemo();

    private record Rule(Pattern pattern, String token) {}

    private MessageNormalizer(NormalizerSettings settings) {
        this.settings = settings;
        stable = settings.rules().isEmpty() && settings.types().containsAll(Set.of(MaskType.values()));
        masked = Sets.immutableEnumSet(settings.types());
        known = new HashSet<>();
        for (MaskType type : MaskType.values()) {
            known.add(type.token());
        }
        settings.rules().forEach(rule -> known.add(rule.token()));
        rules = settings.rules().stream()
                .map(rule -> new Rule(rule.pattern(), rule.token()))
                .toList();
    }

    /**
     * {@return a normaliser with these settings}
     *
     * @param settings the settings
     */
    public static MessageNormalizer of(NormalizerSettings settings) {
        return new MessageNormalizer(settings);
    }

    /** {@return a normaliser that masks every type} */
    public static MessageNormalizer defaults() {
        return of(NormalizerSettings.DEFAULTS);
    }

    /** {@return what is masked} */
    public NormalizerSettings settings() {
        return settings;
    }

    /**
     * {@return the tokens of a message, joined by one space; a message of nothing but white space and control
     * characters gives {@code <empty>}}
     *
     * @param message the text of a message
     */
    public String normalize(String message) {
        if (stable) {
            Skeleton skeleton = memo.skeleton(message);
            return skeleton == null
                    ? scan(message)
                    : memo.masked(skeleton, false, text -> new MaskMemo.Masked(scan(text), null))
                            .text();
        }
        if (rules.isEmpty()) {
            return settle(message, scan(message));
        }
        String before = message.length() > MAX_FOR_RULES ? message.substring(0, MAX_FOR_RULES) : message;
        return settle(before, scan(applyRules(before)));
    }

    /**
     * Takes a message apart into tokens with their places and values. Its {@link MaskedMessage#text()} is what {@link
     * #normalize} returns, which is the faster where that is enough.
     *
     * @param message the text of a message
     * @return the tokens
     */
    public MaskedMessage mask(String message) {
        if (stable) {
            Skeleton skeleton = memo.skeleton(message);
            if (skeleton != null) {
                MaskMemo.Masked known = memo.masked(skeleton, true, this::masked);
                MaskedMessage.Recorder tokens = Objects.requireNonNull(known.tokens(), "they were asked for");
                return new MaskedMessage(message, known.text(), skeleton.relocated(tokens), this);
            }
        }
        MaskedMessage.Recorder recorder = new MaskedMessage.Recorder();
        if (stable) {
            return new MaskedMessage(message, scan(message, recorder), recorder, this);
        }
        String text = normalize(message);
        Replaced replaced = replaceAll(
                message.length() > MAX_FOR_RULES && !rules.isEmpty() ? message.substring(0, MAX_FOR_RULES) : message);
        if (scan(replaced.text(), recorder).equals(text)) {
            recorder.relocate(replaced.source());
            return new MaskedMessage(message, text, recorder, this);
        }
        MaskedMessage.Recorder placeless = new MaskedMessage.Recorder();
        int from = 0;
        for (String token : Splitter.on(' ').split(text)) {
            if (known.contains(token)) {
                placeless.typed(token, -1, -1);
            } else {
                placeless.word(from, from + token.length(), -1, -1);
            }
            from += token.length() + 1;
        }
        return new MaskedMessage(message, text, placeless, this);
    }

    private MaskMemo.Masked masked(String message) {
        MaskedMessage.Recorder tokens = new MaskedMessage.Recorder();
        return new MaskMemo.Masked(scan(message, tokens), tokens);
    }

    /** The words of a candidate's value when it is not masked as a whole. */
    List<String> open(String value) {
        if (value.startsWith("\"") || value.startsWith("'")) {
            return tokens(value.substring(1, value.length() - 1));
        }
        return List.of(settings.lower() ? value.toLowerCase(Locale.ROOT) : value);
    }

    /**
     * Values that are not masked lose the signs around them and may then look like others; rules may find something in
     * what was masked. Both end soon.
     */
    private String settle(String first, String second) {
        String before = first;
        String after = second;
        for (int round = 0; round < MAX_ROUNDS && !after.equals(before); round++) {
            before = after;
            after = scan(applyRules(before));
        }
        return after;
    }

    /**
     * {@return the tokens of a message, as a list}
     *
     * @param message the text of a message
     */
    public List<String> tokens(String message) {
        return Splitter.on(' ').splitToList(normalize(message));
    }

    private String scan(String message) {
        return scan(message, null);
    }

    private String scan(String message, MaskedMessage.@Nullable Recorder recorder) {
        return new TokenScanner(message, masked, settings.lower(), known, recorder).scan();
    }

    private String applyRules(String message) {
        String text = message;
        for (Rule rule : rules) {
            text = apply(rule, text, null);
        }
        return text;
    }

    /** A message after the rules, with the place in the message of each of its characters and of its end. */
    private static final class Replaced {
        private String text;
        private int[] source;

        Replaced(String message) {
            text = message;
            source = IntStream.rangeClosed(0, message.length()).toArray();
        }

        String text() {
            return text;
        }

        int[] source() {
            return source;
        }
    }

    private Replaced replaceAll(String message) {
        Replaced replaced = new Replaced(message);
        for (Rule rule : rules) {
            IntStream.Builder places = IntStream.builder();
            String text = apply(rule, replaced.text, places);
            int[] before = replaced.source;
            replaced.source = places.build().map(place -> before[place]).toArray();
            replaced.text = text;
        }
        return replaced;
    }

    /**
     * Replaces what the rule matches, but never a part of a typed token.
     *
     * @param places takes the place in {@code text} of each character of the outcome and of its end, if not null
     */
    private String apply(Rule rule, String text, IntStream.@Nullable Builder places) {
        Matcher matcher = rule.pattern().matcher(text);
        StringBuilder out = new StringBuilder(text.length() + 16);
        int done = 0;
        while (matcher.find()) {
            int from = MaskRule.start(matcher);
            int to = MaskRule.end(matcher);
            if (from < to && from >= done && !insideToken(text, from, to)) {
                out.append(text, done, from).append(' ').append(rule.token()).append(' ');
                if (places != null) {
                    IntStream.range(done, from).forEach(places);
                    IntStream.rangeClosed(0, rule.token().length()).forEach(k -> places.add(from));
                    places.add(to);
                }
                done = to;
            }
        }
        if (places != null) {
            IntStream.rangeClosed(done, text.length()).forEach(places);
        }
        return out.append(text, done, text.length()).toString();
    }

    private boolean insideToken(String text, int from, int to) {
        int open = text.lastIndexOf('<', to - 1);
        if (open < 0) {
            return false;
        }
        int close = text.indexOf('>', open);
        return close >= from && close - open <= 34 && known.contains(text.substring(open, close + 1));
    }
}
