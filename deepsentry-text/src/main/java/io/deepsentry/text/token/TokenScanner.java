package io.deepsentry.text.token;

import static io.deepsentry.text.token.Characters.isAlphanumeric;
import static io.deepsentry.text.token.Characters.isAsciiDigit;
import static io.deepsentry.text.token.Characters.isHex;
import static io.deepsentry.text.token.Characters.isLetter;
import static io.deepsentry.text.token.Characters.isWord;
import static io.deepsentry.text.token.Characters.startsWith;

import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One pass over one message. Every step consumes what it looked at, or looked at a bounded number of characters more,
 * so that time is linear in the message; nothing is recognised across white space but a date in words, and no
 * recognised value contains white space, so that what was written is read back as the same tokens.
 */
final class TokenScanner {
    private static final int MAX_WORD = 128;
    private static final int MAX_ADDRESS_END = 256;
    private static final int ESCAPE = 0x1b;
    /** The longest quoted text that is one value; longer ones are read as part of the message. */
    private static final int MAX_QUOTED = 400;

    private static final int MAX_CODE = 5;

    private final String message;
    /** The characters of the message, and a NUL, at which everything ends. */
    private final char[] s;
    /** The length of the message. */
    private final int n;
    /** The types that are masked. */
    private final Set<MaskType> masked;

    private final boolean lower;
    private final Set<String> known;
    private char[] out;
    private int length;
    private int pos;
    private int tokens;
    private @Nullable String last;
    private int lastStart;
    /** How many values the last token stands for. */
    private int run;

    private final MaskedMessage.@Nullable Recorder recorder;
    /**
     * The position after an {@code @} that directly follows a word: what stands there in hex is an object's identity.
     */
    private int identity = -1;
    /** Whether the word at hand is of several parts. */
    private boolean compound;
    /** What the characters of the word at hand are: kinds that all are, and how many are digits, dots, other joints. */
    private int common;

    private int digits;
    private int dots;
    private int joints;
    /** The cues of the last three tokens, the last first. */
    private int cue;

    private int cueBefore;
    private int cueFirst;
    /** Where the quotation that is open ends, or -1; the length of the message where no further one is closed. */
    private int closingDouble = -1;

    private int closingSingle = -1;
    /** The end of characters that are no base64 text. */
    private int noBlobBefore;

    TokenScanner(
            String message,
            Set<MaskType> masked,
            boolean lower,
            Set<String> known,
            MaskedMessage.@Nullable Recorder recorder) {
        this.message = message;
        this.recorder = recorder;
        n = message.length();
        s = new char[n + 1];
        message.getChars(0, n, s, 0);
        this.masked = masked;
        this.lower = lower;
        this.known = known;
        out = new char[Math.min(n + 16, 512)];
    }

    String scan() {
        while (pos < n && tokens < MessageNormalizer.MAX_TOKENS) {
            char c = s[pos];
            if (c == ' ') {
                pos++;
            } else {
                step(c);
            }
        }
        if (tokens == 0) {
            punctuation();
        }
        if (tokens == 0) {
            append(MaskType.EMPTY.token());
            if (recorder != null) {
                recorder.typed(MaskType.EMPTY.token(), 0, n);
            }
        }
        return new String(out, 0, length);
    }

    private void step(char c) {
        if (isWord(c)) {
            if (c == '$' && pos + 1 < n && isAsciiDigit(s[pos + 1])) {
                pos++;
                return;
            }
            word();
            return;
        }
        switch (c) {
            case '/' -> slash();
            case '\\' -> share();
            case '.', '~' -> dots(c);
            case '"', '\'' -> quote(c);
            case '[' -> bracket();
            case '<' -> typed();
            case ':' -> scope();
            case ESCAPE -> escape();
            default -> other(c);
        }
    }

    private boolean isMasked(MaskType type) {
        return masked.contains(type);
    }

    private boolean afterWord() {
        return pos > 0 && isWord(s[pos - 1]);
    }

    private boolean at(int i, char c) {
        return i < n && s[i] == c;
    }

    private void other(char c) {
        if (c >= 128) {
            if (Characters.isIdeograph(c)) {
                compound = false;
                literal(pos, pos + 1);
                return;
            }
            int point = Character.codePointAt(s, pos, n);
            int end = pos + Character.charCount(point);
            if (end - pos == 2 && Character.isLetterOrDigit(point)) {
                compound = false;
                literal(pos, end);
                return;
            }
            pos = end;
            return;
        }
        pos++;
    }

    /** A typed token of a message that was masked before. */
    private void typed() {
        int end = pos + 1;
        int limit = Math.min(n, pos + 34);
        while (end < limit && (isAlphanumeric(s[end]) || s[end] == '_')) {
            end++;
        }
        if (at(end, '>')) {
            String token = message.substring(pos, end + 1);
            if (known.contains(token)) {
                mask(token, end + 1);
                return;
            }
        }
        pos++;
    }

    /**
     * A quoted text of several words is one value that may be a code. What stays open: single words, requests, long
     * texts, names in JSON, messages quoted as a whole or after {@code msg}.
     */
    private void quote(char mark) {
        int closing = mark == '"' ? closingDouble : closingSingle;
        if (closing >= pos || (mark == '\'' && afterWord())) {
            pos++;
            return;
        }
        int close = closing(mark);
        if (mark == '"') {
            closingDouble = close;
        } else {
            closingSingle = close;
        }
        if (close < n && close - pos <= MAX_QUOTED && isMasked(MaskType.TEXT) && isText(close)) {
            mask(MaskType.TEXT.token(), close + 1);
            markCandidate();
            return;
        }
        pos++;
    }

    private int closing(char mark) {
        boolean escaped = pos > 0 && s[pos - 1] == '\\';
        for (int k = message.indexOf(mark, pos + 1); k >= 0; k = message.indexOf(mark, k + 1)) {
            boolean skipped = !escaped && s[k - 1] == '\\';
            boolean apostrophe = mark == '\'' && k + 1 < n && isWord(s[k + 1]);
            if (!skipped && !apostrophe) {
                return k;
            }
        }
        return n;
    }

    private boolean isText(int close) {
        if ((cue & Cues.MESSAGE) != 0) {
            return false;
        }
        int words = 0;
        boolean between = true;
        for (int k = pos + 1; k < close; k++) {
            char c = s[k];
            if (c <= ' ') {
                between = true;
            } else if (between) {
                if (isLetter(c)) {
                    words++;
                }
                between = !isWord(c);
            }
        }
        // The rest is looked at last, where two words are sure to become tokens: once in a message.
        return words >= 2
                && !isRequest(pos + 1, close)
                && !isMemberName(close + 1)
                && (tokens > 0 || hasWordAfter(close + 1));
    }

    private boolean hasWordAfter(int from) {
        for (int k = from; k < n; k++) {
            if (isWord(s[k])) {
                return true;
            }
        }
        return false;
    }

    private boolean isRequest(int from, int to) {
        int end = from;
        while (end < to && isLetter(s[end])) {
            end++;
        }
        return end < to && s[end] == ' ' && isMethod(Cues.of(s, from, end), from, end);
    }

    private boolean isMethod(int cues, int from, int end) {
        return (cues & Cues.METHOD) != 0 && Character.isUpperCase(s[from]) && Character.isUpperCase(s[end - 1]);
    }

    private boolean isMemberName(int after) {
        int k = after;
        while (k < n && k < after + 2 && s[k] == ' ') {
            k++;
        }
        if (!at(k, ':')) {
            return false;
        }
        int before = pos - 1;
        while (before >= 0 && before > pos - 4 && s[before] == ' ') {
            before--;
        }
        return before >= 0 && (s[before] == '{' || s[before] == ',');
    }

    private void markCandidate() {
        if (recorder != null) {
            recorder.candidate();
        }
    }

    /** {@code [::1]:8080}. */
    private void bracket() {
        if (pos + 1 < n && (isHex(s[pos + 1]) || s[pos + 1] == ':')) {
            int end = ValueShapes.ip6(s, pos + 1);
            if (end > 0 && at(end, ']') && at(end + 1, ':')) {
                int port = ValueShapes.portOrPrefix(s, end + 1);
                if (port > end + 1) {
                    emit(MaskType.IP, port);
                    return;
                }
            }
        }
        pos++;
    }

    /** Skips an ANSI escape sequence. */
    private void escape() {
        int end = pos + 1;
        if (at(end, '[')) {
            end++;
            int limit = Math.min(n, end + 32);
            while (end < limit && (isAsciiDigit(s[end]) || s[end] == ';' || s[end] == '?')) {
                end++;
            }
            if (end < n && isLetter(s[end])) {
                end++;
            }
        }
        pos = end;
    }

    private void slash() {
        if (cue == Cues.METHOD && !afterWord()) {
            int target = pos;
            while (target < n && Characters.isTarget(s[target])) {
                target++;
            }
            emit(MaskType.PATH, target);
            return;
        }
        if (afterWord()) {
            pos++;
            return;
        }
        int start = pos;
        while (at(start, '/')) {
            start++;
        }
        if (start < n && isAsciiDigit(s[start])) {
            int ip = ValueShapes.ip4(s, start);
            if (ip > 0) {
                pos = start;
                emit(MaskType.IP, ip);
                return;
            }
        }
        path(start);
    }

    private void share() {
        if (at(pos + 1, '\\') && !afterWord()) {
            path(pos + 2);
        } else {
            pos++;
        }
    }

    /** {@code ./x}, {@code ../x} and {@code ~/x}. */
    private void dots(char c) {
        int start = pos + (c == '.' && at(pos + 1, '.') ? 2 : 1);
        if (at(start, '/') && !afterWord()) {
            path(start + 1);
        } else {
            pos++;
        }
    }

    /** A path whose lead is before {@code first}. */
    private void path(int first) {
        boolean begins =
                first < n && (isWord(s[first]) || ".*-%@+~".indexOf(s[first]) >= 0) && Characters.isPath(s[first]);
        int end = begins ? pathEnd(first) : first;
        if (end > first) {
            emit(MaskType.PATH, end);
        } else {
            pos = Math.max(first, pos + 1);
        }
    }

    private int pathEnd(int from) {
        int end = from;
        while (end < n && Characters.isPath(s[end])) {
            end++;
        }
        while (end > from && ".!".indexOf(s[end - 1]) >= 0) {
            end--;
        }
        return end;
    }

    private void scope() {
        if (at(pos + 1, ':') && !afterWord()) {
            int end = ValueShapes.ip6(s, pos);
            if (end > 0) {
                emit(MaskType.IP, end);
                return;
            }
        }
        pos++;
    }

    private void word() {
        char first = s[pos];
        if (Characters.isHex(first) && mayBeShaped() && shaped(first)) {
            return;
        }
        int end = wordAtHand();
        if (first == 'e' && startsWith(s, pos, "eyJ")) {
            int token = ValueShapes.webToken(s, pos);
            if (token > 0) {
                emit(MaskType.ID, token);
                return;
            }
        }
        if (end - pos == 3) {
            int date = WrittenDates.date(s, pos, end);
            if (date > 0) {
                emit(MaskType.TIME, date);
                return;
            }
        }
        char next = s[end];
        if (next != ' ' && joined(end, next)) {
            return;
        }
        classify(end);
        if (next == '@' && pos == end) {
            identity = end + 1;
        }
    }

    /** What a word and the sign after it are part of. */
    private boolean joined(int end, char next) {
        return switch (next) {
            case ':' -> colon(end);
            case '@' -> address(end);
            case '+', '=' -> pos >= noBlobBefore && blob();
            case '/' -> (pos >= noBlobBefore && blob()) || (end + 1 < n && relative(end));
            case '\\' -> end + 1 < n && relative(end);
            default -> false;
        };
    }

    /** Whether the sign after the hexadecimal digits at hand is one that values of a shape have there. */
    private boolean mayBeShaped() {
        int end = pos + 1;
        int limit = Math.min(n, pos + 9);
        while (end < limit && isHex(s[end])) {
            end++;
        }
        char c = s[end];
        return c == ':' || c == '-' || c == '.' || c == '/';
    }

    private boolean shaped(char c) {
        int end = ValueShapes.uuid(s, pos);
        if (end > 0) {
            emit(MaskType.UUID, end);
            return true;
        }
        end = ValueShapes.mac(s, pos);
        if (end > 0) {
            emit(MaskType.MAC, end);
            return true;
        }
        end = ValueShapes.ip6(s, pos);
        if (end > 0) {
            emit(MaskType.IP, end);
            return true;
        }
        if (isAsciiDigit(c)) {
            end = ValueShapes.ip4(s, pos);
            if (end > 0) {
                emit(MaskType.IP, end);
                return true;
            }
            end = ValueShapes.time(s, pos);
            if (end > 0) {
                boolean clock = at(pos + 1, ':') || at(pos + 2, ':');
                boolean elapsed = clock && (cue & Cues.ELAPSED) != 0 && isAsciiDigit(s[end - 1]);
                emit(elapsed ? MaskType.DURATION : MaskType.TIME, end);
                return true;
            }
        }
        return false;
    }

    /** Returns the end of the word at hand: word characters, joined by single dots, hyphens and apostrophes. */
    private int wordAtHand() {
        int end = pos;
        int kind = Characters.wordKind(s[end]);
        int all = kind;
        int any = kind & ~Characters.CAPITAL;
        int numbers = kind & Characters.DIGIT;
        int dot = 0;
        int joint = 0;
        while (true) {
            end++;
            char c = s[end];
            kind = Characters.wordKind(c);
            if (kind == 0) {
                if (!joins(c, end)) {
                    break;
                }
                if (c == '.') {
                    dot++;
                } else if (c != '\u2019') {
                    joint++;
                }
                end++;
                all = 0;
                kind = Characters.wordKind(s[end]);
            }
            all &= kind;
            any |= kind;
            numbers += kind & Characters.DIGIT;
        }
        common = all;
        digits = numbers / Characters.DIGIT;
        dots = dot;
        joints = dot + joint;
        compound = joints > 0 || (any & (Characters.CAPITAL | Characters.UNDERSCORE)) != 0;
        return end;
    }

    /** The end of the word that begins here. */
    private int compoundEnd(int from) {
        int end = from;
        while (isWord(s[end]) || (end > from && joins(s[end], end))) {
            end += isWord(s[end]) ? 1 : 2;
        }
        return end;
    }

    /** Whether the character between two of a word joins them. */
    private boolean joins(char c, int at) {
        return switch (c) {
            case '.', '-' -> isWord(s[at + 1]);
            case '\'', '\u2019' -> isLetter(s[at - 1]) && isLetter(s[at + 1]);
            default -> false;
        };
    }

    /**
     * Base64 text: what a word runs into over plus signs, slashes and equals signs, where it changes case all the time.
     */
    private boolean blob() {
        int end = pos;
        while (end < n && Characters.isBase64(s[end])) {
            end++;
        }
        int padded = end;
        while (padded < end + 2 && at(padded, '=')) {
            padded++;
        }
        boolean ends = padded >= n || !(isWord(s[padded]) || at(padded, '=') || at(padded, '-'));
        int length = padded - pos;
        if (ends && length >= 16) {
            boolean whole = padded > end && length % 4 == 0;
            double changes = ValueShapes.changes(s, pos, end);
            if (changes >= 0.45 || (whole && changes >= 0.3)) {
                emit(length > MAX_WORD ? MaskType.LONG : MaskType.ID, padded);
                return true;
            }
        }
        noBlobBefore = end;
        return false;
    }

    private boolean colon(int end) {
        if (end - pos == 3
                && (startsWith(s, pos, "arn") || startsWith(s, pos, "urn"))
                && end + 1 < n
                && isWord(s[end + 1])) {
            int name = end + 1;
            while (name < n && Characters.isUrl(s[name]) && s[name] != ',') {
                name++;
            }
            while (".;:!?".indexOf(s[name - 1]) >= 0) {
                name--;
            }
            emit(MaskType.ID, name);
            return true;
        }
        int digest = end + 1;
        while (isHex(s[digest])) {
            digest++;
        }
        if (digest - end > 16 && !isWord(s[digest]) && (Cues.of(s, pos, end) & Cues.DIGEST) != 0) {
            emit(MaskType.HEX, digest);
            return true;
        }
        if (at(end + 1, '/') && at(end + 2, '/') && isLetter(s[pos])) {
            int url = end + 3;
            while (url < n && Characters.isUrl(s[url])) {
                url++;
            }
            while (".,;:!?".indexOf(s[url - 1]) >= 0 && url > end + 3) {
                url--;
            }
            emit(MaskType.URL, url);
            return true;
        }
        boolean drive = end == pos + 1 && isLetter(s[pos]) && (at(end + 1, '\\') || at(end + 1, '/'));
        if (drive) {
            int path = pathEnd(end + 1);
            emit(MaskType.PATH, path);
            return true;
        }
        int port = ValueShapes.portOrPrefix(s, end);
        if (port > end && (isHostBeforePort(end) || isServer(end, port - end - 1))) {
            emit(MaskType.HOST, port);
            return true;
        }
        return false;
    }

    /** At least three labels in lower case, the last of letters: a class name or a source file looks different. */
    private boolean isHostBeforePort(int end) {
        int dots = 0;
        for (int k = pos; k < end; k++) {
            char c = s[k];
            if (c == '.') {
                dots++;
            } else if (c == '_' || c == '$' || c == '\'') {
                return false;
            }
        }
        int label = lastDot(end) + 1;
        for (int k = label; k < end; k++) {
            if (!isLetter(s[k]) || Character.isUpperCase(s[k])) {
                return false;
            }
        }
        return dots >= 2 && end - label >= 2;
    }

    /** A name before a port: with a hyphen, {@code localhost}, or after a word such as {@code to}. */
    private boolean isServer(int end, int digits) {
        if (digits < 2 || !isLetter(s[pos])) {
            return false;
        }
        int part = pos;
        for (int k = pos; k < end; k++) {
            char c = s[k];
            if (c == '-') {
                part = k + 1;
            } else if (!(isAlphanumeric(c) || c == '.') || (c < 128 && Character.isUpperCase(c))) {
                return false;
            }
        }
        int dot = lastDot(end);
        if (dot > pos && (Words.isSource(s, dot + 1, end) || Words.isFile(s, dot + 1, end))) {
            return false;
        }
        return (end - pos == 9 && startsWith(s, pos, "localhost"))
                || (digits >= 4
                        && (part > pos || (cue & Cues.PEER) != 0)
                        && !Words.isNotBeforePort(s, part, end)
                        && Cues.of(s, part, end) == 0)
                || (dot > pos && isHost(end));
    }

    private boolean address(int at) {
        if (at - pos > MAX_ADDRESS_END || at + 1 >= n || !isAlphanumeric(s[at + 1])) {
            return false;
        }
        int end = at + 1;
        int limit = Math.min(n, end + MAX_ADDRESS_END);
        int dot = -1;
        while (end < limit) {
            char c = s[end];
            if (c == '.' && end + 1 < n && isLetter(s[end + 1])) {
                dot = end;
            } else if (!(isAlphanumeric(c) || c == '-' || (c == '.' && end + 1 < n && isAlphanumeric(s[end + 1])))) {
                break;
            }
            end++;
        }
        if (dot > at + 1 && end - dot > 2 && end < at + MAX_ADDRESS_END) {
            emit(MaskType.EMAIL, end);
            return true;
        }
        return false;
    }

    /** A path without a lead: three parts and more, or two of which the last has a file extension. */
    private boolean relative(int slash) {
        char separator = s[slash];
        if (!isWord(s[slash + 1])) {
            return false;
        }
        int end = pathEnd(slash + 1);
        int parts = 1;
        boolean letters = false;
        for (int k = pos; k < end; k++) {
            char c = s[k];
            if (c == separator && k + 1 < end && isWord(s[k + 1])) {
                parts++;
            }
            letters |= isLetter(c);
        }
        boolean host = separator == '/' && isHost(slash);
        if (letters && (parts >= 3 || host || hasExtension(end))) {
            emit(MaskType.PATH, host ? tagEnd(end) : end);
            return true;
        }
        return false;
    }

    /** Extends the name of an image over {@code :1.2} and {@code @sha256:...}. */
    private int tagEnd(int end) {
        int k = end;
        int limit = Math.min(n, end + 200);
        if (at(k, ':') && k + 1 < n && isWord(s[k + 1])) {
            k++;
            while (k < limit
                    && (isWord(s[k])
                            || ((at(k, '.') || at(k, '-') || at(k, '@') || at(k, ':'))
                                    && k + 1 < n
                                    && isWord(s[k + 1])))) {
                k++;
            }
        }
        return k;
    }

    private boolean hasExtension(int end) {
        int from = end;
        while (from > pos && end - from < 5 && isAlphanumeric(s[from - 1])) {
            from--;
        }
        return from < end && from - 2 > pos && s[from - 1] == '.' && isLetter(s[from]) && isWord(s[from - 2]);
    }

    private void classify(int end) {
        int length = end - pos;
        if (length > MAX_WORD) {
            emit(MaskType.LONG, end);
            return;
        }
        boolean hex = (common & Characters.HEX) != 0;
        if ((cue & Cues.DIGEST) != 0 && hex && length >= 7 && length <= 64) {
            emit(MaskType.HEX, end);
        } else if (digits == 0) {
            letters(end, hex);
        } else if (digits + joints == length) {
            digits(end, hex);
        } else {
            mixed(end, hex);
        }
    }

    /** A word without digits. */
    private void letters(int end, boolean hex) {
        int length = end - pos;
        if (dots > 0 && isHost(end)) {
            emit(MaskType.HOST, ValueShapes.portOrPrefix(s, end));
        } else if (dots > 0 && isFile(end)) {
            emit(MaskType.PATH, end);
        } else if (isUser(end)) {
            emit(MaskType.ID, end);
        } else if (joints > 0 && ValueShapes.isPod(s, pos, end)) {
            emit(MaskType.ID, end);
        } else if (hex && length >= 12) {
            emit(MaskType.HEX, end);
        } else if (length >= 16 && dots == 0 && ValueShapes.isRandom(s, pos, end)) {
            emit(MaskType.ID, end);
        } else {
            plain(end);
        }
    }

    /** A word of digits. */
    private void digits(int end, boolean hex) {
        boolean padded = joints == 0 && s[pos] == '0' && end - pos >= 8;
        if (padded || (hex && pos == identity)) {
            emit(MaskType.HEX, end);
        } else if (!code(end)) {
            number(end);
        }
    }

    /** A word of digits and others. */
    private void mixed(int end, boolean hex) {
        char first = s[pos];
        if (first >= 'A' && first <= 'Z' && codeWord(end)) {
            return;
        }
        if (hex && (end - pos >= 6 || pos == identity) && !isExponent(end)) {
            boolean candidate = isCandidate(end);
            emit(MaskType.HEX, end);
            markIf(candidate);
        } else if (isPrefixedHex(end)) {
            if ((cue & (Cues.EXACT | Cues.STATE)) != 0 && end - pos <= 10) {
                literal(pos, end);
            } else {
                emit(MaskType.HEX, end);
            }
        } else if (isAsciiDigit(first) && numeric(end)) {
            return;
        } else if (dots > 0 && isHost(end)) {
            emit(MaskType.HOST, ValueShapes.portOrPrefix(s, end));
        } else if (dots > 0 && isFile(end)) {
            emit(MaskType.PATH, end);
        } else if (dots > 0 && ValueShapes.isVersion(s, pos, end)) {
            emit(MaskType.NUM, buildEnd(end));
        } else if (first == 'P' && ValueShapes.isPeriod(s, pos, end)) {
            emit(MaskType.DURATION, end);
        } else if (isName(end)) {
            plain(end);
        } else {
            boolean candidate = isCandidate(end);
            emit(MaskType.ID, end);
            markIf(candidate);
        }
    }

    private void markIf(boolean candidate) {
        if (candidate) {
            markCandidate();
        }
    }

    private boolean isCandidate(int end) {
        return recorder != null && ValueShapes.code(s, pos, end) > 0;
    }

    /** Extends a version over {@code +build}. */
    private int buildEnd(int end) {
        return at(end, '+') && end + 1 < n && isWord(s[end + 1]) ? compoundEnd(end + 1) : end;
    }

    /** A number, with thousands separators, a percent sign or degrees. */
    private void number(int end) {
        int to = joints == 0 ? ValueShapes.thousands(s, pos, end) : end;
        if (at(to, '%')) {
            if (ValueShapes.isNoneOrAll(s, pos, to)) {
                literal(pos, to + 1);
                return;
            }
            emit(MaskType.NUM, to + 1);
            return;
        }
        emit(MaskType.NUM, ValueShapes.degrees(s, to));
    }

    /**
     * A number that names a state, by the words before it or its place in a line of an access log. It is bounded in
     * length and written as it is, but HTTP's good statuses as their class.
     */
    private boolean code(int end) {
        int length = end - pos;
        if (length > MAX_CODE || !isMasked(MaskType.NUM)) {
            return false;
        }
        if (joints > 0) {
            if ((cue & Cues.TLS) != 0 && length <= 3) {
                literal(pos, end);
                return true;
            }
            return false;
        }
        if (length == 1 && s[pos] == '0' && noneOf(end)) {
            return true;
        }
        int status = length == 3 ? ValueShapes.status(s, pos) : 0;
        int word = cue;
        int before = cueBefore;
        boolean with = false;
        if ((word & Cues.LINK) != 0) {
            with = true;
            word = cueBefore;
            before = cueFirst;
        }
        boolean process = ((cue | cueBefore | cueFirst) & Cues.EXIT) != 0;
        if (word == 0 || !isCode(word, before, with, process, status, length)) {
            if (status == 0 || !(isAccessStatus() || (word == 0 && isReason(end, status)))) {
                return false;
            }
        }
        if (isMeasured(end)) {
            return false;
        }
        boolean known = !process && (word & Cues.EXACT) == 0 && status > 0 && status < 400;
        if (known) {
            literal((char) ('0' + status / 100) + "xx", pos, end);
            return true;
        }
        boolean negative = pos > 0 && s[pos - 1] == '-' && (pos == 1 || !(isWord(s[pos - 2]) || at(pos - 2, '-')));
        int from = negative ? pos - 1 : pos;
        literal(message.substring(from, end), from, end);
        return true;
    }

    private static boolean isCode(int word, int before, boolean with, boolean process, int status, int length) {
        if ((word & (Cues.STATE | Cues.EXACT)) != 0) {
            return (before & Cues.OTHER_CODE) == 0;
        }
        if ((word & Cues.LEVEL) != 0) {
            return length <= 2;
        }
        if ((word & Cues.EVENT) != 0) {
            return length >= 3;
        }
        if ((word & Cues.ID) != 0) {
            return (before & Cues.EVENT) != 0;
        }
        if ((word & Cues.RETURNED) != 0) {
            return status > 0 || length == 1;
        }
        return ((word & Cues.HTTP) != 0 && status > 0) || (with && process && (word & Cues.EXIT) != 0 && length <= 3);
    }

    /** After the request or the version of HTTP. */
    private boolean isAccessStatus() {
        return last != null && (cueBefore & (Cues.METHOD | Cues.HTTP)) != 0;
    }

    private boolean isReason(int end, int status) {
        int next = nextToken(end);
        if (next <= end || !isLetter(s[next])) {
            return false;
        }
        int nextEnd = wordEnd(next);
        if (!Words.isReason(s, next, nextEnd, status)) {
            return false;
        }
        boolean not = nextEnd - next == 3 && (s[next] | 0x20) == 'n';
        int after = not ? nextToken(nextEnd) : -1;
        return !not || (after > nextEnd && Words.followsNot(s, after, wordEnd(after)));
    }

    /** Where the next word or typed token begins, at most three other characters on, or -1. */
    private int nextToken(int end) {
        int limit = Math.min(n, end + 4);
        for (int k = end; k < limit; k++) {
            char c = s[k];
            if (isWord(c) || c == '<') {
                return k;
            }
        }
        return -1;
    }

    private int wordEnd(int from) {
        int end = from;
        int limit = Math.min(n, from + 16);
        while (end < limit && isWord(s[end])) {
            end++;
        }
        return end;
    }

    /** Whether more digits or a unit follow, which makes a number an amount or a part of a longer one. */
    private boolean isMeasured(int end) {
        int next = nextToken(end);
        if (next < 0) {
            return false;
        }
        if (next == end + 1 && isAsciiDigit(s[next]) && (cue & (Cues.STATE | Cues.EXACT)) != 0) {
            return s[end] == ' ' || s[end] == '-';
        }
        int to = wordEnd(next);
        return next == end + 1
                && s[end] == ' '
                && (Words.isDuration(s, next, to, false) || Words.isSize(s, next, to, false));
    }

    /** {@code 0 of 5} and {@code 0/5}: none is another state than some. */
    private boolean noneOf(int end) {
        if (startsWith(s, end, " of ")) {
            char c = end + 4 < n ? s[end + 4] : ' ';
            if (isAsciiDigit(c) || startsWith(s, end + 4, "<num>")) {
                literal(pos, end);
                return true;
            }
            return false;
        }
        if (!at(end, '/') || (cue & Cues.PLACE) != 0 || (pos > 0 && "./-:".indexOf(s[pos - 1]) >= 0) || afterWord()) {
            return false;
        }
        int to = end + 1;
        while (to < n && to < end + 6 && isAsciiDigit(s[to])) {
            to++;
        }
        boolean written = to == end + 1 && at(to, 'n');
        if (written) {
            to++;
        }
        if (to == end + 1 || to == end + 6 || (to < n && (isWord(s[to]) || "/.".indexOf(s[to]) >= 0))) {
            return false;
        }
        literal("0/n", pos, to);
        return true;
    }

    /** A word that always names what happened: {@code ORA-00600}, {@code SYS-2-MALLOCFAIL}, {@code TLSv1.2}. */
    private boolean codeWord(int end) {
        int length = end - pos;
        if (ValueShapes.isMnemonic(s, pos, end) || ValueShapes.isProtocol(s, pos, end)) {
            literal(message.substring(pos, end), pos, end);
            return true;
        }
        int letters = ValueShapes.code(s, pos, end);
        if (letters > 0) {
            boolean joined = !isAsciiDigit(s[pos + letters]);
            int digits = length - letters - (joined ? 1 : 0);
            boolean vendor = joined && digits == 5 && Words.isVendor(s, pos, pos + letters);
            boolean error = !joined
                    && letters == 1
                    && s[pos] == 'E'
                    && digits >= 4
                    && digits <= 5
                    && (tokens == 0 || (cue & (Cues.EXACT | Cues.STATE)) != 0);
            boolean apache = digits == 5 && !joined && letters == 2 && startsWith(s, pos, "AH");
            if (vendor || error || apache) {
                literal(message.substring(pos, end), pos, end);
                return true;
            }
        }
        if ((cue & Cues.NAMED) != 0 && length <= 10 && ValueShapes.isUpperCode(s, pos, end)) {
            literal(message.substring(pos, end), pos, end);
            return true;
        }
        return false;
    }

    /** A name after {@code user}, or after {@code password for}, with what comes after a user's name behind it. */
    private boolean isUser(int end) {
        boolean named = (cue & Cues.USER) != 0;
        if (!named && !((cue & Cues.FOR) != 0 && (cueBefore & Cues.LOGIN) != 0)) {
            return false;
        }
        if (end - pos > 32 || !Words.isUserName(s, pos, end)) {
            return false;
        }
        int next = nextToken(end);
        return next < 0
                ? named && end + 4 > n && (cueBefore & (Cues.FOR | Cues.LINK)) != 0
                : isLetter(s[next]) && Words.followsUser(s, next, wordEnd(next));
    }

    private boolean isHost(int end) {
        if (!isAlphanumeric(s[pos])) {
            return false;
        }
        int first = -1;
        int last = pos;
        int dots = 0;
        boolean lower = true;
        for (int k = pos; k < end; k++) {
            char c = s[k];
            if (c == '.') {
                dots++;
                first = first < 0 ? k : first;
                last = k + 1;
            } else if (!(c == '-' || (c < 128 && isAlphanumeric(c) && !(c >= 'A' && c <= 'Z')))) {
                lower = false;
            }
        }
        if (dots == 0) {
            return false;
        }
        return lower
                ? Words.isHost(s, pos, first, last, end, dots, (cue & Cues.PEER) != 0)
                : Words.isTopDomain(s, last, end);
    }

    private boolean isFile(int end) {
        int dot = lastDot(end);
        return dot > pos && Words.isFile(s, dot + 1, end);
    }

    /** The last dot of the word that ends before {@code end}, or the position before the word. */
    private int lastDot(int end) {
        int k = end - 1;
        while (k >= pos && s[k] != '.') {
            k--;
        }
        return k;
    }

    private boolean isPrefixedHex(int end) {
        if (end - pos < 3 || s[pos] != '0' || (s[pos + 1] | 0x20) != 'x') {
            return false;
        }
        for (int k = pos + 2; k < end; k++) {
            if (!isHex(s[k])) {
                return false;
            }
        }
        return true;
    }

    /** {@code 1e5}, {@code 2.5e-7}. */
    private boolean isExponent(int end) {
        int k = pos;
        while (k < end && (isAsciiDigit(s[k]) || s[k] == '.')) {
            k++;
        }
        if (k == pos || k >= end || (s[k] | 0x20) != 'e') {
            return false;
        }
        k++;
        if (k < end && s[k] == '-') {
            k++;
        }
        int exponent = k;
        while (k < end && isAsciiDigit(s[k])) {
            k++;
        }
        return k == end && k > exponent && k - exponent <= 3;
    }

    /** A number with an exponent or with units. */
    private boolean numeric(int end) {
        if (isExponent(end)) {
            emit(MaskType.NUM, end);
            return true;
        }
        if (at(end, '+') && (s[end - 1] | 0x20) == 'e') {
            int exponent = end + 1;
            while (exponent < n && exponent < end + 5 && isAsciiDigit(s[exponent])) {
                exponent++;
            }
            boolean mantissa = true;
            for (int k = pos; k < end - 1; k++) {
                mantissa &= isAsciiDigit(s[k]) || s[k] == '.';
            }
            if (mantissa && exponent > end + 1 && (exponent >= n || !isWord(s[exponent]))) {
                emit(MaskType.NUM, exponent);
                return true;
            }
        }
        return units(end);
    }

    /** {@code 716ms}, {@code 1h30m}, {@code 10KB}. */
    private boolean units(int end) {
        int k = pos;
        int groups = 0;
        boolean durations = true;
        boolean size = false;
        boolean measure = false;
        while (k < end) {
            int number = k;
            while (k < end && (isAsciiDigit(s[k]) || s[k] == '.')) {
                k++;
            }
            int unit = k;
            while (k < end && isLetter(s[k])) {
                k++;
            }
            if (unit == number || k == unit || k - unit > 12) {
                return false;
            }
            groups++;
            boolean mega = k - unit == 1 && s[unit] == 'M';
            size = mega || Words.isSize(s, unit, k, true);
            measure = Words.isMeasure(s, unit, k);
            durations &= !mega && Words.isDuration(s, unit, k, true);
        }
        if (durations) {
            emit(MaskType.DURATION, end);
            return true;
        }
        if (groups == 1 && size) {
            emit(MaskType.SIZE, end);
            return true;
        }
        if (groups == 1 && measure) {
            emit(MaskType.NUM, end);
            return true;
        }
        return false;
    }

    /**
     * Whether the digits of a word belong to its name rather than number it: every part between dots is a known name,
     * or holds at most one run of one or two digits that is followed by a letter ({@code log4j}, {@code Brcm43xx}).
     */
    private boolean isName(int end) {
        if (Words.isName(s, pos, end)) {
            return true;
        }
        int label = pos;
        for (int k = pos; k <= end; k++) {
            if (k == end || s[k] == '.') {
                if (!isNameLabel(label, k)) {
                    return false;
                }
                label = k + 1;
            }
        }
        return true;
    }

    private boolean isNameLabel(int from, int to) {
        if (isLetter(s[from]) && Words.isName(s, from, to)) {
            return true;
        }
        int runs = 0;
        for (int k = from; k < to; k++) {
            if (!Characters.isDigit(s[k])) {
                continue;
            }
            int start = k;
            while (k + 1 < to && Characters.isDigit(s[k + 1])) {
                k++;
            }
            runs++;
            boolean inside = start > from && isLetter(s[start - 1]) && k + 1 < to && isLetter(s[k + 1]);
            if (runs > 1 || k - start > 1 || !inside) {
                return false;
            }
        }
        return true;
    }

    /** A word that stays, or the unit of the number before it. */
    private void plain(int end) {
        if (MaskType.NUM.token().equals(last)) {
            MaskType unit = Words.isDuration(s, pos, end, false)
                    ? MaskType.DURATION
                    : Words.isSize(s, pos, end, false) ? MaskType.SIZE : null;
            if (unit != null && isMasked(unit)) {
                unmask();
                mask(unit.token(), end);
                return;
            }
        }
        literal(pos, end);
    }

    /** Takes the last value back. */
    private void unmask() {
        if (recorder != null) {
            pos = recorder.undo();
        }
        if (run > 1) {
            return;
        }
        length = Math.max(0, lastStart - 1);
        tokens--;
        cue = cueBefore;
        cueBefore = cueFirst;
        int before = length;
        while (before > 0 && out[before - 1] != ' ') {
            before--;
        }
        String token = new String(out, before, length - before);
        lastStart = before;
        last = known.contains(token) ? token : null;
    }

    private void emit(MaskType type, int end) {
        if (isMasked(type)) {
            mask(type.token(), end);
        } else {
            begin();
            append(pos, end);
            last = null;
            recordWord(end);
            pos = end;
        }
    }

    private void mask(String token, int end) {
        if (token.equals(last)) {
            run++;
        } else {
            begin();
            append(token);
            last = token;
            run = 1;
        }
        if (recorder != null) {
            recorder.typed(token, pos, end);
        }
        pos = end;
    }

    private void literal(int from, int end) {
        begin();
        int cues = compound ? Cues.of(s, from, end) : Cues.ofPlain(s, from, end);
        boolean method = isMethod(cues, from, end);
        if (lower && !method) {
            reserve(end - from);
            for (int k = from; k < end; k++) {
                out[length++] = Character.toLowerCase(s[k]);
            }
        } else {
            append(from, end);
        }
        last = null;
        cue = method ? Cues.METHOD : cues & ~Cues.METHOD;
        recordWord(end);
        pos = end;
    }

    /** A word that says what is at {@code [from, end)} without being it. */
    private void literal(String word, int from, int end) {
        begin();
        append(word);
        last = null;
        pos = from;
        recordWord(end);
        pos = end;
    }

    private void recordWord(int end) {
        if (recorder != null) {
            recorder.word(lastStart, length, pos, end);
        }
    }

    private void append(String token) {
        int more = token.length();
        reserve(more);
        token.getChars(0, more, out, length);
        length += more;
    }

    private void append(int from, int end) {
        reserve(end - from);
        System.arraycopy(s, from, out, length, end - from);
        length += end - from;
    }

    private void reserve(int more) {
        if (length + more > out.length) {
            out = Arrays.copyOf(out, Math.max(2 * out.length, length + more));
        }
    }

    private void begin() {
        if (tokens > 0) {
            reserve(1);
            out[length++] = ' ';
        }
        lastStart = length;
        tokens++;
        cueFirst = cueBefore;
        cueBefore = cue;
        cue = 0;
    }

    /** A message without any word is told from others by its characters. */
    private void punctuation() {
        int before = -1;
        for (int k = 0; k < n && tokens < MessageNormalizer.MAX_TOKENS; ) {
            if (s[k] == ESCAPE) {
                pos = k;
                escape();
                k = pos;
                continue;
            }
            int point = Character.codePointAt(s, k, n);
            k += Character.charCount(point);
            if (Character.isWhitespace(point) || Character.isSpaceChar(point) || Character.isISOControl(point)) {
                continue;
            }
            if (point != before && !(point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE)) {
                begin();
                reserve(2);
                length += Character.toChars(point, out, length);
                pos = k - Character.charCount(point);
                recordWord(k);
                before = point;
            }
        }
    }
}
