package io.deepsentry.text.token;

import static io.deepsentry.text.token.Characters.isAlphanumeric;
import static io.deepsentry.text.token.Characters.isAsciiDigit;
import static io.deepsentry.text.token.Characters.isHex;
import static io.deepsentry.text.token.Characters.isLetter;
import static io.deepsentry.text.token.Characters.isWord;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One pass over one message. Every step consumes what it looked at, or looked at a bounded number of characters more, so
 * that time is linear in the message; nothing is recognised across white space but a date in words, and no recognised
 * value contains white space, so that what was written is read back as the same tokens.
 */
final class TokenScanner {
    private static final int MAX_WORD = 128;
    private static final int MAX_ADDRESS_END = 256;
    private static final int ESCAPE = 0x1b;

    private final String s;
    private final int n;
    private final NormalizerSettings settings;
    private final Set<String> known;
    private final StringBuilder out;
    private int pos;
    private int tokens;
    private @Nullable String last;
    private int lastStart;
    /** How many values the last token stands for. */
    private int run;

    private final MaskedMessage.@Nullable Recorder recorder;
    /** The position after an {@code @} that directly follows a word: what stands there in hex is an object's identity. */
    private int identity = -1;

    TokenScanner(
            String message, NormalizerSettings settings, Set<String> known, MaskedMessage.@Nullable Recorder recorder) {
        s = message;
        this.recorder = recorder;
        n = message.length();
        this.settings = settings;
        this.known = known;
        out = new StringBuilder(Math.min(n + 16, 512));
    }

    String scan() {
        while (pos < n && tokens < MessageNormalizer.MAX_TOKENS) {
            step(s.charAt(pos));
        }
        if (tokens == 0) {
            punctuation();
        }
        if (tokens == 0) {
            out.append(MaskType.EMPTY.token());
            if (recorder != null) {
                recorder.typed(MaskType.EMPTY.token(), MaskType.EMPTY, 0, n);
            }
        }
        return out.toString();
    }

    private void step(char c) {
        if (isWord(c)) {
            word();
            return;
        }
        switch (c) {
            case '/' -> slash();
            case '\\' -> share();
            case '.', '~' -> dots(c);
            case '<' -> typed();
            case ':' -> scope();
            case ESCAPE -> escape();
            default -> other(c);
        }
    }

    private boolean afterWord() {
        return pos > 0 && isWord(s.charAt(pos - 1));
    }

    private boolean at(int i, char c) {
        return i < n && s.charAt(i) == c;
    }

    private void other(char c) {
        if (c >= 128) {
            if (Characters.isIdeograph(c)) {
                literal(pos, pos + 1);
                return;
            }
            int point = s.codePointAt(pos);
            int end = pos + Character.charCount(point);
            if (end - pos == 2 && Character.isLetterOrDigit(point)) {
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
        while (end < limit && (isAlphanumeric(s.charAt(end)) || s.charAt(end) == '_')) {
            end++;
        }
        if (at(end, '>')) {
            String token = s.substring(pos, end + 1);
            if (known.contains(token)) {
                mask(token, MaskType.of(token), end + 1);
                return;
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
            while (end < limit && (isAsciiDigit(s.charAt(end)) || s.charAt(end) == ';' || s.charAt(end) == '?')) {
                end++;
            }
            if (end < n && isLetter(s.charAt(end))) {
                end++;
            }
        }
        pos = end;
    }

    private void slash() {
        if (afterWord()) {
            pos++;
            return;
        }
        int start = pos;
        while (at(start, '/')) {
            start++;
        }
        if (start < n && isAsciiDigit(s.charAt(start))) {
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
        boolean begins = first < n
                && (isWord(s.charAt(first)) || ".*-%@+~".indexOf(s.charAt(first)) >= 0)
                && Characters.isPath(s.charAt(first));
        int end = begins ? pathEnd(first) : first;
        if (end > first) {
            emit(MaskType.PATH, end);
        } else {
            pos = Math.max(first, pos + 1);
        }
    }

    private int pathEnd(int from) {
        int end = from;
        while (end < n && Characters.isPath(s.charAt(end))) {
            end++;
        }
        while (end > from && ".!".indexOf(s.charAt(end - 1)) >= 0) {
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
        if (Characters.isHex(s.charAt(pos)) && shaped(s.charAt(pos))) {
            return;
        }
        int end = compoundEnd(pos);
        if (end - pos == 3) {
            int date = WrittenDates.date(s, pos, end);
            if (date > 0) {
                emit(MaskType.TIME, date);
                return;
            }
        }
        char next = end < n ? s.charAt(end) : ' ';
        if (next == ':' && colon(end)) {
            return;
        }
        if (next == '@' && address(end)) {
            return;
        }
        if ((next == '/' || next == '\\') && end + 1 < n && relative(end)) {
            return;
        }
        classify(end);
        if (next == '@' && pos == end) {
            identity = end + 1;
        }
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
                emit(MaskType.TIME, end);
                return true;
            }
        }
        return false;
    }

    /** Word characters, joined by single dots, hyphens and apostrophes. */
    private int compoundEnd(int from) {
        int end = from;
        while (end < n) {
            char c = s.charAt(end);
            if (isWord(c)) {
                end++;
            } else if (end + 1 < n && end > from && joins(c, s.charAt(end - 1), s.charAt(end + 1))) {
                end += 2;
            } else {
                break;
            }
        }
        return end;
    }

    private static boolean joins(char c, char before, char after) {
        return switch (c) {
            case '.', '-' -> isWord(after);
            case '\'', '\u2019' -> isLetter(before) && isLetter(after);
            default -> false;
        };
    }

    private boolean colon(int end) {
        if (at(end + 1, '/') && at(end + 2, '/') && isLetter(s.charAt(pos))) {
            int url = end + 3;
            while (url < n && Characters.isUrl(s.charAt(url))) {
                url++;
            }
            while (".,;:!?".indexOf(s.charAt(url - 1)) >= 0 && url > end + 3) {
                url--;
            }
            emit(MaskType.URL, url);
            return true;
        }
        boolean drive = end == pos + 1 && isLetter(s.charAt(pos)) && (at(end + 1, '\\') || at(end + 1, '/'));
        if (drive) {
            int path = pathEnd(end + 1);
            emit(MaskType.PATH, path);
            return true;
        }
        int port = ValueShapes.portOrPrefix(s, end);
        if (port > end && isHostBeforePort(end)) {
            emit(MaskType.HOST, port);
            return true;
        }
        return false;
    }

    /** At least three labels in lower case, the last of letters: a class name or a source file looks different. */
    private boolean isHostBeforePort(int end) {
        int dots = 0;
        for (int k = pos; k < end; k++) {
            char c = s.charAt(k);
            if (c == '.') {
                dots++;
            } else if (c == '_' || c == '$' || c == '\'') {
                return false;
            }
        }
        int label = lastDot(end) + 1;
        for (int k = label; k < end; k++) {
            if (!isLetter(s.charAt(k)) || Character.isUpperCase(s.charAt(k))) {
                return false;
            }
        }
        return dots >= 2 && end - label >= 2;
    }

    private boolean address(int at) {
        if (at - pos > MAX_ADDRESS_END || at + 1 >= n || !isAlphanumeric(s.charAt(at + 1))) {
            return false;
        }
        int end = at + 1;
        int limit = Math.min(n, end + MAX_ADDRESS_END);
        int dot = -1;
        while (end < limit) {
            char c = s.charAt(end);
            if (c == '.' && end + 1 < n && isLetter(s.charAt(end + 1))) {
                dot = end;
            } else if (!(isAlphanumeric(c)
                    || c == '-'
                    || (c == '.' && end + 1 < n && isAlphanumeric(s.charAt(end + 1))))) {
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
        char separator = s.charAt(slash);
        if (!isWord(s.charAt(slash + 1))) {
            return false;
        }
        int end = pathEnd(slash + 1);
        int parts = 1;
        boolean letters = false;
        for (int k = pos; k < end; k++) {
            char c = s.charAt(k);
            if (c == separator && k + 1 < end && isWord(s.charAt(k + 1))) {
                parts++;
            }
            letters |= isLetter(c);
        }
        if (letters && (parts >= 3 || hasExtension(end))) {
            emit(MaskType.PATH, end);
            return true;
        }
        return false;
    }

    private boolean hasExtension(int end) {
        int from = end;
        while (from > pos && end - from < 5 && isAlphanumeric(s.charAt(from - 1))) {
            from--;
        }
        return from < end
                && from - 2 > pos
                && s.charAt(from - 1) == '.'
                && isLetter(s.charAt(from))
                && isWord(s.charAt(from - 2));
    }

    private void classify(int end) {
        int length = end - pos;
        if (length > MAX_WORD) {
            emit(MaskType.LONG, end);
            return;
        }
        int digits = 0;
        int joints = 0;
        boolean hex = true;
        for (int k = pos; k < end; k++) {
            char c = s.charAt(k);
            hex &= isHex(c);
            if (Characters.isDigit(c)) {
                digits++;
            } else if (c == '.' || c == '-' || c == '\'') {
                joints++;
            }
        }
        if (digits == 0) {
            if (joints > 0 && endsInTopDomain(end)) {
                emit(MaskType.HOST, ValueShapes.portOrPrefix(s, end));
            } else {
                plain(end);
            }
            return;
        }
        if (digits + joints == length) {
            boolean padded = joints == 0 && s.charAt(pos) == '0' && length >= 8;
            if (padded || (hex && pos == identity)) {
                emit(MaskType.HEX, end);
            } else {
                emit(MaskType.NUM, end);
            }
            return;
        }
        if (hex && (length >= 6 || pos == identity) && !isExponent(end)) {
            emit(MaskType.HEX, end);
        } else if (isPrefixedHex(end)) {
            emit(MaskType.HEX, end);
        } else if (isAsciiDigit(s.charAt(pos)) && numeric(end)) {
            return;
        } else if (joints > 0 && endsInTopDomain(end)) {
            emit(MaskType.HOST, ValueShapes.portOrPrefix(s, end));
        } else if (isName(end)) {
            plain(end);
        } else {
            emit(MaskType.ID, end);
        }
    }

    private boolean endsInTopDomain(int end) {
        int dot = lastDot(end);
        return dot > pos && isAlphanumeric(s.charAt(pos)) && Words.isTopDomain(s.substring(dot + 1, end));
    }

    /** The last dot of the word that ends before {@code end}, or the position before the word. */
    private int lastDot(int end) {
        int k = end - 1;
        while (k >= pos && s.charAt(k) != '.') {
            k--;
        }
        return k;
    }

    private boolean isPrefixedHex(int end) {
        if (end - pos < 3 || s.charAt(pos) != '0' || (s.charAt(pos + 1) | 0x20) != 'x') {
            return false;
        }
        for (int k = pos + 2; k < end; k++) {
            if (!isHex(s.charAt(k))) {
                return false;
            }
        }
        return true;
    }

    /** {@code 1e5}, {@code 2.5e-7}. */
    private boolean isExponent(int end) {
        int k = pos;
        while (k < end && (isAsciiDigit(s.charAt(k)) || s.charAt(k) == '.')) {
            k++;
        }
        if (k == pos || k >= end || (s.charAt(k) | 0x20) != 'e') {
            return false;
        }
        k++;
        if (k < end && s.charAt(k) == '-') {
            k++;
        }
        int exponent = k;
        while (k < end && isAsciiDigit(s.charAt(k))) {
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
        if (at(end, '+') && (s.charAt(end - 1) | 0x20) == 'e') {
            int exponent = end + 1;
            while (exponent < n && exponent < end + 5 && isAsciiDigit(s.charAt(exponent))) {
                exponent++;
            }
            boolean mantissa = true;
            for (int k = pos; k < end - 1; k++) {
                mantissa &= isAsciiDigit(s.charAt(k)) || s.charAt(k) == '.';
            }
            if (mantissa && exponent > end + 1 && (exponent >= n || !isWord(s.charAt(exponent)))) {
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
        while (k < end) {
            int number = k;
            while (k < end && (isAsciiDigit(s.charAt(k)) || s.charAt(k) == '.')) {
                k++;
            }
            int unit = k;
            while (k < end && isLetter(s.charAt(k))) {
                k++;
            }
            if (unit == number || k == unit || k - unit > 12) {
                return false;
            }
            String word = s.substring(unit, k);
            groups++;
            size = Words.isSize(word, true) || word.equals("M");
            durations &= Words.isDuration(word, true) && !word.equals("M");
        }
        if (durations) {
            emit(MaskType.DURATION, end);
            return true;
        }
        if (groups == 1 && size) {
            emit(MaskType.SIZE, end);
            return true;
        }
        return false;
    }

    /**
     * Whether the digits of a word belong to its name rather than number it: every part between dots is a known name, or
     * holds at most one run of one or two digits that is followed by a letter ({@code log4j}, {@code Brcm43xx}).
     */
    private boolean isName(int end) {
        if (Words.isName(s.substring(pos, Math.min(end, pos + 8))) && end - pos <= 7) {
            return true;
        }
        int label = pos;
        for (int k = pos; k <= end; k++) {
            if (k == end || s.charAt(k) == '.') {
                if (!isNameLabel(label, k)) {
                    return false;
                }
                label = k + 1;
            }
        }
        return true;
    }

    private boolean isNameLabel(int from, int to) {
        if (to - from <= 7 && isLetter(s.charAt(from)) && Words.isName(s.substring(from, to))) {
            return true;
        }
        int runs = 0;
        for (int k = from; k < to; k++) {
            if (!Characters.isDigit(s.charAt(k))) {
                continue;
            }
            int start = k;
            while (k + 1 < to && Characters.isDigit(s.charAt(k + 1))) {
                k++;
            }
            runs++;
            boolean inside = start > from && isLetter(s.charAt(start - 1)) && k + 1 < to && isLetter(s.charAt(k + 1));
            if (runs > 1 || k - start > 1 || !inside) {
                return false;
            }
        }
        return true;
    }

    /** A word that stays, or the unit of the number before it. */
    private void plain(int end) {
        if (MaskType.NUM.token().equals(last)) {
            String word = s.substring(pos, end);
            MaskType unit = Words.isDuration(word, false)
                    ? MaskType.DURATION
                    : Words.isSize(word, false) ? MaskType.SIZE : null;
            if (unit != null && settings.types().contains(unit)) {
                unmask();
                mask(unit.token(), unit, end);
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
        out.setLength(Math.max(0, lastStart - 1));
        tokens--;
        int before = out.lastIndexOf(" ") + 1;
        String token = out.substring(before);
        lastStart = before;
        last = known.contains(token) ? token : null;
    }

    private void emit(MaskType type, int end) {
        if (settings.types().contains(type)) {
            mask(type.token(), type, end);
        } else {
            begin();
            out.append(s, pos, end);
            last = null;
            recordWord(end);
            pos = end;
        }
    }

    private void mask(String token, @Nullable MaskType type, int end) {
        if (token.equals(last)) {
            run++;
        } else {
            begin();
            out.append(token);
            last = token;
            run = 1;
        }
        if (recorder != null) {
            recorder.typed(token, type, pos, end);
        }
        pos = end;
    }

    private void literal(int from, int end) {
        begin();
        if (settings.lower()) {
            for (int k = from; k < end; k++) {
                out.append(Character.toLowerCase(s.charAt(k)));
            }
        } else {
            out.append(s, from, end);
        }
        last = null;
        recordWord(end);
        pos = end;
    }

    private void recordWord(int end) {
        if (recorder != null) {
            recorder.word(out.substring(lastStart), pos, end);
        }
    }

    private void begin() {
        if (tokens > 0) {
            out.append(' ');
        }
        lastStart = out.length();
        tokens++;
    }

    /** A message without any word is told from others by its characters. */
    private void punctuation() {
        int before = -1;
        for (int k = 0; k < n && tokens < MessageNormalizer.MAX_TOKENS; ) {
            if (s.charAt(k) == ESCAPE) {
                pos = k;
                escape();
                k = pos;
                continue;
            }
            int point = s.codePointAt(k);
            k += Character.charCount(point);
            if (Character.isWhitespace(point) || Character.isSpaceChar(point) || Character.isISOControl(point)) {
                continue;
            }
            if (point != before && !(point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE)) {
                begin();
                out.appendCodePoint(point);
                pos = k - Character.charCount(point);
                recordWord(k);
                before = point;
            }
        }
    }
}
