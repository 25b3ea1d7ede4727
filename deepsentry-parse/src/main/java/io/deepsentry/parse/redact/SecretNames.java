package io.deepsentry.parse.redact;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Knows by its last words that a name is that of a secret: {@code DB_PASSWORD}, {@code clientSecret},
 * {@code X-Api-Key}. The work with a name is bounded. Immutable.
 */
final class SecretNames {
    /** What kind of value follows a name. */
    enum Sort {
        /** A secret, whatever it looks like. */
        SECRET,
        /** A secret where it looks like one: these names have other values, too. */
        TOKEN,
        /** A secret where it is long and looks like one. */
        LONG_TOKEN,
        /** A secret where it is a number of several digits, such as a PIN. */
        CODE,
        /** A scheme and credentials. */
        AUTHORIZATION,
        /** Pairs of a name and a value. */
        COOKIE,
        /** The value of what the name beside it says. */
        VALUE
    }

    private record Name(String letters, boolean whole, Sort sort) {}

    private static final String SECRETS = "password passwd passwort passphrase passcode pwd secret apikey accesskey"
            + " secretkey privatekey accountkey sharedkey encryptionkey decryptionkey signingkey masterkey authkey"
            + " subscriptionkey functionskey storagekey ingestkey integrationkey routingkey licensekey appkey"
            + " applicationkey adminkey deploykey servicekey primarykeyvalue consumerkey instrumentationkey"
            + " apisecret authtoken accesstoken refreshtoken idtoken bearertoken securitytoken privatetoken"
            + " bottoken apitoken csrftoken xsrftoken sastoken jobtoken accesstokensecret"
            + " phpsessid jsessionid aspxauth connectsid mnemonic seedphrase sshpass";
    private static final String WHOLE_SECRETS = "pass pw psw otp totp cvv cvc cvv2";
    private static final String TOKENS = "token credential credentials sessionkey";
    private static final String LONG_TOKENS = "assertion samlresponse signature clientkey jwt";
    private static final String WHOLE_LONG_TOKENS = "auth sig bearer sas";
    private static final String CODES =
            "pincode verificationcode securitycode onetimecode recoverycode backupcode" + " accesscode logincode";
    private static final String WHOLE_CODES = "pin";
    private static final String AUTHORIZATIONS = "authorization";
    private static final String COOKIES = "cookie cookie2 cookies";
    /** What may follow the words that tell. */
    private static final List<String> TAILS = List.of(
            "confirmation",
            "confirm",
            "confirmed",
            "again",
            "repeat",
            "retype",
            "verify",
            "hash",
            "value",
            "encrypted",
            "enc",
            "plaintext",
            "plain",
            "text",
            "base64",
            "b64",
            "string",
            "str",
            "raw",
            "current",
            "previous",
            "old",
            "new",
            "temp",
            "tmp",
            "base",
            "secret");

    private static final int LONGEST_TAIL_DIGITS = 4;
    private static final int CHARACTERS = 128;
    private static final List<List<String>> TAILS_BY_LAST = byLast(TAILS, tail -> tail);

    /** By the last character; names of other letters than those of English are under 0. */
    private final List<List<Name>> byLast;

    private SecretNames(Collection<Name> names) {
        byLast = byLast(names, Name::letters);
    }

    private static <T> List<List<T>> byLast(Collection<T> all, Function<T, String> letters) {
        List<List<T>> byLast = new ArrayList<>();
        for (int i = 0; i < CHARACTERS; i++) {
            byLast.add(new ArrayList<>());
        }
        for (T each : all) {
            String word = letters.apply(each);
            byLast.get(index(word.charAt(word.length() - 1))).add(each);
        }
        return byLast.stream().map(List::copyOf).toList();
    }

    private static int index(char c) {
        return c < CHARACTERS ? Character.toLowerCase(c) : 0;
    }

    /** The usual names. */
    static final SecretNames USUAL = of(List.of());

    /** The usual names, and further ones. */
    static SecretNames of(List<String> further) {
        Map<String, Name> all = new TreeMap<>();
        add(all, SECRETS, false, Sort.SECRET);
        add(all, WHOLE_SECRETS, true, Sort.SECRET);
        add(all, TOKENS, false, Sort.TOKEN);
        add(all, LONG_TOKENS, false, Sort.LONG_TOKEN);
        add(all, WHOLE_LONG_TOKENS, true, Sort.LONG_TOKEN);
        add(all, CODES, false, Sort.CODE);
        add(all, WHOLE_CODES, true, Sort.CODE);
        add(all, AUTHORIZATIONS, false, Sort.AUTHORIZATION);
        add(all, COOKIES, false, Sort.COOKIE);
        add(all, "value", true, Sort.VALUE);
        for (String name : further) {
            String letters = letters(name);
            all.put(letters, new Name(letters, true, Sort.SECRET));
        }
        return new SecretNames(all.values());
    }

    private static void add(Map<String, Name> all, String words, boolean whole, Sort sort) {
        for (String word : words.split(" ", -1)) {
            all.put(letters(word), new Name(letters(word), whole, sort));
        }
    }

    /** A name without what separates its words. */
    static String letters(String name) {
        StringBuilder letters = new StringBuilder(name.length());
        name.toLowerCase(Locale.ROOT).chars().filter(Character::isLetterOrDigit).forEach(c -> letters.append((char) c));
        return letters.toString();
    }

    /** What kind of value follows a name that ends before {@code end}; null if it is none of a secret. */
    @Nullable
    Sort sort(CharSequence text, int end) {
        if (end <= 0) {
            return null;
        }
        if (end > LONGEST_TAIL_DIGITS && isDigit(text.charAt(end - 1)) && !hasLetter(text, end)) {
            return null;
        }
        Sort found = find(text, end);
        if (found != null && found != Sort.VALUE) {
            return found;
        }
        Sort kept = find(text, withoutTail(text, end));
        return kept == null ? found : kept;
    }

    /** Whether there is a letter before the digits that a name may end with. */
    private static boolean hasLetter(CharSequence text, int end) {
        for (int i = end - 2; i >= end - 1 - LONGEST_TAIL_DIGITS; i--) {
            char c = text.charAt(i);
            if (!isDigit(c)) {
                return Character.isLetter(c) || isSeparator(c);
            }
        }
        return false;
    }

    private @Nullable Sort find(CharSequence text, int end) {
        if (end <= 0) {
            return null;
        }
        for (Name name : byLast.get(index(text.charAt(end - 1)))) {
            int begin = begin(text, end, name.letters());
            if (begin >= 0 && (!name.whole() || beginsWord(text, begin))) {
                return name.sort();
            }
        }
        return null;
    }

    /** Where a name begins whose last letters these are, or -1. Words may have one separator between them. */
    private static int begin(CharSequence text, int end, String letters) {
        int at = end - 1;
        int letter = letters.length() - 1;
        boolean separated = true;
        while (at >= 0) {
            char c = Character.toLowerCase(text.charAt(at));
            if (c == letters.charAt(letter)) {
                separated = false;
                if (letter-- == 0) {
                    return at;
                }
            } else if (separated || (c != '_' && c != '-' && c != ' ' && c != '.')) {
                return -1;
            } else {
                separated = true;
            }
            at--;
        }
        return -1;
    }

    private static boolean beginsWord(CharSequence text, int begin) {
        if (begin == 0) {
            return true;
        }
        char before = text.charAt(begin - 1);
        return !Character.isLetterOrDigit(before)
                || (Character.isUpperCase(text.charAt(begin)) && Character.isLowerCase(before));
    }

    /** The end of a name without digits and a word that says which of several it is. */
    private static int withoutTail(CharSequence text, int end) {
        int at = end;
        while (at > 0 && end - at < LONGEST_TAIL_DIGITS && isDigit(text.charAt(at - 1))) {
            at--;
        }
        at = withoutSeparator(text, at);
        if (at == 0) {
            return 0;
        }
        for (String tail : TAILS_BY_LAST.get(index(text.charAt(at - 1)))) {
            int begin = at - tail.length();
            if (begin > 0
                    && Character.toLowerCase(text.charAt(begin)) == tail.charAt(0)
                    && tail.equals(text.subSequence(begin, at).toString().toLowerCase(Locale.ROOT))
                    && (isSeparator(text.charAt(begin - 1)) || Character.isUpperCase(text.charAt(begin)))) {
                return withoutSeparator(text, begin);
            }
        }
        return at;
    }

    private static int withoutSeparator(CharSequence text, int end) {
        return end > 0 && isSeparator(text.charAt(end - 1)) ? end - 1 : end;
    }

    private static boolean isSeparator(char c) {
        return c == '_' || c == '-' || c == '.';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
