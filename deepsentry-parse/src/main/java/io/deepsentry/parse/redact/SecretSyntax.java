package io.deepsentry.parse.redact;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says where names, values and credentials of one text end, by the syntax they are written in. */
final class SecretSyntax {
    private static final int LEAST_PROSE = 5;
    private static final int LEAST_NUMBER = 6;
    private static final int LEAST_CODE = 4;
    private static final int LONGEST_CODE = 8;
    private static final int LONGEST_VERSION = 8;
    private static final int LONGEST_WORD = 512;
    private static final int LONGEST_LOOK = 64;
    private static final int MOST_BLANKS = 8;
    private static final int LONGEST_NAME = 40;
    private static final int LONGEST_DATE = 40;
    private static final String OPENING = "([{";
    private static final String CLOSING = ")]}";

    /** Values that say that there is no secret. */
    private static final Set<String> NO_SECRETS =
            words("null none nil true false undefined yes no unset empty n/a string"
                    + " str redacted filtered hidden masked removed secret protected sensitive undef void nan");
    /** What continues a sentence whose last word before the colon is the name. */
    private static final Set<String> PROSE =
            words("required missing invalid incorrect wrong expired failed failure denied ok"
                    + " not is was has the a an for to of in on at with from too must should shall cannot can't can could may might"
                    + " will would no accepted rejected error unknown changed unchanged updated success successful succeeded"
                    + " authentication authorization login unable bad too check checking using user access permission granted"
                    + " unexpected expected found got received that this it and or as by be been are if when while only please"
                    + " enter type given set reset created deleted generated loaded loading verified verification mismatch"
                    + " unauthorized forbidden allowed disabled enabled needs needed does did don't doesn't you your");

    /** What may stand between {@code is} and a secret. */
    private static final Set<String> FILLERS = words("now still currently always just set reset changed to");
    /** What a password is made into; a number follows. */
    private static final Set<String> ALGORITHMS = words(
            "sha md aes des argon base utf rsa rc rfc pbkdf hs rs es ps crc latin"
                    + " tls tlsv ssl sslv v version ntlmv ripemd blake sm iso cve http h x bcrypt scrypt pkcs ed curve");

    private static final Set<String> SCHEMES = words(
            "basic bearer digest negotiate ntlm kerberos oauth oauth2 hawk signature"
                    + " token apikey api-key key sharedkey sharedkeylite sharedaccesssignature sas ssws splunk geniekey jwt mac"
                    + " hoba mutual dpop gnap vapid privatetoken bot aws aws3 aws3-https aws4-hmac-sha256 aws4-ecdsa-p256-sha256"
                    + " scram-sha-1 scram-sha-256 hmac hmac-sha256 goog4-rsa-sha256 goog4-hmac-sha256 elastic accesskey client-id"
                    + " psk macaroon macaroons session zoho-oauthtoken discogs mediabrowser pvedapitoken pbsapitoken pveapitoken");

    /** Written out, as in HTML and in addresses. */
    private static final String[] CLOSING_MARKS = {
        "&quot;", "&#34;", "&#39;", "&apos;", "%22", "%27", "\\u0022", "\\u0027"
    };

    private final String text;
    /** The closing quotes that are not in the rest of the text. */
    private @Nullable Set<String> missing;

    SecretSyntax(String text) {
        this.text = text;
    }

    private static Set<String> words(String words) {
        return Arrays.stream(words.split(" ", -1)).collect(Collectors.toUnmodifiableSet());
    }

    int skipBlanks(int from) {
        int at = from;
        while (at < text.length() && at - from < MOST_BLANKS && isBlank(text.charAt(at))) {
            at++;
        }
        return at;
    }

    int backBlanks(int end) {
        int at = end;
        while (at > 0 && end - at < MOST_BLANKS && isBlank(text.charAt(at - 1))) {
            at--;
        }
        return at;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    /** Whether there are blanks only. */
    boolean isBlank(int from, int end) {
        for (int i = from; i < end; i++) {
            if (!Character.isWhitespace(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    int indexOf(String part, int from) {
        if (isMissing(part)) {
            return -1;
        }
        int found = text.indexOf(part, from);
        if (found < 0) {
            addMissing(part);
        }
        return found;
    }

    private boolean isMissing(String part) {
        return missing != null && missing.contains(part);
    }

    private void addMissing(String part) {
        if (missing == null) {
            missing = new HashSet<>();
        }
        missing.add(part);
    }

    int lastIndexOf(char c, int from, int end) {
        for (int i = end - 1; i >= from; i--) {
            if (text.charAt(i) == c) {
                return i;
            }
        }
        return -1;
    }

    /** Where the name before a separator ends: before blanks and what closes it. */
    int nameEnd(int separator) {
        int at = backBlanks(separator);
        int least = Math.max(0, at - MOST_BLANKS);
        while (at > least) {
            char c = text.charAt(at - 1);
            if (c == '"' || c == '\'' || c == '`' || c == '\\' || c == ']') {
                at--;
            } else if (c == ';' || c == '2' || c == '7') {
                int mark = closingMark(at);
                if (mark == 0) {
                    return at;
                }
                at -= mark;
            } else {
                return at;
            }
        }
        return at;
    }

    private int closingMark(int end) {
        for (String mark : CLOSING_MARKS) {
            if (text.startsWith(mark, end - mark.length())) {
                return mark.length();
            }
        }
        return 0;
    }

    /** Where the name ends that is the value beside the name that ends here: {@code "name":"password","value":}. */
    int siblingEnd(int nameEnd) {
        int at = nameEnd - "value".length();
        int least = Math.max(0, at - 2 * MOST_BLANKS);
        while (at > least && !Character.isLetterOrDigit(text.charAt(at - 1))) {
            at--;
        }
        return at > 0 && at < text.length() && "\"'\\&".indexOf(text.charAt(at)) >= 0 ? at : 0;
    }

    /** Where the text ends that the element before this one contains: {@code <name>password</name><value>}. */
    int elementBefore(int open) {
        int at = open;
        while (at > 0 && open - at < LONGEST_LOOK && Character.isWhitespace(text.charAt(at - 1))) {
            at--;
        }
        while (at > 0 && open - at < 2 * LONGEST_LOOK && text.charAt(at - 1) != '/') {
            at--;
        }
        return at < 2 || text.charAt(at - 2) != '<' ? 0 : at - 2;
    }

    /** Steps over what stands before a quote: {@code b"}, {@code Some("}, {@code String("}. */
    int skipWrapper(int from) {
        int at = from;
        while (at < text.length() && at - from < 12 && Character.isLetter(text.charAt(at))) {
            at++;
        }
        boolean call = at > from && at + 1 < text.length() && text.charAt(at) == '(' && isQuote(text.charAt(at + 1));
        boolean prefix = at == from + 1 && at < text.length() && isQuote(text.charAt(at));
        return call ? at + 1 : prefix ? at : from;
    }

    private static boolean isQuote(char c) {
        return c == '"' || c == '\'';
    }

    /** Where the next of a list of quoted values begins, or -1. */
    int nextOfList(int closed) {
        int at = skipBlanks(closed);
        if (at >= text.length() || text.charAt(at) != ',') {
            return -1;
        }
        at = skipBlanks(at + 1);
        return at < text.length() && (isQuote(text.charAt(at)) || text.charAt(at) == '\\') ? at : -1;
    }

    /** Where a value in quotes ends. Where they are not closed, as the text was cut, the line is. */
    int quotedEnd(Quote quote, int from) {
        if (!isMissing(quote.closing())) {
            int end = quote.end(text, from);
            if (end >= 0) {
                return end;
            }
            addMissing(quote.closing());
        }
        int at = from;
        while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
            at++;
        }
        return at;
    }

    /**
     * Where a value without quotes ends.
     *
     * @param connection whether it is one of several that semicolons part
     */
    int plainEnd(int from, boolean connection) {
        if (connection && text.startsWith("{", from)) {
            int end = indexOf("}", from);
            return end < 0 ? text.length() : end + 1;
        }
        int depth = 0;
        int at = from;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c <= ' ' || c == ';' || c == '&' || (c == '\\' && endsAtEscape(at))) {
                return at;
            }
            boolean last = at + 1 >= text.length();
            char next = last ? ' ' : text.charAt(at + 1);
            if (OPENING.indexOf(c) >= 0) {
                depth++;
            } else if (CLOSING.indexOf(c) >= 0) {
                if (depth == 0 && endsBefore(next)) {
                    return at;
                }
                depth--;
            } else if (((c == ',' || c == '|') && !connection && endsAtComma(at, next))
                    || ((isQuote(c) || c == '`') && endsBefore(next))
                    || (c == '<'
                            && (next == '/' || text.startsWith("br", at + 1) || text.startsWith(Redaction.MARK, at)))) {
                return at;
            }
            at++;
        }
        return at;
    }

    private static boolean endsBefore(char next) {
        return next <= ' ' || "'\"`,;:.)]}<>|&\\".indexOf(next) >= 0;
    }

    private boolean endsAtEscape(int at) {
        char next = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
        return next == '"'
                || next == '\''
                || next == 'n'
                || next == 'r'
                || next == 't'
                || (next == '\\' && Quote.at(text, at) != null);
    }

    /** A comma ends a value if a name or nothing more of it follows. */
    private boolean endsAtComma(int at, char next) {
        if (next <= ' ' || "'\"`,)]}<|\\".indexOf(next) >= 0) {
            return true;
        }
        int name = at + 1;
        while (name < text.length() && name - at < LONGEST_NAME && isNamePart(text.charAt(name))) {
            name++;
        }
        return name > at + 1 && name < text.length() && (text.charAt(name) == '=' || text.charAt(name) == ':');
    }

    private static boolean isNamePart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '.';
    }

    /** Where a value ends that is percent-encoded. */
    int encodedEnd(int from) {
        int at = from;
        while (at < text.length()) {
            char c = text.charAt(at);
            boolean delimiter = text.regionMatches(true, at, "%26", 0, 3) || text.startsWith("%20", at);
            if (c <= ' ' || c == '&' || c == '"' || c == '\'' || c == '<' || delimiter) {
                return at;
            }
            at++;
        }
        return at;
    }

    /** Whether the name that ends here is one of several that semicolons part: {@code Server=a;Password=b;}. */
    boolean inConnectionString(int nameEnd) {
        int at = nameEnd;
        while (at > 0
                && nameEnd - at < LONGEST_NAME
                && (isNamePart(text.charAt(at - 1)) || text.charAt(at - 1) == ' ')) {
            at--;
        }
        return at > 0 && text.charAt(at - 1) == ';';
    }

    /** Whether something stands for a value: typed tokens, references and what others redacted. */
    boolean isPlaceholder(int from) {
        char c = text.charAt(from);
        char next = from + 1 < text.length() ? text.charAt(from + 1) : ' ';
        if (c == '<') {
            int at = from + 1;
            while (at < text.length() && at - from < 24 && (isNamePart(text.charAt(at)) || text.charAt(at) == ' ')) {
                at++;
            }
            return at < text.length() && at > from + 1 && text.charAt(at) == '>';
        }
        if (c == '$') {
            return next == '{' || next == '(' || (next >= 'A' && next <= 'Z' && isUpperWord(from + 1));
        }
        if (c == '{') {
            return next == '{' || next == '}';
        }
        if (c == '%') {
            return next == '(' || next == 's' || next == 'd' || next == 'v' || next == '{' || next == 'q';
        }
        return isMasked(from);
    }

    private boolean isUpperWord(int from) {
        int at = from;
        while (at < text.length() && at - from < LONGEST_LOOK && isNamePart(text.charAt(at))) {
            if (Character.isLowerCase(text.charAt(at))) {
                return false;
            }
            at++;
        }
        return true;
    }

    /** Stars or dots in place of what was there. */
    private boolean isMasked(int from) {
        char first = text.charAt(from);
        if ("*.#-\u2022?_".indexOf(first) < 0) {
            return false;
        }
        int at = from;
        while (at < text.length() && at - from < LONGEST_LOOK && text.charAt(at) == first) {
            at++;
        }
        return at == text.length() || at - from == LONGEST_LOOK || !isValuePart(text.charAt(at));
    }

    private static boolean isValuePart(char c) {
        return c > ' ' && "\"'`,;&)]}<>\\".indexOf(c) < 0;
    }

    /**
     * Whether a value says that there is no secret.
     *
     * @param prose whether the name may be a word of a sentence, and this the next
     */
    boolean isNoSecret(int from, @Nullable Quote quote, boolean prose) {
        char first = text.charAt(from);
        if (quote == null && (first <= ' ' || ",;)]}>&|=:\\".indexOf(first) >= 0 || isStructure(from))) {
            return true;
        }
        int at = from;
        while (at < text.length() && at - from < 16 && isWordOfProse(text.charAt(at))) {
            at++;
        }
        if (at == from || (at < text.length() && isValuePart(text.charAt(at)) && !(prose && isEndOfWord(at)))) {
            return false;
        }
        String word = text.substring(from, at).toLowerCase(Locale.ROOT);
        return NO_SECRETS.contains(word) || (prose && quote == null && PROSE.contains(word));
    }

    /** Whether the name is that of a variable that shells have for the folder they are in. */
    boolean isFolder(String name, int from) {
        char first = text.charAt(from);
        return (first == '/' || first == '~') && name.endsWith("PWD");
    }

    /** What a program shows of a record: {@code password={...}}, {@code (none)}. */
    private boolean isStructure(int from) {
        char c = text.charAt(from);
        return c == '{' || (c == '(' && from + 1 < text.length() && text.charAt(from + 1) != '!');
    }

    private boolean isEndOfWord(int at) {
        char c = text.charAt(at);
        return (c == '.' || c == ':' || c == '!' || c == '?')
                && (at + 1 >= text.length() || text.charAt(at + 1) <= ' ');
    }

    private static boolean isWordOfProse(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/' || c == '\'';
    }

    /** Whether a value looks like a token: of letters and digits, and no word. */
    boolean isToken(int from, @Nullable Quote quote, int least) {
        int at = from;
        boolean digit = false;
        boolean upper = false;
        boolean lower = false;
        boolean dot = false;
        while (at < text.length() && at - from < LONGEST_LOOK) {
            char c = text.charAt(at);
            if (!isTokenPart(c)) {
                break;
            }
            digit |= c >= '0' && c <= '9';
            upper |= c >= 'A' && c <= 'Z';
            lower |= c >= 'a' && c <= 'z';
            dot |= c == '.' || c == '/' || c == ':';
            at++;
        }
        int length = at - from;
        char end = at < text.length() ? text.charAt(at) : ' ';
        if (length < least || (end == '@' || end == '{' || end == '(' || end == '[' || end == '$')) {
            return false;
        }
        if (quote != null && length < LONGEST_LOOK && end <= ' ') {
            return false;
        }
        boolean letters = upper || lower;
        if (digit) {
            return dot ? upper && lower : letters || length >= 32;
        }
        return letters && !dot && ((upper && lower && length >= 20) || (quote != null && length >= 8 && lower));
    }

    /** Where a word of a sentence ends, without the signs that end the sentence. */
    int wordEnd(int from) {
        int end = from;
        while (end < text.length() && end - from < LONGEST_WORD && text.charAt(end) > ' ') {
            end++;
        }
        while (end > from && ".,;:!?)\"'".indexOf(text.charAt(end - 1)) >= 0) {
            end--;
        }
        return end;
    }

    /** Where the words end that may follow {@code is}, such as {@code now set to}. */
    int skipFillers(int from) {
        int at = from;
        for (int word = 0; word < 3 && at < text.length(); word++) {
            int begin = skipBlanks(at);
            int end = begin;
            while (end < text.length() && end - begin < LONGEST_NAME && isWordOfProse(text.charAt(end))) {
                end++;
            }
            if (end == begin || end >= text.length() || !isBlank(text.charAt(end))) {
                return at;
            }
            if (!FILLERS.contains(text.substring(begin, end).toLowerCase(Locale.ROOT))) {
                return at;
            }
            at = end;
        }
        return at;
    }

    /**
     * Where a number ends that may be a PIN: 4 to 8 digits, maybe with a hyphen among them. Returns {@code from} for
     * any other.
     */
    int codeEnd(int from) {
        int at = from;
        int digits = 0;
        int hyphens = 0;
        while (at < text.length() && at - from < LONGEST_LOOK && isCodePart(text.charAt(at))) {
            digits += text.charAt(at) == '-' ? 0 : 1;
            hyphens += text.charAt(at) == '-' ? 1 : 0;
            at++;
        }
        boolean whole = at >= text.length()
                || text.charAt(at) <= ' '
                || "\"'`,;&)]}<|\\!?".indexOf(text.charAt(at)) >= 0
                || (text.charAt(at) == '.' && (at + 1 >= text.length() || text.charAt(at + 1) <= ' '));
        return whole && digits >= LEAST_CODE && digits <= LONGEST_CODE && hyphens <= 1 && text.charAt(at - 1) != '-'
                ? at
                : from;
    }

    private static boolean isCodePart(char c) {
        return (c >= '0' && c <= '9') || c == '-';
    }

    /**
     * Where a word of a sentence ends that looks like no word: it has letters and digits, many digits, signs between
     * letters that no word has, or a capital behind a small letter. Returns {@code from} for any other, such as
     * {@code expired}, {@code SHA-256} or {@code 30}.
     */
    int proseEnd(int from) {
        int end = wordEnd(from);
        if (end - from >= LONGEST_LOOK) {
            return from;
        }
        boolean small = false;
        boolean capital = false;
        int digits = 0;
        boolean sign = false;
        boolean hump = false;
        for (int i = from; i < end; i++) {
            char c = text.charAt(i);
            hump |= small && c >= 'A' && c <= 'Z' && text.charAt(i - 1) >= 'a';
            small |= c >= 'a' && c <= 'z';
            capital |= c >= 'A' && c <= 'Z';
            digits += c >= '0' && c <= '9' ? 1 : 0;
            sign |= "!@#$%^&*+~".indexOf(c) >= 0;
            boolean path = c == '/' && (i == from || text.startsWith("://", i - 1));
            if (path || c == '(' || c == '[' || c == '{' || c == '=' || c == '<') {
                return from;
            }
        }
        boolean number = digits == end - from;
        boolean odd = number ? digits >= LEAST_NUMBER : digits > 0 && (small || capital);
        return end - from >= LEAST_PROSE && (odd || (small && sign) || hump) && !isAlgorithm(from, end) ? end : from;
    }

    /**
     * Whether a word is the name of what is done with a password, with a number: {@code SHA-256}, {@code md5},
     * {@code argon2id}.
     */
    private boolean isAlgorithm(int from, int end) {
        int at = from;
        while (at < end && isWordOfProse(text.charAt(at))) {
            at++;
        }
        return ALGORITHMS.contains(text.substring(from, at).toLowerCase(Locale.ROOT)) && end - at <= LONGEST_VERSION;
    }

    private static boolean isTokenPart(char c) {
        return (c >= '0' && c <= '9')
                || (c >= 'A' && c <= 'Z')
                || (c >= 'a' && c <= 'z')
                || "_-+/=~.:%|".indexOf(c) >= 0;
    }

    /** Whether a part has both digits and letters, and nothing else that words have. */
    boolean isRandom(int from, int end, int least) {
        if (end - from < least || end - from > 8 * LONGEST_LOOK) {
            return false;
        }
        boolean digit = false;
        boolean letter = false;
        for (int i = from; i < end; i++) {
            char c = text.charAt(i);
            digit |= c >= '0' && c <= '9';
            letter |= Character.isLetter(c);
            if (!isNamePart(c)) {
                return false;
            }
        }
        return digit && letter;
    }

    /** Where the characters end that credentials are made of. */
    int credentialEnd(int from) {
        int at = from;
        while (at < text.length()) {
            char c = text.charAt(at);
            boolean part = (c >= '0' && c <= '9')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= 'a' && c <= 'z')
                    || "+/=._~-".indexOf(c) >= 0;
            if (!part) {
                return at;
            }
            at++;
        }
        return at;
    }

    /** Where the scheme ends; {@code from} if there is none. */
    int schemeEnd(int from) {
        int at = from;
        while (at < text.length() && at - from < LONGEST_NAME && isNamePart(text.charAt(at))) {
            at++;
        }
        if (at == from || at >= text.length() || (!isBlank(text.charAt(at)) && text.charAt(at) != '=')) {
            return from;
        }
        String word = text.substring(from, at).toLowerCase(Locale.ROOT);
        if (SCHEMES.contains(word)) {
            // Proxmox writes an equals sign between them.
            return text.charAt(at) == '=' ? at + 1 : at;
        }
        int next = skipBlanks(at);
        boolean words = word.chars().allMatch(c -> (c >= 'a' && c <= 'z') || c == '-');
        boolean credentials = next < text.length() && (isToken(next, null, 8) || text.startsWith(Redaction.MARK, next));
        return words && next > at && !PROSE.contains(word) && credentials ? at : from;
    }

    /** Where credentials end: one word, or names and values with commas between them. */
    int parametersEnd(int from) {
        int at = from;
        while (at < text.length()) {
            char c = text.charAt(at);
            boolean valued = at > from && text.charAt(at - 1) == '=';
            Quote quote = valued ? Quote.at(text, at) : null;
            if (quote != null) {
                int end = quotedEnd(quote, at + quote.opening().length());
                at = Math.min(text.length(), end + quote.closing().length());
                continue;
            }
            if (c == ',') {
                int next = skipBlanks(at + 1);
                int name = next;
                while (name < text.length() && name - next < LONGEST_NAME && isNamePart(text.charAt(name))) {
                    name++;
                }
                if (name == next || name >= text.length() || text.charAt(name) != '=') {
                    return at;
                }
                at = name;
            } else if (c <= ' ' || c == '<' || c == '\\' || isQuote(c) || c == '`' || CLOSING.indexOf(c) >= 0) {
                return at;
            } else if (c == ';' && (at + 1 == text.length() || !Character.isLetter(text.charAt(at + 1)))) {
                return at;
            } else {
                at++;
            }
        }
        return at;
    }

    /** Whether cookies begin here: a name and an equals sign. */
    boolean isCookie(int from) {
        int at = from;
        while (at < text.length()
                && at - from < 2 * LONGEST_LOOK
                && text.charAt(at) > ' '
                && "=;,\"'{([<".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return at > from && at < text.length() && text.charAt(at) == '=';
    }

    /** Where cookies end: pairs with semicolons between them, and attributes. */
    int cookiesEnd(int from) {
        int at = from;
        int piece = from;
        while (at < text.length()) {
            char c = text.charAt(at);
            char next = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
            if (c == ';') {
                int begin = skipBlanks(at + 1);
                if (!isCookie(begin) && !isAttribute(begin)) {
                    return at;
                }
                piece = begin;
                at = begin;
            } else if (c <= ' ') {
                int date = text.regionMatches(true, piece, "expires=", 0, 8) ? dateEnd(at) : -1;
                if (date < 0) {
                    return at;
                }
                at = date;
                piece = date;
            } else if ((CLOSING.indexOf(c) >= 0 || c == '"' || c == '\'')
                    && endsBefore(next)
                    && text.charAt(at - 1) != '=') {
                return c == '"' && isOpen(piece, at) ? at + 1 : at;
            } else if (c == '\\' && endsAtEscape(at)) {
                return at;
            } else if (c == ',' && next <= ' ' && !text.regionMatches(true, piece, "expires=", 0, 8)) {
                return at;
            } else {
                at++;
            }
        }
        return at;
    }

    private boolean isOpen(int piece, int at) {
        int equals = text.indexOf('=', piece);
        return equals > 0 && equals + 1 < at && text.charAt(equals + 1) == '"';
    }

    private boolean isAttribute(int from) {
        return text.regionMatches(true, from, "httponly", 0, 8)
                || text.regionMatches(true, from, "secure", 0, 6)
                || text.regionMatches(true, from, "partitioned", 0, 11);
    }

    private int dateEnd(int from) {
        int end = text.substring(from, Math.min(text.length(), from + LONGEST_DATE))
                .indexOf("GMT");
        return end < 0 ? -1 : from + end + 3;
    }

    /** Where the host of an address ends, with what stands before it. */
    int authorityEnd(int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) > ' ' && "/?#\"'<>`\\".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return at;
    }

    /** The sign behind a password that has a slash, which would have to be written otherwise; or -1. */
    int signBehindSlash(int begin, int end) {
        if (end >= text.length() || "/?#".indexOf(text.charAt(end)) < 0) {
            return -1;
        }
        int colon = text.indexOf(':', begin);
        boolean port = colon >= 0 && colon < end && isPort(colon + 1, end);
        if (colon < 0 || colon >= end || port) {
            return -1;
        }
        int stop = Math.min(text.length(), end + 2 * LONGEST_LOOK);
        for (int i = end; i < stop && text.charAt(i) > ' ' && !isQuote(text.charAt(i)); i++) {
            if (text.charAt(i) == '@') {
                return i;
            }
        }
        return -1;
    }

    private boolean isPort(int from, int end) {
        for (int i = from; i < end; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /** The colon between a name and a password that begin here; or -1. */
    int colon(int from) {
        for (int at = from; at < text.length() && at - from < LONGEST_LOOK && text.charAt(at) > ' '; at++) {
            if (text.charAt(at) == ':') {
                return at;
            }
        }
        return -1;
    }

    int pathEnd(int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) > ' ' && "?#\"'<>)],;\\".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return at;
    }

    /**
     * Where the value of an option begins that ends here: behind blanks, or as the next of a list of quoted words; or
     * -1.
     */
    int optionValue(int end) {
        char c = text.charAt(end);
        if (isBlank(c)) {
            int next = skipBlanks(end);
            return next < text.length() ? next : -1;
        }
        if (!isQuote(c)) {
            return -1;
        }
        int at = end + 1;
        boolean separated = false;
        while (at < text.length() && at - end < MOST_BLANKS && (isBlank(text.charAt(at)) || text.charAt(at) == ',')) {
            separated = true;
            at++;
        }
        return separated && at < text.length() && isQuote(text.charAt(at)) ? at : -1;
    }
}
