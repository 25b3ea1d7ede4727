package io.deepsentry.text.identity;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.redact.Redaction;
import io.deepsentry.text.token.MaskType;
import io.deepsentry.text.token.MaskedMessage;
import io.deepsentry.text.token.MessageNormalizer;
import io.deepsentry.text.token.NormalizerSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Says which message a line is: two lines of equal identity are the same message. An identity is a text of words and
 * typed tokens joined by single spaces, the form of a row of {@code train.txt}.
 *
 * <pre>{@code
 * SlotLearner learner = SlotLearner.of(NormalizerSettings.DEFAULTS);
 * training.forEach(learner::add);
 * MessageIdentity identity = MessageIdentity.of(NormalizerSettings.DEFAULTS, learner.learn());
 * identity.of(event); // Failed password for <id> from <ip> port <num> ssh2
 * }</pre>
 *
 * <p>Keys, passwords and numbers of cards are redacted first: whatever is learned, stored or shown of messages by their
 * identities and values has none of them. The identity of a line depends on the line and on what was learned, never on
 * the lines before it. The identity of a text that is an identity is that text. Immutable but for a memo, which changes
 * no result; safe for use by many threads.
 */
public final class MessageIdentity {
    /** The texts that the memo holds before it starts again. */
    private static final int MEMO = 1 << 16;

    /** The most characters of a value that are kept. */
    private static final int MOST_OF_VALUE = 64;

    /** The most characters of the name of a field that are kept. */
    private static final int MOST_OF_NAME = 256;

    /** The most values of a line that are kept. */
    private static final int MOST_VALUES = 256;

    /** The most spellings of levels, and names of fields, that are remembered. */
    private static final int MOST_REMEMBERED = 1000;

    /** The most words of the value of a field whose name does not say that it tells. */
    private static final int MOST_OF_FIELD = 3;

    /** Stands for a secret while a message is masked: a word that is no name, and may be part of an address. */
    private static final String STAND_IN = "redacted0";

    private final MessageNormalizer normalizer;
    private final Redaction redaction;
    /** The same as others apply it, with the usual mark. */
    private final Redaction secrets;

    private final LearnedSlots learned;
    private final Map<OpenMessage, Known> memo = new ConcurrentHashMap<>();
    /** What levels are called, by how they are written. */
    private final Map<String, String> levels = new ConcurrentHashMap<>();

    private final Map<String, Field> fields = new ConcurrentHashMap<>();

    /**
     * What is known of an open message.
     *
     * @param text its identity
     * @param places where its variables are among its tokens
     */
    private record Known(String text, List<OpenPlace> places) {}

    /**
     * What is known of a field from its name.
     *
     * @param clean its name with nothing that separates the parts of an open message
     * @param last the last part of its name
     * @param mayTell whether its value may belong to a message
     * @param tells whether its name says that its value tells
     * @param words whether its value belongs to messages word for word
     * @param lead the masked name and a space
     * @param size the tokens of the masked name
     */
    private record Field(
            String clean, String last, boolean mayTell, boolean tells, boolean words, String lead, int size) {}

    private MessageIdentity(MessageNormalizer normalizer, LearnedSlots learned) {
        this.normalizer = normalizer;
        this.secrets = normalizer.settings().redaction();
        this.redaction = secrets.marking(STAND_IN);
        this.learned = learned;
    }

    /**
     * {@return an identity that has learned nothing from a log: masking alone}
     *
     * @param masking what is masked
     */
    public static MessageIdentity of(NormalizerSettings masking) {
        return of(masking, LearnedSlots.NONE);
    }

    /**
     * {@return an identity that applies what was learned from the training part of a log}
     *
     * @param masking what is masked
     * @param learned what training learned of the log
     */
    public static MessageIdentity of(NormalizerSettings masking, LearnedSlots learned) {
        return new MessageIdentity(MessageNormalizer.of(masking), learned);
    }

    /** {@return what is masked} */
    public NormalizerSettings masking() {
        return normalizer.settings();
    }

    /** {@return what was learned} */
    public LearnedSlots learned() {
        return learned;
    }

    /**
     * {@return the identity of a message that comes without level and fields}
     *
     * @param message the message
     */
    public String of(String message) {
        String safe = redaction.apply(message);
        return learned.isNone()
                ? normalizer.normalize(safe)
                : known(new OpenMessage(openText(normalizer.mask(safe)))).text();
    }

    /**
     * {@return the identity of an event}
     *
     * @param event the event
     */
    public String of(LogEvent event) {
        return learned.isNone() ? normalizer.normalize(redaction.apply(event.message())) : of(open(event));
    }

    /**
     * {@return the identity of a line that was masked with these settings}
     *
     * @param message the message
     */
    public String of(OpenMessage message) {
        return known(message).text();
    }

    /**
     * {@return the identity of an event, and its values}
     *
     * @param event the event
     */
    public IdentifiedMessage identify(LogEvent event) {
        return identified(event.redacted(redaction));
    }

    /**
     * {@return the identity of an event, and its values, as {@link #identify(LogEvent)} finds them} Where the event was
     * redacted before, it is not searched for the same secrets again.
     *
     * @param event an event as {@link LogEvent#redacted} returned it
     * @param by what replaced nothing in it, or null if something was replaced
     */
    public IdentifiedMessage identify(LogEvent event, @Nullable Redaction by) {
        boolean searched = by != null && by.equals(secrets) && !isMarked(event);
        return searched ? identified(event) : identify(event);
    }

    /** Whether the log itself has the mark of a redaction, which has a stand-in here. */
    private static boolean isMarked(LogEvent event) {
        return event.message().contains(Redaction.MARK)
                || (!event.fields().isEmpty()
                        && event.fields().values().stream().anyMatch(value -> value.contains(Redaction.MARK)));
    }

    private IdentifiedMessage identified(LogEvent safe) {
        MaskedMessage masked = normalizer.mask(safe.message());
        OpenMessage message = open(masked, safe);
        String text = learned.isNone() ? masked.text() : of(message);
        return new IdentifiedMessage(text, values(new OpenLine(message, openValues(masked, safe))));
    }

    /**
     * {@return the values of a line that was masked with these settings: those that {@link #identify} finds in its
     * event}
     *
     * @param line the line
     */
    public List<MessageValue> values(OpenLine line) {
        List<MessageValue> values = new ArrayList<>();
        List<OpenValue> open = line.values();
        int next = 0;
        int slot = -1;
        int ordinal = 0;
        for (OpenPlace place : places(line.message())) {
            ordinal = place.variable() == slot ? ordinal : 0;
            slot = place.variable();
            String word = place.word();
            if (word != null) {
                values.add(new MessageValue(place(slot, ordinal++), MaskType.ID, cut(word), Double.NaN));
                continue;
            }
            while (next < open.size() && open.get(next).token() < place.token()) {
                next++;
            }
            for (int i = next; i < open.size() && open.get(i).token() == place.token(); i++) {
                OpenValue value = open.get(i);
                values.add(new MessageValue(place(slot, ordinal++), value.type(), value.text(), value.number()));
            }
        }
        for (OpenValue value : open) {
            String field = value.field();
            if (field != null && !isPartOfMessage(field)) {
                values.add(new MessageValue(field, value.type(), value.text(), value.number()));
            }
        }
        return values;
    }

    private static String place(int slot, int ordinal) {
        return ordinal == 0 ? String.valueOf(slot) : slot + "." + ordinal;
    }

    /**
     * {@return where the variables of a line that was masked with these settings are among its tokens, in their order}
     *
     * @param message the masked message
     */
    public List<OpenPlace> places(OpenMessage message) {
        return known(message).places();
    }

    /**
     * {@return whether the value of this field belongs to messages word for word, and is no value of theirs}
     *
     * @param field the name of a field
     */
    public boolean isPartOfMessage(String field) {
        return field(field).words();
    }

    private Known known(OpenMessage message) {
        Known known = memo.get(message);
        if (known != null) {
            return known;
        }
        OpenForm form = OpenForm.of(message);
        SlotTrie.Match match = match(form.body(learned, false));
        Known found = new Known(withLevel(match.text(), form.level()), places(form, match.slots()));
        if (memo.size() >= MEMO) {
            memo.clear();
        }
        memo.put(message, found);
        return found;
    }

    private String withLevel(String text, @Nullable String level) {
        String usual = learned.usualLevel(text);
        return level == null || usual == null || level.equals(usual) ? text : level + " " + text;
    }

    /**
     * Masks an event, and applies nothing learned.
     *
     * @param event the event
     * @return the masked message
     */
    public OpenMessage open(LogEvent event) {
        LogEvent safe = event.redacted(redaction);
        return open(normalizer.mask(safe.message()), safe);
    }

    /**
     * Masks an event, and keeps its values; applies nothing learned.
     *
     * @param event the event
     * @return the masked line and its values
     */
    public OpenLine openLine(LogEvent event) {
        LogEvent safe = event.redacted(redaction);
        MaskedMessage masked = normalizer.mask(safe.message());
        return new OpenLine(open(masked, safe), openValues(masked, safe));
    }

    private OpenMessage open(MaskedMessage masked, LogEvent event) {
        String message = openText(masked);
        String level = level(event.level());
        if (level == null && event.fields().isEmpty()) {
            return new OpenMessage(message);
        }
        String leading = message + OpenMessage.PART + (level == null ? "" : level);
        if (event.fields().isEmpty()) {
            return new OpenMessage(leading);
        }
        StringBuilder text = new StringBuilder(leading);
        event.fields().forEach((name, value) -> {
            Field field = field(name);
            String shown = isAbsent(value) || !field.mayTell() ? "" : maskedField(field, value);
            if (!shown.isEmpty()) {
                text.append(OpenMessage.PART)
                        .append(field.clean())
                        .append(OpenMessage.NAMED)
                        .append(shown);
            }
        });
        return new OpenMessage(text.toString());
    }

    private static boolean isAbsent(String value) {
        return value.isBlank() || value.equals("null") || value.equals("-");
    }

    /** The value of a field masked as it is after its name, so that a code is seen as one. */
    private String maskedField(Field field, String value) {
        String masked = normalizer.normalize(field.last() + "=" + value);
        String lead = field.lead();
        String words = masked.startsWith(lead) ? masked.substring(lead.length()) : normalizer.normalize(value);
        boolean tells = field.tells() || Tokens.split(words).length <= MOST_OF_FIELD;
        return tells ? words : "";
    }

    private Field field(String name) {
        Field field = fields.get(name);
        if (field == null) {
            String clean = FieldNames.clean(name);
            String last = FieldNames.last(clean);
            MaskedMessage lead = normalizer.mask(last);
            field = new Field(
                    clean,
                    last,
                    learned.mayTell(name),
                    FieldNames.isTelling(name),
                    learned.isWords(name),
                    lead.text() + " ",
                    lead.size());
            if (fields.size() < MOST_REMEMBERED && name.length() <= MOST_OF_NAME) {
                fields.put(name, field);
            }
        }
        return field;
    }

    private @Nullable String level(@Nullable String level) {
        if (level == null) {
            return null;
        }
        String known = levels.get(level);
        if (known == null) {
            known = levelWord(level);
            if (levels.size() < MOST_REMEMBERED && level.length() <= MOST_OF_NAME) {
                levels.put(level, known);
            }
        }
        return known.isEmpty() ? null : known;
    }

    /** What a level is called in an identity, or nothing if it is no level. */
    private String levelWord(String level) {
        String word = normalizer.normalize(level);
        if (word.indexOf(' ') >= 0 || Tokens.isTyped(word)) {
            return "";
        }
        return masking().lower() ? word : word.toUpperCase(Locale.ROOT);
    }

    /** The tokens of a message, runs of one typed token once, candidates with their words. */
    private static String openText(MaskedMessage masked) {
        if (!masked.hasCandidates()) {
            return masked.text();
        }
        StringBuilder out = new StringBuilder(masked.text().length() + 16);
        for (int i = 0; i < masked.size(); i++) {
            if (isRepeat(masked, i)) {
                continue;
            }
            if (out.length() > 0) {
                out.append(' ');
            }
            out.append(masked.token(i));
            if (masked.isCandidate(i)) {
                masked.kept(i).forEach(word -> out.append(OpenMessage.KEPT).append(word));
            }
        }
        return out.toString();
    }

    private static boolean isRepeat(MaskedMessage masked, int i) {
        return i > 0
                && masked.isTyped(i)
                && !masked.isCandidate(i)
                && !masked.isCandidate(i - 1)
                && masked.token(i).equals(masked.token(i - 1));
    }

    /** The text of a message, known or not, without its level. */
    SlotTrie.Match match(String[] body) {
        SlotTrie.Match found = learned.trie().find(body, 0);
        if (found != null) {
            return found;
        }
        // The text of a message that is shown with its level.
        if (body.length > 1 && isLevel(body[0])) {
            SlotTrie.Match rest = match(Arrays.copyOfRange(body, 1, body.length));
            List<SlotTrie.Slot> slots = rest.slots().stream()
                    .map(slot -> new SlotTrie.Slot(slot.from() + 1, slot.to() + 1, null))
                    .toList();
            return new SlotTrie.Match(body[0] + " " + rest.text(), slots);
        }
        return unknown(body);
    }

    private boolean isLevel(String word) {
        boolean form = masking().lower() || word.equals(word.toUpperCase(Locale.ROOT));
        return form && (TellingWords.isLevel(word) || learned.isLevel(word));
    }

    /**
     * Words between neighbours that had many values between them in training are values in other messages too; and
     * where no learned message says which type a variable has, kinds of types that one variable often mixes count as
     * one.
     */
    private SlotTrie.Match unknown(String[] body) {
        String[] tokens = body.clone();
        boolean changed = false;
        for (int i = 1; i + 1 < tokens.length; i++) {
            if (!Tokens.isTyped(tokens[i])
                    && learned.isValueBetween(tokens[i - 1], tokens[i + 1])
                    && !TellingWords.tells(tokens[i])) {
                tokens[i] = LearnedSlots.WORD;
                changed = true;
            }
        }
        SlotTrie.Match found = changed ? learned.trie().find(tokens, 0) : null;
        if (found != null) {
            return found;
        }
        List<SlotTrie.Slot> slots = new ArrayList<>();
        for (int i = 0; i < tokens.length; i++) {
            if (Tokens.isTyped(tokens[i])) {
                int from = i;
                while (i + 1 < tokens.length && Tokens.isTyped(tokens[i + 1])) {
                    i++;
                }
                slots.add(new SlotTrie.Slot(from, i + 1, null));
            }
        }
        String[] general = Arrays.stream(tokens).map(Tokens::general).toArray(String[]::new);
        return new SlotTrie.Match(String.join(" ", Tokens.withoutRepeats(general)), slots);
    }

    /** Where the slots of a body are among the tokens it was made of. */
    private List<OpenPlace> places(OpenForm form, List<SlotTrie.Slot> slots) {
        List<String> tokens = form.tokens();
        int[] first = new int[tokens.size() + 2];
        int body = 0;
        List<String> run = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            for (String word : form.words(i, learned)) {
                if (!Tokens.isTyped(word)) {
                    run.clear();
                } else if (run.contains(word)) {
                    continue;
                } else {
                    run.add(word);
                }
                if (body + 2 > first.length) {
                    first = Arrays.copyOf(first, 2 * first.length);
                }
                first[body++] = i;
            }
        }
        List<OpenPlace> places = new ArrayList<>();
        for (int slot = 0; slot < slots.size(); slot++) {
            int from = slots.get(slot).from();
            if (from >= body) {
                break;
            }
            int to = slots.get(slot).to() < body ? first[slots.get(slot).to()] : tokens.size();
            for (int i = first[from]; i < Math.max(to, first[from] + 1); i++) {
                String token = tokens.get(i);
                boolean word = !OpenMessage.isCandidate(token) && !Tokens.isTyped(token);
                places.add(new OpenPlace(i, slot, word ? token : null));
            }
        }
        return List.copyOf(places);
    }

    private List<OpenValue> openValues(MaskedMessage masked, LogEvent event) {
        List<OpenValue> values = new ArrayList<>();
        int token = -1;
        for (int i = 0; i < masked.size(); i++) {
            token += isRepeat(masked, i) ? 0 : 1;
            if (masked.isTyped(i)) {
                MaskType type = masked.type(i);
                values.add(new OpenValue(
                        token, null, type == null ? MaskType.ID : type, shown(masked.raw(i)), masked.number(i)));
            }
        }
        event.fields().forEach((name, value) -> addField(name, value, values));
        return values;
    }

    private void addField(String name, String value, List<OpenValue> values) {
        if (isAbsent(value) || values.size() >= MOST_VALUES) {
            return;
        }
        Field field = field(name);
        MaskedMessage masked = normalizer.mask(field.last() + "=" + value);
        int only = field.size();
        boolean one = masked.size() == only + 1 && masked.isTyped(only);
        MaskType type = one ? masked.type(only) : null;
        values.add(new OpenValue(
                Integer.MAX_VALUE,
                cut(name, MOST_OF_NAME),
                type == null ? MaskType.ID : type,
                shown(value),
                one ? masked.number(only) : Double.NaN));
    }

    private static String shown(String value) {
        return cut(value.contains(STAND_IN) ? value.replace(STAND_IN, Redaction.MARK) : value);
    }

    private static String cut(String text) {
        return cut(text, MOST_OF_VALUE);
    }

    private static String cut(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
    }
}
