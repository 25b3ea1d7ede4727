package io.deepsentry.parse.redact;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Goes once over a text and replaces the secrets in it. What was replaced is not looked at again, and what is looked at
 * before it is replaced is bounded, so the work grows with the length of the text alone. For one text.
 */
final class SecretScanner {
    private static final int LONGEST_LOOK = 64;
    private static final int LONGEST_TAG = 200;
    private static final int LEAST_BEARER = 16;
    private static final int LEAST_TOKEN = 6;
    private static final int LEAST_LONG_TOKEN = 16;
    /** Of {@code with the wrong password}. */
    private static final int MOST_USED_WORDS = 3;
    /** No key and no group of a card's number is as short. */
    private static final int FEW_DIGITS = 3;

    /** What may begin something. */
    private static final boolean[] SIGNS = new boolean[128];

    private static final boolean[] WORD = new boolean[128];

    static {
        for (char c = 0; c < 128; c++) {
            WORD[c] = Character.isLetterOrDigit(c) || c == '_';
            SIGNS[c] = WORD[c] || "@:=>%\\-\"'<&~.".indexOf(c) >= 0;
        }
    }

    private final String text;
    private final boolean keys;
    private final boolean passwords;
    private final boolean emails;
    private final boolean cards;
    private final SecretNames names;
    private final SecretSyntax syntax;
    /** Where commands first are; null while none was looked for. */
    private @Nullable Map<String, Integer> commands;

    private @Nullable StringBuilder out;
    private int copied;

    SecretScanner(String text, Set<Redaction.Kind> kinds, SecretNames names) {
        this.text = text;
        this.names = names;
        keys = kinds.contains(Redaction.Kind.KEYS);
        passwords = kinds.contains(Redaction.Kind.PASSWORDS);
        emails = kinds.contains(Redaction.Kind.EMAILS);
        cards = kinds.contains(Redaction.Kind.CARDS);
        syntax = new SecretSyntax(text);
    }

    /** Returns the text without its secrets; the same object if there are none. */
    String run() {
        int length = text.length();
        // Faster to go through than the text; a NUL ends its last word.
        char[] s = new char[length + 1];
        text.getChars(0, length, s, 0);
        int at = 0;
        while (at < length) {
            char c = s[at];
            if (c >= 128 || !SIGNS[c]) {
                at++;
            } else if (WORD[c]) {
                int end = at + 1;
                while (isWord(s[end])) {
                    end++;
                }
                // Parts of addresses and times: as few digits alone begin nothing.
                boolean few = c <= '9' && end - at <= FEW_DIGITS && s[end] != '/';
                int next = few ? at : word(at, c);
                at = next > at ? next : end;
            } else {
                at = Math.max(sign(at, c), at + 1);
            }
        }
        return out == null ? text : out.append(text, copied, length).toString();
    }

    private static boolean isWord(char c) {
        return c < 128 && WORD[c];
    }

    /** Returns the text, which is the value of a field with this name, without what the name says to be a secret. */
    String value(String name) {
        SecretNames.Sort sort = names.sort(name, name.length());
        if (sort == null || sort == SecretNames.Sort.VALUE || syntax.isPlaceholder(0)) {
            return text;
        }
        boolean secret =
                switch (sort) {
                    case COOKIE -> syntax.isCookie(0);
                    case TOKEN -> syntax.isToken(0, null, LEAST_TOKEN);
                    case LONG_TOKEN -> syntax.isToken(0, null, LEAST_LONG_TOKEN);
                    case CODE -> syntax.codeEnd(0) > 0;
                    case AUTHORIZATION -> true;
                    default -> !syntax.isNoSecret(0, null, false) && !syntax.isFolder(name, 0);
                };
        int scheme = sort == SecretNames.Sort.AUTHORIZATION ? syntax.skipBlanks(syntax.schemeEnd(0)) : 0;
        boolean some = secret && scheme < text.length() && !syntax.isPlaceholder(scheme);
        return some ? text.substring(0, scheme) + Redaction.MARK : text;
    }

    /** Replaces a part of the text, as far as it is not yet; returns where to go on. */
    private int replace(int from, int end) {
        int begin = Math.max(from, copied);
        if (end > begin) {
            if (out == null) {
                out = new StringBuilder(text.length());
            }
            out.append(text, copied, begin).append(Redaction.MARK);
            copied = end;
        }
        return end;
    }

    /** Looks at the word that begins here; returns where to go on, or {@code from} if it is just a word. */
    private int word(int from, char c) {
        if (keys) {
            int end = TokenShapes.end(text, from);
            if (end != 0) {
                return end > 0 ? replace(from, end) : -end;
            }
        }
        if (keys && c == 'P' && text.startsWith("Private-Lines:", from)) {
            int mac = text.indexOf("Private-MAC", from);
            return replace(from + "Private-Lines:".length(), mac < 0 ? text.length() : mac);
        }
        if (c >= '0' && c <= '9') {
            int end = cards ? CardNumbers.end(text, from) : -1;
            return end > 0 ? replace(from, end) : from;
        }
        if (passwords && from > 0 && text.charAt(from - 1) == ' ') {
            int end = sentence(from, c);
            if (end > from) {
                return end;
            }
        }
        boolean scheme = passwords && (c == 'B' || c == 'b') && from + 6 < text.length();
        return scheme ? credentials(from) : from;
    }

    /**
     * Looks at a word that may lead from a name in a sentence to its value; returns where to go on, or {@code from} if
     * it does not.
     */
    private int sentence(int from, char c) {
        int end =
                switch (c) {
                    case 'i' -> after(from, "is");
                    case 'w' -> Math.max(after(from, "was"), Math.max(after(from, "were"), after(from, "with")));
                    case 'a' -> after(from, "are");
                    case 'e' -> Math.max(after(from, "equals"), after(from, "entered"));
                    case 't' -> Math.max(after(from, "to"), after(from, "tried"));
                    case 'u' -> after(from, "using");
                    default -> from;
                };
        if (end <= from) {
            return from;
        }
        if (c == 'u'
                || text.startsWith("with", from)
                || text.startsWith("entered", from)
                || text.startsWith("tried", from)) {
            return used(end, from);
        }
        PasswordPhrase phrase = PasswordPhrase.before(text, from - 1, names);
        if (phrase == null || (c == 't' && !phrase.changed())) {
            return from;
        }
        return prose(syntax.skipFillers(end), phrase.sort(), from);
    }

    /**
     * Where a word ends that begins here, with a colon or an equals sign that may follow it; 0 if another word is here.
     */
    private int after(int from, String word) {
        if (!text.startsWith(word, from)) {
            return 0;
        }
        int end = from + word.length();
        end += end < text.length() && (text.charAt(end) == ':' || text.charAt(end) == '=') ? 1 : 0;
        return end < text.length() && text.charAt(end) == ' ' ? end : 0;
    }

    /** A name that somebody uses, and its value without anything between them: {@code with the password hunter2}. */
    private int used(int from, int otherwise) {
        int begin = from + 1;
        for (int word = 0; word < MOST_USED_WORDS; word++) {
            int end = begin;
            while (end < text.length() && end - begin < LONGEST_LOOK && isWord(text.charAt(end))) {
                end++;
            }
            if (end == begin || end >= text.length() || text.charAt(end) != ' ') {
                return otherwise;
            }
            if (names.sort(text, end) == SecretNames.Sort.SECRET) {
                return prose(end, SecretNames.Sort.SECRET, otherwise);
            }
            begin = end + 1;
        }
        return otherwise;
    }

    /** What a sentence says a secret to be, if it is quoted or looks like no word; returns {@code otherwise} if not. */
    private int prose(int from, SecretNames.Sort sort, int otherwise) {
        int begin = syntax.skipBlanks(from);
        Quote quote = Quote.at(text, begin);
        begin += quote == null ? 0 : quote.opening().length();
        if (begin >= text.length() || syntax.isPlaceholder(begin)) {
            return otherwise;
        }
        boolean secret =
                switch (sort) {
                    case SECRET -> quote != null || syntax.proseEnd(begin) > begin;
                    case TOKEN -> syntax.isToken(begin, quote, LEAST_TOKEN);
                    case LONG_TOKEN -> syntax.isToken(begin, quote, LEAST_LONG_TOKEN);
                    case CODE -> syntax.codeEnd(begin) > begin;
                    default -> false;
                };
        if (!secret) {
            return otherwise;
        }
        int end = quote != null
                ? syntax.quotedEnd(quote, begin)
                : switch (sort) {
                    case SECRET -> syntax.proseEnd(begin);
                    case CODE -> syntax.codeEnd(begin);
                    default -> syntax.wordEnd(begin);
                };
        return end > begin ? replace(begin, end) : otherwise;
    }

    /** Credentials that stand behind their scheme alone. */
    private int credentials(int from) {
        if (text.regionMatches(true, from, "bearer", 0, 6)) {
            int begin = syntax.skipBlanks(from + 6);
            int end = syntax.credentialEnd(begin);
            return begin > from + 6 && end - begin >= LEAST_BEARER ? replace(begin, end) : from;
        }
        if (text.regionMatches(true, from, "basic", 0, 5)) {
            int begin = syntax.skipBlanks(from + 5);
            int end = Math.min(syntax.credentialEnd(begin), begin + 4 * LONGEST_LOOK);
            return begin > from + 5 && isNameAndPassword(text.substring(begin, end)) ? replace(begin, end) : from;
        }
        return from;
    }

    private static boolean isNameAndPassword(String encoded) {
        if (encoded.length() < 4 || encoded.length() % 4 == 1) {
            return false;
        }
        try {
            String plain = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            return plain.indexOf(':') >= 0 && plain.chars().allMatch(c -> c >= ' ' && c < 0xFFFD);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Looks at a sign; returns where to go on. */
    private int sign(int at, char c) {
        return switch (c) {
            case '@' -> passwords && sourceName(at) ? at + 1 : emails ? email(at) : at + 1;
            case '-' -> hyphen(at);
            case '~' -> keys ? replaced(at - 5, TokenShapes.entraEnd(text, at), at + 1) : at + 1;
            case '.' ->
                keys && text.startsWith("at", at + 1)
                        ? replaced(at - 14, TokenShapes.atlasEnd(text, at), at + 1)
                        : at + 1;
            case ':' -> text.startsWith("://", at) ? url(at) : passwords ? named(at, 1) : at + 1;
            default -> passwords ? signOfPassword(at, c) : at + 1;
        };
    }

    private int replaced(int from, int end, int otherwise) {
        return end > 0 ? replace(from, end) : otherwise;
    }

    private int signOfPassword(int at, char c) {
        return switch (c) {
            case '=' -> named(at, 1);
            case '>' -> greater(at);
            case '"', '\'' -> quoted(at);
            case '<' -> element(at, "<", ">");
            case '&' -> text.startsWith("&lt;", at) ? element(at, "&lt;", "&gt;") : at + 1;
            case '%' -> isEncoded(at) ? named(at, 3) : at + 1;
            case '\\' ->
                text.startsWith("\\u003d", at)
                        ? named(at, 6)
                        : text.startsWith("\\u003c", at) ? element(at, "\\u003c", "\\u003e") : at + 1;
            default -> at + 1;
        };
    }

    private boolean isEncoded(int at) {
        return text.regionMatches(true, at, "%3D", 0, 3) || text.regionMatches(true, at, "%3A", 0, 3);
    }

    /** A name, a separator that is here, and a value. */
    private int named(int separator, int width) {
        int next = separator + width;
        SecretNames.Sort sort = names.sort(text, syntax.nameEnd(separator));
        if (sort == null) {
            PasswordPhrase phrase =
                    text.startsWith(": ", separator) ? PasswordPhrase.before(text, separator, names) : null;
            return phrase == null ? next : prose(next, phrase.sort(), next);
        }
        char c = text.charAt(separator);
        char before = text.charAt(separator - 1);
        if (before == '!' || (c == ':' && before == ':')) {
            return next;
        }
        int from = next;
        if (c == ':' && text.startsWith(":", next)) {
            if (!text.startsWith(" ", next + 1)) {
                return next;
            }
            from++;
        } else if (width == 1 && from < text.length()) {
            char after = text.charAt(from);
            from += after == '>' || after == '=' ? 1 : 0;
        }
        boolean prose = c == ':' && from < text.length() && text.charAt(from) == ' ';
        return value(from, sort, syntax.nameEnd(separator), prose, width == 3);
    }

    /**
     * Replaces a value.
     *
     * @param prose whether the name may be a word of a sentence
     * @param encoded whether the text is that of an address, percent-encoded
     */
    private int value(int from, SecretNames.Sort sort, int nameEnd, boolean prose, boolean encoded) {
        int begin = syntax.skipBlanks(from);
        boolean list = begin < text.length() && text.charAt(begin) == '[';
        begin = syntax.skipWrapper(list ? begin + 1 : begin);
        Quote quote = Quote.at(text, begin);
        begin += quote == null ? 0 : quote.opening().length();
        if (begin >= text.length() || syntax.isPlaceholder(begin)) {
            return from;
        }
        if (sort == SecretNames.Sort.AUTHORIZATION) {
            return authorization(from, begin, quote, prose);
        }
        if (sort == SecretNames.Sort.COOKIE) {
            return syntax.isCookie(begin)
                    ? replace(begin, quote == null ? syntax.cookiesEnd(begin) : syntax.quotedEnd(quote, begin))
                    : from;
        }
        boolean secret =
                switch (sort) {
                    case VALUE -> {
                        SecretNames.Sort beside = names.sort(text, syntax.siblingEnd(nameEnd));
                        yield beside == SecretNames.Sort.SECRET || beside == SecretNames.Sort.TOKEN;
                    }
                    case TOKEN -> syntax.isToken(begin, quote, LEAST_TOKEN);
                    case LONG_TOKEN -> syntax.isToken(begin, quote, LEAST_LONG_TOKEN);
                    case CODE -> syntax.codeEnd(begin) > begin;
                    default -> true;
                };
        if (!secret) {
            return from;
        }
        boolean connection = syntax.inConnectionString(nameEnd);
        boolean braced = connection && text.charAt(begin) == '{';
        if (!braced
                && (syntax.isNoSecret(begin, quote, prose)
                        || syntax.isFolder(text.substring(Math.max(0, nameEnd - 3), nameEnd), begin))) {
            return from;
        }
        return replaceAll(from, begin, quote, list, connection, encoded);
    }

    /** Replaces a value, or each of a list of quoted ones. */
    private int replaceAll(
            int from, int first, @Nullable Quote quote, boolean list, boolean connection, boolean encoded) {
        int begin = first;
        while (true) {
            int end = quote != null
                    ? syntax.quotedEnd(quote, begin)
                    : encoded ? syntax.encodedEnd(begin) : syntax.plainEnd(begin, connection);
            if (end <= begin) {
                return begin == first ? from : begin;
            }
            replace(begin, end);
            int next = quote == null || !list
                    ? -1
                    : syntax.nextOfList(end + quote.closing().length());
            Quote another = next < 0 ? null : Quote.at(text, next);
            if (another == null) {
                return end;
            }
            quote = another;
            begin = next + another.opening().length();
        }
    }

    /** Keeps the scheme, so that one sees how somebody came in. */
    private int authorization(int from, int begin, @Nullable Quote quote, boolean prose) {
        int schemeEnd = syntax.schemeEnd(begin);
        int secret = schemeEnd > begin ? syntax.skipBlanks(schemeEnd) : begin;
        if (secret >= text.length() || syntax.isPlaceholder(secret)) {
            return from;
        }
        if (quote != null) {
            int end = syntax.quotedEnd(quote, begin);
            return end > secret ? replace(secret, end) : from;
        }
        if (schemeEnd == begin && syntax.isNoSecret(begin, null, prose)) {
            return from;
        }
        int end = syntax.parametersEnd(secret);
        return end > secret ? replace(secret, end) : from;
    }

    /** An arrow behind a name, or the end of a tag whose attribute names the secret. */
    private int greater(int at) {
        if (at == 0) {
            return 1;
        }
        char before = text.charAt(at - 1);
        if (before == '-') {
            SecretNames.Sort sort = names.sort(text, syntax.nameEnd(at - 1));
            return sort == SecretNames.Sort.SECRET ? value(at + 1, sort, syntax.nameEnd(at - 1), false, false) : at + 1;
        }
        if (before == '"' || before == '\'') {
            SecretNames.Sort sort = names.sort(text, at - 1);
            if (sort == SecretNames.Sort.SECRET) {
                return content(at + 1, "<");
            }
        }
        return at + 1;
    }

    /** An element of XML that has the name of a secret. */
    private int element(int at, String open, String close) {
        int begin = at + open.length();
        int end = begin;
        while (end < text.length() && end - begin < LONGEST_LOOK && isNamePart(text.charAt(end))) {
            end++;
        }
        SecretNames.Sort sort = end == begin ? null : names.sort(text, end);
        if (sort == null || sort == SecretNames.Sort.COOKIE) {
            return begin;
        }
        int closed = end;
        while (closed < text.length()
                && closed - end < LONGEST_TAG
                && text.charAt(closed) != '<'
                && !text.startsWith(close, closed)) {
            closed++;
        }
        if (!text.startsWith(close, closed) || text.charAt(closed - 1) == '/') {
            return begin;
        }
        int from = closed + close.length();
        if (sort == SecretNames.Sort.VALUE) {
            SecretNames.Sort beside = names.sort(text, syntax.elementBefore(at));
            return beside == SecretNames.Sort.SECRET ? content(from, open) : from;
        }
        boolean secret = sort != SecretNames.Sort.LONG_TOKEN || syntax.isToken(from, null, LEAST_LONG_TOKEN);
        return secret ? content(from, open) : from;
    }

    private static boolean isNamePart(char c) {
        return isWord(c) || c == ':' || c == '-' || c == '.';
    }

    /** Replaces what an element contains, if it ends as one. */
    private int content(int from, String open) {
        String literal = "<![CDATA[";
        if (text.startsWith(literal, from)) {
            int end = text.indexOf("]]>", from);
            return replace(from + literal.length(), end < 0 ? text.length() : end);
        }
        int end = syntax.indexOf(open, from);
        if (end == from || from >= text.length() || syntax.isPlaceholder(from)) {
            return from;
        }
        if (end < 0) {
            // Cut off, or no element at all.
            return Character.isWhitespace(text.charAt(from)) ? from : replace(from, syntax.plainEnd(from, false));
        }
        boolean element = text.startsWith("/", end + open.length()) || text.startsWith("\\/", end + open.length());
        return element && !syntax.isBlank(from, end) ? replace(from, end) : from;
    }

    /** A private key, or an option of a command. */
    private int hyphen(int at) {
        if (keys && text.startsWith("---- BEGIN SSH2", at) && isPrivate(at)) {
            return replace(at, keyEnd(at, "---- END", "----"));
        }
        if (text.startsWith("-----BEGIN ", at)) {
            return keys && isPrivate(at) ? replace(at, keyEnd(at, "-----END", "-----")) : at + 5;
        }
        return passwords ? option(at) : at + 1;
    }

    private boolean isPrivate(int at) {
        String head = text.substring(at, Math.min(text.length(), at + LONGEST_LOOK));
        int found = head.indexOf("PRIVATE KEY");
        return found > 0 && head.lastIndexOf("--", found) < 5;
    }

    private int keyEnd(int at, String end, String dashes) {
        int begin = text.indexOf(end, at + dashes.length());
        int last = begin < 0 ? -1 : text.indexOf(dashes, begin + end.length());
        return last < 0 ? text.length() : last + dashes.length();
    }

    private int option(int at) {
        if (at > 0 && !Character.isWhitespace(text.charAt(at - 1)) && "\"'[,(`".indexOf(text.charAt(at - 1)) < 0) {
            return at + 1;
        }
        int begin = text.startsWith("--", at) ? at + 2 : at + 1;
        int end = begin;
        while (end < text.length()
                && end - begin < LONGEST_LOOK
                && (isWord(text.charAt(end)) || text.charAt(end) == '-' || text.charAt(end) == '.')) {
            end++;
        }
        if (end == begin || end == text.length()) {
            return at + 1;
        }
        int known = command(at, begin, end);
        if (known >= 0) {
            return known;
        }
        int value = syntax.optionValue(end);
        SecretNames.Sort sort = value < 0 || text.charAt(value) == '-' ? null : names.sort(text, end);
        if (sort == SecretNames.Sort.SECRET || sort == SecretNames.Sort.TOKEN) {
            int next = value(value, sort, end, true, false);
            return next > value ? next : end;
        }
        return end;
    }

    /**
     * The options with one letter of programs that everybody knows. Returns where to go on, or -1 if it is none of
     * them.
     */
    private int command(int at, int begin, int end) {
        String name = text.substring(begin, end);
        boolean attached = name.length() > 1 && begin == at + 1;
        int value = syntax.optionValue(end);
        boolean user = name.equals("u") || name.equals("U") || name.equals("user") || name.equals("proxy-user");
        if (user && value >= 0 && (isBehind("curl", at) || isBehind("http ", at))) {
            int colon = syntax.colon(value);
            boolean found = colon > 0;
            Quote quote = Quote.at(text, value);
            int stop = !found ? -1 : quote != null ? syntax.quotedEnd(quote, value + 1) : syntax.plainEnd(value, false);
            return found && stop > colon + 1 && !syntax.isPlaceholder(colon + 1) ? replace(colon + 1, stop) : -1;
        }
        if (attached
                && name.charAt(0) == 'p'
                && (isBehind("mysql", at) || isBehind("mariadb", at) || isBehind("sshpass", at))) {
            return replace(begin + 1, syntax.plainEnd(begin + 1, false));
        }
        boolean secret = (name.equals("p") && (isBehind("sshpass", at) || isBehind(" login", at)))
                || (name.equals("a") && isBehind("redis-cli", at))
                || (name.equals("w") && isBehind("ldap", at));
        if (secret && value >= 0) {
            int next = value(value, SecretNames.Sort.SECRET, end, false, false);
            return next > value ? next : -1;
        }
        return -1;
    }

    private boolean isBehind(String command, int at) {
        if (commands == null) {
            commands = new HashMap<>();
        }
        int first = commands.computeIfAbsent(command, text::indexOf);
        return first >= 0 && first < at;
    }

    /** A value in quotes behind a name without separator, as in SQL. */
    private int quoted(int at) {
        if (at < 2) {
            return at + 1;
        }
        char before = text.charAt(at - 1);
        if (before != ' ' && before != '(') {
            return at + 1;
        }
        int end = before == '(' ? at - 1 : syntax.backBlanks(at);
        boolean identified = end >= 13 && text.regionMatches(true, end - 13, "identified by", 0, 13);
        if (identified || names.sort(text, end) == SecretNames.Sort.SECRET) {
            return Math.max(at + 1, value(at, SecretNames.Sort.SECRET, end, false, false));
        }
        return at + 1;
    }

    /** The password in an address, a token in place of the user, or the secret path of a webhook. */
    private int url(int at) {
        int begin = at + 3;
        int end = syntax.authorityEnd(begin);
        int sign = syntax.lastIndexOf('@', begin, end);
        if (sign < 0) {
            sign = syntax.signBehindSlash(begin, end);
        }
        if (sign < 0) {
            return keys ? webhook(begin, end) : begin;
        }
        int colon = text.indexOf(':', begin);
        if (passwords && colon > 0 && colon < sign) {
            boolean secret = colon + 1 < sign && !syntax.isPlaceholder(colon + 1);
            return secret ? replace(colon + 1, sign) : sign + 1;
        }
        return passwords && syntax.isRandom(begin, sign, 16) ? replace(begin, sign) : begin;
    }

    private int webhook(int begin, int end) {
        String host = text.substring(begin, Math.min(end, begin + LONGEST_LOOK)).toLowerCase(Locale.ROOT);
        if (host.equals("api.telegram.org") && text.startsWith("/bot", end)) {
            int last = TokenShapes.end(text, Math.min(end + 4, text.length() - 1));
            return last > 0 ? replace(end + 4, last) : begin;
        }
        String path = host.equals("hooks.slack.com")
                ? "/"
                : host.equals("discord.com") || host.equals("discordapp.com")
                        ? "/api/webhooks/"
                        : host.endsWith("webhook.office.com") ? "/webhookb2/" : "";
        if (path.isEmpty() || !text.startsWith(path, end)) {
            return begin;
        }
        int from = path.equals("/") ? text.indexOf('/', end + 1) + 1 : end + path.length();
        int last = syntax.pathEnd(Math.max(from, end));
        return from > end && from < last && !syntax.isPlaceholder(from) ? replace(from, last) : begin;
    }

    /** Whether the sign is that of a data source, whose password is now replaced: {@code user:password@tcp(host)}. */
    private boolean sourceName(int at) {
        boolean go = text.startsWith("@tcp(", at) || text.startsWith("@unix(", at);
        int begin = at;
        while (begin > 0 && at - begin < LONGEST_LOOK && " \"'\n\t/:@".indexOf(text.charAt(begin - 1)) < 0) {
            begin--;
        }
        if (begin == 0 || begin == at || syntax.isPlaceholder(begin)) {
            return false;
        }
        char before = text.charAt(begin - 1);
        boolean oracle = before == '/' && isOracle(begin - 1);
        if ((go && before == ':') || oracle) {
            replace(begin, at);
            return true;
        }
        return false;
    }

    private boolean isOracle(int slash) {
        int begin = slash;
        while (begin > 0 && slash - begin < LONGEST_LOOK && isWord(text.charAt(begin - 1))) {
            begin--;
        }
        return begin < slash
                && ((begin >= 5 && text.startsWith("thin:", begin - 5))
                        || (begin >= 8 && text.startsWith("sqlplus ", begin - 8)));
    }

    private int email(int at) {
        int begin = at;
        while (begin > copied && at - begin <= LONGEST_LOOK && isLocal(text.charAt(begin - 1))) {
            begin--;
        }
        int size = at - begin;
        if (size == 0 || size > LONGEST_LOOK) {
            return at + 1;
        }
        int end = at + 1;
        int last = -1;
        int label = 0;
        int labels = 0;
        while (end < text.length()) {
            char c = text.charAt(end);
            if ((isWord(c) && c != '_') || c == '-') {
                label++;
            } else if (c == '.' && label > 0 && label <= 63) {
                labels++;
                label = 0;
            } else {
                break;
            }
            end++;
            last = label > 0 && label <= 63 && labels > 0 ? end : last;
        }
        return last > 0 ? replace(begin, last) : at + 1;
    }

    private static boolean isLocal(char c) {
        return isWord(c) || c == '.' || c == '%' || c == '+' || c == '-';
    }
}
