package io.deepsentry.parse;

import io.deepsentry.parse.internal.Severities;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header of a line whatever its layout: a time near the start, then up to {@value #MAX_TOKENS} header tokens,
 * of which the first severity is the level. The message is the rest.
 *
 * <p>Nothing of a line depends on other lines, so the format means the same in every run. Safe for use by several
 * threads.
 */
final class HeaderParser implements LogParser {
    private static final String UWSGI = "pid:";
    /** Where a header has a thread's place taken by something else. */
    private static final String NO_THREAD = "";

    private static final int MAX_TOKENS = 8;
    /** Tokens in angle brackets can be more: they cannot be part of a sentence. */
    private static final int MAX_BRACKETS = 14;

    private static final String WEBLOGIC = "####<";

    private static final int MAX_PREFIX = 7;
    private static final int MAX_TOKEN_LENGTH = 100;
    private static final int MAX_GROUP_LENGTH = 300;

    private final String name;
    private final TimeScanner times;
    private final boolean timeNeeded;
    private final boolean countsAreTimes;

    private HeaderParser(String name, TimeScanner times, boolean timeNeeded, boolean countsAreTimes) {
        this.name = name;
        this.times = times;
        this.timeNeeded = timeNeeded;
        this.countsAreTimes = countsAreTimes;
    }

    /** Lines that begin with a time. {@code order} is that of dates whose text does not tell it. */
    static HeaderParser timed(String name, TimeScanner times, boolean countsAreTimes) {
        return new HeaderParser(name, times, true, countsAreTimes);
    }

    /** Lines that begin with a severity, without a time. */
    static HeaderParser untimed(String name, TimeScanner times) {
        return new HeaderParser(name, times, false, false);
    }

    @Override
    public Optional<ParsedLine> parse(String line) {
        return Optional.ofNullable(new Reading(line.stripTrailing()).read());
    }

    /** Whether a line begins with a date of three numbers whose order it does not tell. */
    boolean isAmbiguous(String line) {
        Reading reading = new Reading(line.stripTrailing());
        return reading.findTime() && reading.hit.ambiguous;
    }

    /** Whether a line begins with a time of day without a date. */
    boolean isUndated(String line) {
        Reading reading = new Reading(line.stripTrailing());
        return reading.findTime() && !reading.hit.dated && !reading.hit.time.equals(TimePattern.NO_DATE);
    }

    @Override
    public String toString() {
        return name;
    }

    /** One line being read. */
    private final class Reading {
        private final String s;
        private final TimeScanner.Hit hit = new TimeScanner.Hit();
        private int at;
        private @Nullable String level;
        private @Nullable String component;
        private boolean componentFromPrefix;
        /** What stood before the component, as a host does; process ids; what is in brackets first. */
        private @Nullable String host;

        private @Nullable String process;
        private @Nullable String thread;
        /** The bracket that stands open before the time; 0 for none. */
        private char open;

        private boolean redis;
        private int priorities;
        private boolean brokenDate;
        /** Whether the level is but a letter before the time, which a word behind it says better. */
        private boolean levelFromLetter;

        /** The first bracket from a position on, looked for once. */
        private int bracket = -1;

        private int bracketFrom = -1;

        private int lastGroupFrom = -1;
        private int lastGroupTo;

        Reading(String s) {
            this.s = s;
        }

        @Nullable
        ParsedLine read() {
            boolean timed = findTime();
            if (timed) {
                if (hit.ambiguous) {
                    return null;
                }
                at = hit.end;
                afterTime();
                ParsedLine row = CsvRow.read(s, at, hit.time.equals(TimePattern.NO_DATE) ? null : hit.time);
                if (row != null) {
                    return row;
                }
            } else if (timeNeeded) {
                return null;
            } else {
                at = 0;
                component = null;
                if (!severityFirst()) {
                    return null;
                }
            }
            tokens();
            String message = s.substring(at);
            if (message.isEmpty() && lastGroupFrom >= 0) {
                message = s.substring(lastGroupFrom, lastGroupTo).strip();
            }
            boolean dated = timed && !hit.time.equals(TimePattern.NO_DATE);
            return new ParsedLine(
                    dated ? hit.time : null,
                    message,
                    level,
                    component,
                    Fields.thread(host, process, thread),
                    null,
                    Map.of());
        }

        /** Looks for the time behind a few tokens that cannot be part of a sentence. */
        private boolean findTime() {
            at = 0;
            boolean mayBeLog = true;
            for (int n = 0; n <= MAX_PREFIX && mayBeLog; n++) {
                open = 0;
                skipBlanks();
                int start = at;
                while (at < s.length() && "[(\"'<#*=+".indexOf(s.charAt(at)) >= 0 && at - start < 24) {
                    char c = s.charAt(at);
                    open = c == '[' || c == '(' || c == '<' || c == '"' || c == '\'' ? c : open;
                    at++;
                    while ((c == '+' || c == '=') && at < s.length() && s.charAt(at) == ' ') {
                        at++;
                    }
                }
                if (at >= s.length()) {
                    return false;
                }
                if (open == '[' && uptime()) {
                    return true;
                }
                if (times.scan(s, at, hit)
                        && (!hit.count || (countsAreTimes && n == 0) || (at > 0 && s.charAt(at - 1) == '+'))) {
                    if (isKlog()) {
                        level = Severities.ofLetter(s.charAt(at));
                    }
                    return n == 0 || (mayFollow(n) && (hit.dated || !brokenDate));
                }
                if (open == '"' || open == '\'') {
                    return false;
                }
                at = open == 0 ? at : start;
                mayBeLog = prefixToken(n);
            }
            return false;
        }

        private boolean isKlog() {
            char c = s.charAt(at);
            return c >= 'A' && c <= 'Z' && at + 1 < s.length() && Character.isDigit(s.charAt(at + 1));
        }

        /** Behind several words a time must stand in brackets, as it does in access logs. */
        private boolean mayFollow(int tokens) {
            return tokens - priorities <= 2
                    || open == '['
                    || open == '('
                    || (at >= 2 && s.lastIndexOf(',', at) >= at - 2);
        }

        /** {@code [   12.345]} or {@code [12.345s]}: seconds since a start. */
        private boolean uptime() {
            int i = at;
            while (i < s.length() && s.charAt(i) == ' ') {
                i++;
            }
            int digits = i;
            while (digits < s.length() && Character.isDigit(s.charAt(digits))) {
                digits++;
            }
            if (digits == i || digits - i > 9 || digits >= s.length() || s.charAt(digits) != '.') {
                return false;
            }
            int end = digits + 1;
            while (end < s.length() && Character.isDigit(s.charAt(end))) {
                end++;
            }
            if (end == digits + 1) {
                return false;
            }
            boolean unit = end < s.length() && s.charAt(end) == 's';
            if (unit) {
                end++;
            }
            if (end >= s.length() || s.charAt(end) != ']') {
                return false;
            }
            thread = unit ? NO_THREAD : thread;
            hit.time = TimePattern.NO_DATE;
            hit.end = end;
            hit.ambiguous = false;
            return true;
        }

        /** Passes over one token before the time; false if it looks like a word of a sentence. */
        private boolean prefixToken(int n) {
            char c = s.charAt(at);
            if (c == '<') {
                int close = s.indexOf('>', at);
                if (close < 0 || close - at > 4) {
                    return false;
                }
                String priority = Severities.ofPriority(s.substring(at + 1, close));
                if (priority == null) {
                    return false;
                }
                level = priority;
                priorities++;
                at = close + 1;
                if (s.startsWith("1 ", at)) {
                    at += 2;
                }
                return true;
            }
            if (c == '[' || c == '(' || c == '{') {
                int close = close(at);
                if (close < 0) {
                    return false;
                }
                if (c == '{') {
                    noteLevel(s.substring(at + 1, close));
                } else {
                    noteGroup(s.substring(at + 1, close));
                }
                at = close + 1;
                return c != '(' || n > 0 || level != null;
            }
            int end = at;
            while (end < s.length() && s.charAt(end) > ' ' && end - at <= MAX_TOKEN_LENGTH) {
                char d = s.charAt(end);
                if (d == '=' || d == '|' || d == ',' || (d == ':' && isSeverity(s.substring(at, end)))) {
                    break;
                }
                end++;
            }
            if (end >= s.length() || end - at > MAX_TOKEN_LENGTH) {
                return false;
            }
            String word = s.substring(at, end);
            char stop = s.charAt(end);
            brokenDate |= looksLikeDate(word);
            if (stop == '=') {
                // key=2026-03-02T08:00:00Z
                at = end + 1;
                return word.length() <= 20 && !word.isEmpty();
            }
            int next = end;
            while (next < s.length() && s.charAt(next) == ' ') {
                next++;
            }
            boolean bar = next < s.length() && s.charAt(next) == '|';
            at = stop == ',' || stop == ':' ? end + 1 : bar ? next + 1 : end;
            String bare = word.endsWith(":") ? word.substring(0, word.length() - 1) : word;
            if (isSeverity(bare)) {
                level = level == null ? bare : level;
                return true;
            }
            if (word.length() == 1) {
                String letter = Severities.ofLetter(word.charAt(0));
                if (letter != null && stop == ',') {
                    level = letter;
                    levelFromLetter = true;
                }
                return !Character.isLetter(word.charAt(0)) || stop == ',' || bar || (n == 0 && letter != null);
            }
            if (word.isEmpty()) {
                return bar || stop == ',';
            }
            redis = redis || isRedis(word);
            // Cisco numbers its lines in front: "7: sw1: ".
            boolean isCount = word.endsWith(":") && isNumber(bare);
            if (component == null && !isCount && Character.isLetterOrDigit(word.charAt(0))) {
                component = bare;
                componentFromPrefix = true;
            }
            return bar || stop == ',' || isToken(word, n);
        }

        /** {@code 812:M}: a process and its role. */
        private boolean isRedis(String word) {
            int colon = word.length() - 2;
            if (colon < 1
                    || word.charAt(colon) != ':'
                    || word.charAt(colon + 1) < 'A'
                    || word.charAt(colon + 1) > 'Z') {
                return false;
            }
            for (int i = 0; i < colon; i++) {
                if (word.charAt(i) < '0' || word.charAt(i) > '9') {
                    return false;
                }
            }
            return true;
        }

        /** Whether a word is a date, if not one that can be read: the time of day behind it is no whole time then. */
        private boolean looksLikeDate(String word) {
            int separators = 0;
            for (int i = 0; i < word.length(); i++) {
                char c = word.charAt(i);
                if (c == '/' || c == '-') {
                    separators++;
                } else if (!Character.isDigit(c)) {
                    return false;
                }
            }
            return separators == 2 && Character.isDigit(word.charAt(0));
        }

        /** Whether a word before a time is a name rather than a part of a sentence. */
        private boolean isToken(String word, int n) {
            boolean letters = true;
            for (int i = 0; i < word.length(); i++) {
                letters &= Character.isLetter(word.charAt(i));
            }
            if (!letters) {
                return true;
            }
            if (n == 0) {
                boolean small = word.charAt(0) >= 'a' && word.charAt(0) <= 'z';
                return !small && word.length() <= 8 && word.equals(word.toUpperCase(Locale.ROOT));
            }
            // The user of an access log stands before a time in brackets.
            return at + 1 < s.length() && s.charAt(at) == ' ' && s.charAt(at + 1) == '[';
        }

        private boolean isSeverity(String word) {
            return Severities.isWord(word);
        }

        /** What follows the time up to the bracket that was open before it. */
        private void afterTime() {
            char closing = closing(open);
            if (closing == 0) {
                return;
            }
            if (at < s.length() && s.charAt(at) == closing) {
                at++;
                return;
            }
            if (open == '"' || open == '\'') {
                return;
            }
            int close = -1;
            int depth = 0;
            for (int i = at; i < s.length() && i - at <= MAX_TOKEN_LENGTH; i++) {
                if (s.charAt(i) == open) {
                    depth++;
                } else if (s.charAt(i) == closing && depth-- == 0) {
                    close = i;
                    break;
                }
            }
            if (close < 0) {
                return;
            }
            String inside = s.substring(at, close);
            noteLevel(inside);
            if (component == null) {
                String last = lastWord(inside);
                component = last == null || Severities.isWord(last) ? null : last;
            }
            at = close + 1;
        }

        private @Nullable String lastWord(String text) {
            String[] words = text.strip().split("[\\s,/|#]+", -1);
            String last = words[words.length - 1];
            return last.isEmpty() || Character.isDigit(last.charAt(0)) ? null : last;
        }

        /** The brackets hold the level, or else who wrote the line. */
        private void noteGroup(String inside) {
            String before = level;
            noteLevel(inside);
            if (!Objects.equals(before, level) || inside.isBlank()) {
                return;
            }
            String text = inside.strip();
            String pid = processIn(text);
            if (pid != null) {
                noteProcess(pid);
            } else if (isElapsed(text)) {
                thread = thread == null ? NO_THREAD : thread;
            } else if (thread == null || (thread.isEmpty() && level == null)) {
                thread = text;
            }
        }

        /** {@code pid: 812|app: 0|req: 7/9}, as uWSGI begins a line: only the process says who wrote it. */
        private @Nullable String processIn(String text) {
            if (!text.startsWith(UWSGI)) {
                return null;
            }
            int bar = text.indexOf('|');
            String number = text.substring(UWSGI.length(), bar < 0 ? text.length() : bar)
                    .strip();
            return isNumber(number) ? number : null;
        }

        /** {@code 0.012s}, {@code 12ms}: the time since a start, as the JVM's unified log writes it. */
        private boolean isElapsed(String text) {
            int end = text.endsWith("ms") || text.endsWith("ns") ? text.length() - 2 : text.length() - 1;
            if (end < 1 || text.charAt(text.length() - 1) != 's') {
                return false;
            }
            for (int i = 0; i < end; i++) {
                if (!Character.isDigit(text.charAt(i))
                        && (i == 0 || (text.charAt(i) != '.' && text.charAt(i) != ','))) {
                    return false;
                }
            }
            return true;
        }

        private void noteLevel(String inside) {
            if (level != null) {
                return;
            }
            String text = inside.strip();
            if (Severities.isInBrackets(text)) {
                level = text;
                return;
            }
            if (text.length() == 1) {
                level = Severities.ofLetter(text.charAt(0));
                return;
            }
            int from = 0;
            for (int i = 0; i <= text.length(); i++) {
                if (i == text.length() || !Character.isLetterOrDigit(text.charAt(i))) {
                    if (i > from && Severities.isWord(text.substring(from, i))) {
                        level = text.substring(from, i);
                        return;
                    }
                    from = i + 1;
                }
            }
        }

        /** For lines without a time: a severity in brackets, or before a colon, a bar or a dash. */
        private boolean severityFirst() {
            skipBlanks();
            if (at >= s.length()) {
                return false;
            }
            char c = s.charAt(at);
            if (c == '[' || c == '<' || c == '(') {
                int close = close(at);
                if (close < 0) {
                    return false;
                }
                String inside = s.substring(at + 1, close).strip();
                String found = c == '<'
                        ? inside.length() <= 3 ? Severities.ofPriority(inside) : null
                        : c == '(' ? Severities.ofPair(inside) : Severities.isInBrackets(inside) ? inside : null;
                if (found == null && c == '<' && Severities.isWord(inside)) {
                    found = inside;
                }
                level = found;
                at = close + 1;
                return found != null;
            }
            int end = at;
            while (end < s.length() && Character.isLetterOrDigit(s.charAt(end))) {
                end++;
            }
            int next = end;
            while (next < s.length() && s.charAt(next) == ' ') {
                next++;
            }
            char stop = next < s.length() ? s.charAt(next) : 0;
            boolean marked = stop == ':'
                    || stop == '|'
                    || (stop == '-' && next > end)
                    || (end < s.length() && s.charAt(end) == '\t');
            String word = s.substring(at, end);
            boolean padded = next - end >= 1 && word.equals(word.toUpperCase(Locale.ROOT));
            boolean severity = (stop == ':' && next == end) ? Severities.isBeforeColon(word) : Severities.isWord(word);
            if (!severity || !(marked || padded)) {
                return false;
            }
            level = word;
            at = stop == ':' || stop == '|' ? next + 1 : end;
            return true;
        }

        private void tokens() {
            int n = 0;
            int brackets = 0;
            // Brackets that say more belong to the header only if it goes on behind them.
            int more = -1;
            while (n < MAX_TOKENS && brackets < MAX_BRACKETS) {
                int before = at;
                boolean separated = separators(n > 0 || brackets > 0);
                if (at >= s.length()) {
                    return;
                }
                more = separated ? -1 : more;
                char c = s.charAt(at);
                if (redis && n == 0 && at + 1 < s.length() && s.charAt(at + 1) == ' ' && ".-*#".indexOf(c) >= 0) {
                    level = c == '.' ? "debug" : c == '-' ? "verbose" : c == '*' ? "notice" : "warning";
                    at += 2;
                    return;
                }
                if (c == '[' || c == '<' || c == '(') {
                    int begin = at;
                    boolean unnamed = c == '[' && level != null && thread != null;
                    if (!group(c, brackets)) {
                        at = more < 0 || takeArea() ? at : more;
                        return;
                    }
                    more = unnamed && more < 0 ? begin : more;
                    brackets++;
                    n += c == '<' ? 0 : 1;
                    continue;
                }
                if (n <= 4 && secondTime()) {
                    n++;
                    continue;
                }
                if (!word(n)) {
                    if (more >= 0 && !takeArea()) {
                        at = more;
                    } else if (!separated) {
                        at = before;
                        skipBlanks();
                    }
                    return;
                }
                more = -1;
                n++;
            }
            separators(true);
        }

        /** Passes over blanks and what stands between header tokens. */
        private boolean separators(boolean inHeader) {
            boolean any = false;
            while (at < s.length()) {
                char c = s.charAt(at);
                if (c == ' ' || c == '\t') {
                    at++;
                } else if (c == '|'
                        || (c == ':' && !s.startsWith("://", at))
                        || c == ','
                        || c == ';'
                        || (c == ']' && !any)) {
                    at++;
                    any = true;
                } else if (c == '-' && dashes(at) > at) {
                    int end = dashes(at);
                    if (!inHeader && end - at > 3) {
                        return any;
                    }
                    at = end;
                    any = true;
                } else {
                    return any;
                }
            }
            return any;
        }

        /** The end of one to three dashes with blanks around; the position itself if there are none. */
        private int dashes(int from) {
            int end = from;
            while (end < s.length() && s.charAt(end) == '-') {
                end++;
            }
            boolean blankAfter = end < s.length() && (s.charAt(end) == ' ' || s.charAt(end) == '\t');
            return end - from <= 3 && blankAfter ? end : from;
        }

        /** The time again, as an inner program wrote it. */
        private boolean secondTime() {
            TimeScanner.Hit again = new TimeScanner.Hit();
            if (!times.scan(s, at, again) || again.count || again.ambiguous || !again.dated) {
                return false;
            }
            char next = again.end < s.length() ? s.charAt(again.end) : ' ';
            if (next != ' ' && next != ':' && next != ',' && next != '\t') {
                return false;
            }
            at = again.end;
            return true;
        }

        /** Takes the last brackets as the component if they name one where nothing else does: {@code [Server]}. */
        private boolean takeArea() {
            String inside = s.substring(lastGroupFrom, lastGroupTo).strip();
            if (component != null || inside.isEmpty() || !isSentence(inside.replace(",", ""))) {
                return false;
            }
            component = inside;
            return true;
        }

        /** {@code <Info> <Security> <edge7> <AdminServer> <main>}: the brackets of WebLogic mean something by place. */
        private void webLogic(int place, String inside) {
            switch (place) {
                case 0 -> noteLevel(inside);
                case 1 -> component = inside.isEmpty() ? null : inside;
                case 2 -> host = inside;
                case 3 -> process = inside;
                case 4 -> thread = inside;
                default -> {}
            }
        }

        private boolean group(char c, int place) {
            int close = close(at);
            if (close < 0) {
                return false;
            }
            String inside = s.substring(at + 1, close);
            if (c == '(') {
                String pair = Severities.ofPair(inside);
                if (pair == null && !Severities.isWord(inside)) {
                    return false;
                }
                level = level != null ? level : pair != null ? pair : inside;
            } else if (c == '<' && s.startsWith(WEBLOGIC)) {
                webLogic(place, inside.strip());
            } else {
                noteGroup(inside);
            }
            lastGroupFrom = at + 1;
            lastGroupTo = close;
            at = close + 1;
            return true;
        }

        /** Takes a word that belongs to the header; false where the message begins. */
        private boolean word(int n) {
            int end = at;
            while (end < s.length() && end - at <= MAX_TOKEN_LENGTH && isWordPart(end)) {
                end++;
            }
            if (end == at || end - at > MAX_TOKEN_LENGTH) {
                return false;
            }
            String word = s.substring(at, end);
            char stop = end < s.length() ? s.charAt(end) : 0;
            boolean blank = stop == ' ' || stop == '\t' || stop == 0;
            boolean colon = stop == ':';
            if (level != null && levelFromLetter && Severities.isWord(word) && Character.isUpperCase(word.charAt(1))) {
                level = word;
                levelFromLetter = false;
                at = end + (colon ? 1 : 0);
                return true;
            }
            if (n == 0 && blank && !isSeverity(word) && isHost(word, end)) {
                name(word);
                componentFromPrefix = true;
                at = end;
                return true;
            }
            if (level == null) {
                String found = severityOf(word, stop, n);
                if (found != null) {
                    level = found;
                    at = end + (colon || stop == '|' || stop == ']' ? 1 : 0);
                    // INFO/worker-1
                    if (stop == '/') {
                        int rest = end + 1;
                        while (rest < s.length() && s.charAt(rest) != '/' && isWordPart(rest)) {
                            rest++;
                        }
                        name(s.substring(end + 1, rest));
                        at = rest;
                    }
                    return true;
                }
                if (severityAhead(end, stop)) {
                    name(word);
                    at = end + (blank ? 0 : 1);
                    return true;
                }
            }
            if (stop == '|' || stop == ']') {
                if (!isNew(word) && (thread != null || (stop == '|' && !isAfter('|')))) {
                    return false;
                }
                name(word);
                at = end + 1;
                return true;
            }
            if (colon) {
                if (s.startsWith("//", end + 1) || (end + 1 < s.length() && s.charAt(end + 1) == '\\')) {
                    return false;
                }
                boolean end2 = end + 1 >= s.length() || s.charAt(end + 1) <= ' ';
                boolean header = level != null ? (end2 || !isNumber(word)) : end2 && looksLikeName(word);
                if (!header || !isNew(word)) {
                    return false;
                }
                name(word);
                at = end + 1;
                return true;
            }
            if (blank && end < s.length()) {
                int next = end;
                while (next < s.length() && (s.charAt(next) == ' ' || s.charAt(next) == '\t')) {
                    next++;
                }
                boolean dash = next < s.length() && s.charAt(next) == '-' && dashes(next) > next;
                boolean separator = next + 1 < s.length()
                        && (s.charAt(next) == ':' || s.charAt(next) == '|')
                        && s.charAt(next + 1) == ' ';
                boolean bracketThenDash = next < s.length() && s.charAt(next) == '[' && level != null && isNumber(word);
                if (dash || separator || bracketThenDash) {
                    if (level == null && !separator) {
                        return false;
                    }
                    if (!isNew(word) && s.charAt(at - 1) == ':' && isLineOf(word)) {
                        component += ':' + word;
                        at = next;
                        return true;
                    }
                    if (!isNew(word)) {
                        return false;
                    }
                    name(word);
                    at = next;
                    return true;
                }
                if (looksLikeSource(word) || isProgram(word) || (level != null && isLogger(word) && !isAfter(':'))) {
                    if (!isNew(word)) {
                        return false;
                    }
                    name(word);
                    at = next;
                    return true;
                }
                if (isNumber(word) && level != null && n <= 3 && (s.startsWith("--- ", next) || sourceAhead(next))) {
                    noteProcess(word);
                    at = next;
                    return true;
                }
                if (level == null && n == 0 && next - end >= 4 && !isNumber(word)) {
                    // A column padded to its width.
                    name(word);
                    at = next;
                    return true;
                }
            }
            return false;
        }

        /** {@code sshd[77]}. */
        private boolean isProgram(String word) {
            int open = word.indexOf('[');
            return open > 0
                    && word.endsWith("]")
                    && Character.isLetter(word.charAt(0))
                    && isNumber(word.substring(open + 1, word.length() - 1));
        }

        /** Whether a word stands before a program or before the time again. */
        private boolean isHost(String word, int end) {
            int next = end;
            while (next < s.length() && s.charAt(next) == ' ') {
                next++;
            }
            return isProgramAhead(next) || (!isSentence(word) && isTimeAhead(next));
        }

        private boolean isProgramAhead(int from) {
            int end = from;
            while (end < s.length() && s.charAt(end) > ' ' && s.charAt(end) != ']' && end - from < MAX_TOKEN_LENGTH) {
                end++;
            }
            boolean marked = end + 1 < s.length()
                    && s.charAt(end) == ']'
                    && (s.charAt(end + 1) == ':' || s.charAt(end + 1) == ' ');
            return marked && isProgram(s.substring(from, end + 1));
        }

        private boolean isTimeAhead(int from) {
            TimeScanner.Hit ahead = new TimeScanner.Hit();
            return times.scan(s, from, ahead) && ahead.dated && !ahead.count && !ahead.ambiguous;
        }

        /** Whether a word says who wrote the line where nothing has said so yet; behind that it is of the message. */
        private boolean isNew(String word) {
            return component == null || componentFromPrefix || isNumber(word);
        }

        /** {@code save:41}, behind the name of its module. */
        private boolean isLineOf(String word) {
            int colon = word.indexOf(':');
            return colon > 0 && isNumber(word.substring(colon + 1));
        }

        /** Whether a character, such as the colon behind which a message begins, stands before the word. */
        private boolean isAfter(char separator) {
            int i = at - 1;
            while (i >= 0 && s.charAt(i) <= ' ') {
                i--;
            }
            return i >= 0 && s.charAt(i) == separator;
        }

        /** Whether klog's place in the program follows: {@code f.go:200] }. */
        private boolean sourceAhead(int from) {
            int bracket = s.indexOf("] ", from);
            return bracket > 0 && bracket - from <= MAX_TOKEN_LENGTH && looksLikeSource(s.substring(from, bracket));
        }

        private boolean isWordPart(int i) {
            char c = s.charAt(i);
            if (c <= ' ' || c == '|' || c == '"' || c == '{' || (c == '[' && i == at)) {
                return false;
            }
            if (c == ']') {
                if (bracketFrom != at) {
                    bracketFrom = at;
                    bracket = s.indexOf('[', at);
                }
                return bracket >= 0 && bracket <= i;
            }
            if (c == ':') {
                char next = i + 1 < s.length() ? s.charAt(i + 1) : ' ';
                char previous = i > at ? s.charAt(i - 1) : ' ';
                return next == ':'
                        || (previous == ':' && next > ' ')
                        || (Character.isDigit(next)
                                && (i - at > MAX_TOKEN_LENGTH || !Severities.isWord(s.substring(at, i))));
            }
            return true;
        }

        private @Nullable String severityOf(String word, char stop, int n) {
            boolean blank = stop == ' ' || stop == '\t';
            if (Severities.isWord(word)) {
                boolean upper = Character.isUpperCase(word.charAt(1));
                boolean marked = stop == ':' || stop == '|' || stop == ']' || stop == '\t';
                return upper || marked || (n == 0 && blank) ? word : null;
            }
            int slash = word.indexOf('/');
            if (slash > 0 && Severities.isWord(word.substring(0, slash)) && Character.isUpperCase(word.charAt(1))) {
                name(word.substring(slash + 1));
                return word.substring(0, slash);
            }
            int dot = word.lastIndexOf('.');
            if (dot > 0
                    && stop == ':'
                    && Severities.isWord(word.substring(dot + 1))
                    && Character.isUpperCase(word.charAt(dot + 2))) {
                name(word.substring(0, dot));
                return word.substring(dot + 1);
            }
            if (word.startsWith("%") && stop == ':') {
                String severity = ciscoSeverity(word);
                if (severity != null && isNew(word)) {
                    name(word);
                }
                return severity;
            }
            if (stop == ':' && Severities.isBeforeColon(word)) {
                return word;
            }
            boolean letter = word.length() == 1
                    && (stop == '|' || (stop == ':' && !isPathAhead()) || (blank && n >= 1 && previousIsNumber()));
            return letter ? Severities.ofLetter(word.charAt(0)) : null;
        }

        /** {@code C:\Windows} or {@code C:/Windows}. */
        private boolean isPathAhead() {
            return at + 2 < s.length() && (s.charAt(at + 2) == '\\' || s.charAt(at + 2) == '/');
        }

        /** {@code %FACILITY-5-MNEMONIC}. */
        private @Nullable String ciscoSeverity(String word) {
            for (int i = 1; i + 2 < word.length(); i++) {
                if (word.charAt(i) == '-' && Character.isDigit(word.charAt(i + 1)) && word.charAt(i + 2) == '-') {
                    return Severities.ofPriority(word.substring(i + 1, i + 2));
                }
            }
            return null;
        }

        private boolean previousIsNumber() {
            int i = at - 1;
            while (i >= 0 && s.charAt(i) <= ' ') {
                i--;
            }
            return i >= 0 && Character.isDigit(s.charAt(i));
        }

        /** Whether a severity in capitals or brackets follows, with nothing before it that is part of a sentence. */
        private boolean severityAhead(int from, char firstStop) {
            String first = s.substring(at, from);
            if (isSentence(first) && firstStop != '|' && firstStop != ']') {
                return isColumnAhead(first, from);
            }
            int i = from;
            for (int n = 0; n < 6; n++) {
                while (i < s.length()
                        && (s.charAt(i) <= ' ' || s.charAt(i) == '|' || s.charAt(i) == ':' || s.charAt(i) == ']')) {
                    i++;
                }
                if (i < s.length() && s.charAt(i) == '-' && dashes(i) > i) {
                    i = dashes(i);
                    continue;
                }
                if (i >= s.length()) {
                    return false;
                }
                if (s.charAt(i) == '[' || s.charAt(i) == '<') {
                    int close = close(i);
                    if (close < 0) {
                        return false;
                    }
                    if (Severities.isInBrackets(s.substring(i + 1, close).strip())) {
                        return true;
                    }
                    i = close + 1;
                    continue;
                }
                int end = i;
                while (end < s.length()
                        && s.charAt(end) > ' '
                        && s.charAt(end) != '|'
                        && s.charAt(end) != ':'
                        && s.charAt(end) != '/') {
                    end++;
                }
                String word = s.substring(i, end);
                if (word.length() <= 13
                        && Severities.isWord(word)
                        && Character.isUpperCase(word.charAt(word.length() - 1))) {
                    return true;
                }
                if (word.length() == 1
                        && end < s.length()
                        && s.charAt(end) == ' '
                        && Severities.ofLetter(word.charAt(0)) != null
                        && isNumber(first)) {
                    return true;
                }
                if (word.isEmpty() || isSentence(word)) {
                    return false;
                }
                i = end;
            }
            return false;
        }

        /**
         * Whether a severity in capitals follows a name such as {@code main}, set off as no sentence does: by more than
         * one blank, or before a word that begins with a capital.
         */
        private boolean isColumnAhead(String first, int from) {
            int begin = from;
            while (begin < s.length() && s.charAt(begin) == ' ') {
                begin++;
            }
            int end = begin;
            while (end < s.length() && Character.isUpperCase(s.charAt(end))) {
                end++;
            }
            if (end + 1 >= s.length()
                    || s.charAt(end) != ' '
                    || !first.equals(first.toLowerCase(Locale.ROOT))
                    || !Severities.isWord(s.substring(begin, end))) {
                return false;
            }
            char after = s.charAt(end + 1);
            return begin - from > 1 || after == ' ' || after == '[' || Character.isUpperCase(after);
        }

        /** Whether a word could be one of a sentence: letters only. */
        private boolean isSentence(String word) {
            for (int i = 0; i < word.length(); i++) {
                if (!Character.isLetter(word.charAt(i)) && word.charAt(i) != '\'') {
                    return false;
                }
            }
            return true;
        }

        private boolean looksLikeName(String word) {
            boolean lower = true;
            for (int i = 0; i < word.length(); i++) {
                char c = word.charAt(i);
                if (".[_/$#@".indexOf(c) >= 0 || Character.isDigit(c) || c == ':') {
                    return !isNumber(word) && word.indexOf('\\') < 0 && !word.startsWith("/");
                }
                lower &= Character.isLowerCase(c) || c == '-';
            }
            return lower && !Severities.isWord(word);
        }

        /** {@code internal/queue_sender.go:128}. */
        private boolean looksLikeSource(String word) {
            int colon = word.lastIndexOf(':');
            return colon > 1
                    && colon + 1 < word.length()
                    && isNumber(word.substring(colon + 1))
                    && Character.isLetter(word.charAt(0))
                    && (word.indexOf('.') > 0 || word.indexOf(':') < colon)
                    && word.indexOf('@') < 0;
        }

        /** {@code org.example.App}: at least two dots between names. */
        private boolean isLogger(String word) {
            int dots = 0;
            boolean start = true;
            for (int i = 0; i < word.length(); i++) {
                char c = word.charAt(i);
                if (c == '.') {
                    if (start) {
                        return false;
                    }
                    dots++;
                    start = true;
                } else if (start ? !Character.isLetter(c) : !Character.isLetterOrDigit(c) && c != '_' && c != '$') {
                    return false;
                } else {
                    start = false;
                }
            }
            return dots >= 2 && !start;
        }

        private boolean isNumber(String word) {
            for (int i = 0; i < word.length(); i++) {
                if (!Character.isDigit(word.charAt(i))) {
                    return false;
                }
            }
            return !word.isEmpty();
        }

        /** Takes the process id, or the thread's beside it. */
        private void noteProcess(String number) {
            process = process == null ? number : process.indexOf('/') < 0 ? process + '/' + number : process;
        }

        private void name(String word) {
            if (isNumber(word)) {
                noteProcess(word);
            } else if ((component == null || componentFromPrefix) && !word.isEmpty()) {
                int bracket = word.indexOf('[');
                if (isProgram(word)) {
                    noteProcess(word.substring(bracket + 1, word.length() - 1));
                }
                host = componentFromPrefix ? component : host;
                component = bracket > 0 ? word.substring(0, bracket) : word;
                componentFromPrefix = false;
            } else if (thread == null && !word.isEmpty()) {
                thread = word;
            }
        }

        /** The position of the bracket that closes one; -1 if it is far or not there. */
        private int close(int from) {
            char opening = s.charAt(from);
            char closing = closing(opening);
            int depth = 0;
            for (int i = from; i < s.length() && i - from <= MAX_GROUP_LENGTH; i++) {
                char c = s.charAt(i);
                if (c == opening) {
                    depth++;
                } else if (c == closing && --depth == 0) {
                    return i;
                }
            }
            return -1;
        }

        private char closing(char c) {
            return switch (c) {
                case '[' -> ']';
                case '(' -> ')';
                case '<' -> '>';
                case '{' -> '}';
                case '"', '\'' -> c;
                default -> 0;
            };
        }

        private void skipBlanks() {
            while (at < s.length() && s.charAt(at) <= ' ') {
                at++;
            }
        }
    }
}
