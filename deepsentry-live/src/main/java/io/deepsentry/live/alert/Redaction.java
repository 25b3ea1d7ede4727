package io.deepsentry.live.alert;

import com.google.common.collect.ImmutableList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces what must not leave the log: {@code <redacted>} stands where it was. Text that was redacted stays as it is when it is redacted again.
 *
 * <p>It knows secrets by their usual shape and by the name they are given ({@code password=...}); it cannot know one that looks like any other word. Immutable and safe
 * for use by several threads.
 */
public final class Redaction {
    /** What stands where something was redacted. */
    public static final String MARK = "<redacted>";

    private static final List<String> KEY_SIGNS =
            List.of("PRIVATE KEY-----", "AKIA", "ASIA", "AIza", "gh", "xox", "sk-", "eyJ");
    private static final List<String> SECRET_NAMES =
            List.of("pass", "pwd", "secret", "token", "key", "authorization", "bearer");

    /** What can be replaced. */
    public enum Kind {
        /**
         * Private keys in PEM, access keys and tokens of well-known shapes, and JSON Web Tokens. A group that takes part marks what only begins like one: it
         * is stepped over as a whole, so that no part of it is looked at again and the work grows with the length of the text alone.
         */
        KEYS(
                "(?s)-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|\\z)",
                "\\b(?:AKIA|ASIA)[A-Z0-9]{16}\\b",
                "\\bAIza[A-Za-z0-9_-]{35}",
                "\\bgh[pousr]_[A-Za-z0-9]{36,255}",
                "\\bgithub_pat_[A-Za-z0-9_]{22,255}",
                "\\bxox[abeoprs]-[A-Za-z0-9-]{10,255}",
                "\\bsk-[A-Za-z0-9_-]{20,255}",
                "\\beyJ[A-Za-z0-9_-]{8,}+(?:\\.[A-Za-z0-9_-]{4,}+\\.[A-Za-z0-9_-]*+|())"),
        /** What is given as a password, secret, token or API key, in {@code Authorization} headers, or before the {@code @} of an address. */
        PASSWORDS(
                "(?i)(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key)(?![a-z])"
                        + "[\\w-]{0,32}+[\"']?\\s{0,8}+[=:]\\s{0,8}+(?:\"([^\"]{1,4096})\"|'([^']{1,4096})'|([^\\s,;&\"')\\]}<]{1,4096}))",
                "(?i)authorization[\"']?\\s{0,8}+[=:]\\s{0,8}+[\"']?(?:(?:basic|bearer|digest|apikey|token)\\s{1,8}+)?+([^\\s,;\"'<]{1,4096})",
                "(?i)\\bbearer\\s{1,8}+([A-Za-z0-9+/=._~-]{16,4096})",
                "://[^\\s/:@]{0,256}:([^\\s/@<]{1,256})@"),
        /** E-mail addresses. */
        EMAILS("(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}+@[A-Za-z0-9-]{1,63}+(?:\\.[A-Za-z0-9-]{1,63}+){1,126}+"),
        /** Numbers of payment cards: a network's first digits, its length, and a right check digit (ISO/IEC 7812-1). */
        CARDS(
                "(?<![\\w.+-])(?:\\d{13,19}|\\d{4}([ -])\\d{4}\\1\\d{4}\\1\\d{1,7}|\\d{4}([ -])\\d{6}\\2\\d{4,5})(?![\\w-])");

        private final ImmutableList<Pattern> patterns;

        Kind(String... patterns) {
            this.patterns = Arrays.stream(patterns).map(Pattern::compile).collect(ImmutableList.toImmutableList());
        }

        /** Whether a text has what each of the patterns needs: most have not, and a look is a fraction of a search. */
        private boolean mayBeIn(String text) {
            return switch (this) {
                case KEYS -> KEY_SIGNS.stream().anyMatch(text::contains);
                case PASSWORDS -> text.contains("://") || isNamed(text);
                case EMAILS -> text.indexOf('@') >= 0;
                case CARDS ->
                    text.chars().filter(c -> c >= '0' && c <= '9').limit(13).count() == 13;
            };
        }

        private static boolean isNamed(String text) {
            String lower = text.toLowerCase(Locale.ROOT);
            return SECRET_NAMES.stream().anyMatch(lower::contains);
        }

        /** Its name in a configuration file. */
        public String configName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Set<Kind> kinds;

    private Redaction(Set<Kind> kinds) {
        this.kinds = kinds;
    }

    /** A redaction of some kinds; none leaves every text as it is. */
    public static Redaction of(Collection<Kind> kinds) {
        Set<Kind> some = EnumSet.noneOf(Kind.class);
        some.addAll(kinds);
        return new Redaction(some);
    }

    /** A redaction of every kind. */
    public static Redaction ofAll() {
        return of(EnumSet.allOf(Kind.class));
    }

    /** The text without what is to be replaced. */
    public String apply(String text) {
        String left = text;
        for (Kind kind : kinds) {
            if (!kind.mayBeIn(left)) {
                continue;
            }
            for (Pattern pattern : kind.patterns) {
                left = replace(kind, pattern, left);
            }
        }
        return left;
    }

    /** Replaces the group that took part, or the whole where the pattern has none. */
    private static String replace(Kind kind, Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        StringBuilder out = null;
        int copied = 0;
        while (matcher.find()) {
            boolean other = kind == Kind.CARDS ? !isCard(matcher.group()) : kind == Kind.KEYS && groupOf(matcher) > 0;
            if (other) {
                continue;
            }
            int group = kind == Kind.PASSWORDS ? groupOf(matcher) : 0;
            if (out == null) {
                out = new StringBuilder(text.length());
            }
            out.append(text, copied, matcher.start(group)).append(MARK);
            copied = matcher.end(group);
        }
        return out == null ? text : out.append(text, copied, text.length()).toString();
    }

    private static int groupOf(MatchResult match) {
        for (int group = 1; group <= match.groupCount(); group++) {
            if (match.start(group) >= 0) {
                return group;
            }
        }
        return 0;
    }

    private static boolean isCard(String found) {
        String digits = found.replace(" ", "").replace("-", "");
        return isIssued(digits) && hasCheckDigit(digits);
    }

    /** The ranges and lengths that the networks give out; a tenth of all other numbers would pass the check digit alone. */
    private static boolean isIssued(String digits) {
        int length = digits.length();
        int two = Integer.parseInt(digits.substring(0, 2));
        int four = Integer.parseInt(digits.substring(0, 4));
        boolean visa = digits.charAt(0) == '4' && (length == 13 || length == 16 || length == 19);
        boolean mastercard = length == 16 && ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720));
        boolean amex = length == 15 && (two == 34 || two == 37);
        boolean diners = length == 14 && (two == 36 || two == 38 || (four >= 3000 && four <= 3059));
        boolean discover = length >= 16 && (two == 65 || four == 6011 || (four >= 6440 && four <= 6499));
        boolean jcb = length >= 16 && four >= 3528 && four <= 3589;
        boolean unionPay = length >= 16 && two == 62;
        return visa || mastercard || amex || diners || discover || jcb || unionPay;
    }

    /** Luhn's sum: from the right, every second digit counts double, and the whole is a multiple of ten. */
    private static boolean hasCheckDigit(String digits) {
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(digits.length() - 1 - i) - '0';
            int counted = i % 2 == 0 ? digit : 2 * digit;
            sum += counted > 9 ? counted - 9 : counted;
        }
        return sum % 10 == 0;
    }
}
