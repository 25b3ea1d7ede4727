package io.deepsentry.parse.redact;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Knows access keys and tokens by the shape that their issuers publish: a beginning, and a number of characters of one
 * kind. The work with a word is bounded, or the word is stepped over.
 */
final class TokenShapes {
    /** What follows the beginning. */
    private static final class Alphabet {
        static final Alphabet UPPER = new Alphabet("A-Z0-9");
        static final Alphabet HEX = new Alphabet("a-f0-9");
        static final Alphabet LOWER = new Alphabet("a-z0-9");
        static final Alphabet ALNUM = new Alphabet("A-Za-z0-9");
        static final Alphabet PARTS = new Alphabet("a-z0-9$");
        static final Alphabet WORD = new Alphabet("A-Za-z0-9_");
        static final Alphabet URL = new Alphabet("A-Za-z0-9_-");
        static final Alphabet DOTTED = new Alphabet("A-Za-z0-9_.=-");
        static final Alphabet BASE64 = new Alphabet("A-Za-z0-9+/=_-");

        private final boolean[] has = new boolean[128];

        Alphabet(String ranges) {
            int at = 0;
            while (at < ranges.length()) {
                boolean range = at + 2 < ranges.length() && ranges.charAt(at + 1) == '-';
                char last = ranges.charAt(range ? at + 2 : at);
                for (char c = ranges.charAt(at); c <= last; c++) {
                    has[c] = true;
                }
                at += range ? 3 : 1;
            }
        }

        boolean has(char c) {
            return c < 128 && has[c];
        }
    }

    /**
     * A shape.
     *
     * @param least the fewest characters after the beginning
     * @param most the most; more make it something else
     */
    private record Shape(String begin, Alphabet alphabet, int least, int most) {}

    private static final int ANY = Integer.MAX_VALUE;
    private static final int CHARACTERS = 128;
    private static final int AWS_SECRET = 40;
    private static final int LONGEST_GAP = 8;
    /** The fewest characters of a token. */
    private static final int LEAST = 12;

    private static final int LONGEST_LOOK = 64;
    /** Beginnings that other words have, too. */
    private static final Set<String> COMMON = Set.of(
            "re_",
            "fw_",
            "r8_",
            "secret_",
            "api_org_",
            "sess-",
            "sdk-",
            "mob-",
            "cio",
            "y0_",
            "y1_",
            "y2_",
            "y3_",
            "AKCp",
            "ATBB",
            "ATATT3",
            "FlyV1");
    /** By the first two characters: most words are known to be none by them. */
    private static final Shape[][] SHAPES = new Shape[CHARACTERS * CHARACTERS][];

    private static final Shape[] NO_SHAPES = {};

    static {
        List<Shape> all = new ArrayList<>();
        // Amazon Web Services: identifiers of keys, and keys of Bedrock
        add(all, Alphabet.UPPER, 16, 16, "AKIA", "ASIA", "ABIA", "ACCA");
        add(all, Alphabet.BASE64, 40, ANY, "ABSK");
        // Google: keys of interfaces, OAuth's client secrets, access and refresh tokens
        add(all, Alphabet.URL, 35, 35, "AIza");
        add(all, Alphabet.URL, 24, 40, "GOCSPX-");
        add(all, Alphabet.DOTTED, 20, ANY, "ya29.");
        add(all, Alphabet.URL, 30, ANY, "1//0");
        add(all, Alphabet.URL, 40, ANY, "AQ.Ab");
        // GitHub, GitLab, Bitbucket, Atlassian
        add(all, Alphabet.ALNUM, 36, 255, "ghp_", "gho_", "ghu_", "ghr_");
        add(all, Alphabet.DOTTED, 36, ANY, "ghs_");
        add(all, Alphabet.WORD, 22, 255, "github_pat_");
        add(all, Alphabet.DOTTED, 20, ANY, "glpat-", "glptt-", "glrt-", "glcbt-", "gldt-", "glft-", "glimt-");
        add(all, Alphabet.DOTTED, 20, ANY, "glagent-", "glsoat-", "gloas-", "glffct-", "glrtr-", "GR1348941");
        add(all, Alphabet.BASE64, 24, ANY, "ATATT3", "ATCTT3", "ATBB");
        // Chats
        add(
                all,
                Alphabet.URL,
                10,
                ANY,
                "xoxb-",
                "xoxp-",
                "xoxa-",
                "xoxo-",
                "xoxr-",
                "xoxs-",
                "xoxe-",
                "xoxc-",
                "xoxd-");
        add(all, Alphabet.URL, 10, ANY, "xoxe.xoxp-", "xoxe.xoxb-", "xapp-", "xwfp-");
        // Payment
        add(all, Alphabet.ALNUM, 10, ANY, "sk_live_", "sk_test_", "rk_live_", "rk_test_", "pk_live_", "sk_prod_");
        add(all, Alphabet.BASE64, 24, ANY, "whsec_");
        add(all, Alphabet.URL, 22, ANY, "sq0atp-", "sq0csp-", "EAAAE", "EAAAl");
        add(all, Alphabet.URL, 20, ANY, "access-sandbox-", "access-production-", "access-development-");
        add(all, Alphabet.PARTS, 49, 49, "access_token$production$", "access_token$sandbox$");
        // Registries of packages and images
        add(all, Alphabet.ALNUM, 36, 36, "npm_");
        add(all, Alphabet.URL, 27, ANY, "pypi-", "dckr_pat_", "dckr_oat_");
        add(all, Alphabet.HEX, 48, 48, "rubygems_");
        add(all, Alphabet.ALNUM, 32, ANY, "cio", "AKCp", "cmVmdGtu");
        add(all, Alphabet.LOWER, 43, 43, "oy2");
        // Mail
        add(all, Alphabet.DOTTED, 60, ANY, "SG.");
        add(all, Alphabet.LOWER, 32, 40, "key-");
        add(all, Alphabet.URL, 64, ANY, "xkeysib-", "xsmtpsib-");
        add(all, Alphabet.URL, 20, ANY, "re_", "mlsn.");
        // Twilio, Shopify
        add(all, Alphabet.HEX, 32, 32, "SK", "shpat_", "shpca_", "shppa_", "shpss_", "prm_");
        // Models
        add(all, Alphabet.URL, 20, ANY, "sk-", "gsk_", "r8_", "pplx-", "xai-", "nvapi-", "fw_", "tgp_v1_", "lsv2_pt_");
        add(all, Alphabet.ALNUM, 30, ANY, "hf_", "api_org_", "sess-");
        // Hosting, infrastructure and watching
        add(all, Alphabet.HEX, 64, 64, "dop_v1_", "doo_v1_", "dor_v1_");
        add(all, Alphabet.URL, 30, ANY, "HRKU-", "nfp_", "fo1_", "vcp_", "vck_", "tskey-", "tvly-");
        add(all, Alphabet.DOTTED, 30, ANY, "tskey-auth-", "tskey-api-", "FlyV1", "fm2_");
        add(all, Alphabet.HEX, 40, 40, "pul-");
        add(all, Alphabet.HEX, 32, ANY, "dapi", "sbp_", "bkua_", "CCIPAT_");
        add(all, Alphabet.DOTTED, 20, ANY, "hvs.", "hvb.", "hvr.", "dp.pt.", "dp.st.", "dp.ct.", "dp.sa.");
        add(all, Alphabet.DOTTED, 24, ANY, "CFPAT-", "CCIPAT_", "pat-na1-", "pat-eu1-", "pscale_tkn_", "pscale_pw_");
        add(all, Alphabet.URL, 27, ANY, "NRAK-", "NRJS-", "NRII-", "NRIQ-", "NRRA-", "PMAK-");
        add(all, Alphabet.BASE64, 24, ANY, "glsa_", "glc_", "sntrys_", "sntryu_", "ops_eyJ", "phx_", "phc_");
        add(all, Alphabet.DOTTED, 60, ANY, "dt0c01.", "dt0s16.");
        add(all, Alphabet.ALNUM, 32, ANY, "lin_api_", "secret_", "ntn_", "PMAK-", "sqp_", "squ_", "sqa_", "aio_");
        add(all, Alphabet.ALNUM, 20, ANY, "LTAI", "rdme_", "CLOJARS_", "ico-", "tfp_", "pnu_", "fio-u-");
        add(all, Alphabet.URL, 36, ANY, "figd_", "figo_");
        add(all, Alphabet.ALNUM, 32, 32, "AKID");
        add(all, Alphabet.UPPER, 58, 58, "AGE-SECRET-KEY-1");
        add(all, Alphabet.URL, 36, ANY, "sdk-", "mob-", "duffel_live_", "duffel_test_", "shippo_live_", "shippo_test_");
        add(all, Alphabet.URL, 33, ANY, "AQVN", "t1.9eu", "y0_", "y1_", "y2_", "y3_");
        Arrays.fill(SHAPES, NO_SHAPES);
        for (Shape shape : all) {
            int pair = shape.begin().charAt(0) * CHARACTERS + shape.begin().charAt(1);
            SHAPES[pair] = with(SHAPES[pair], shape);
        }
    }

    private TokenShapes() {}

    private static Shape[] with(Shape[] shapes, Shape more) {
        Shape[] all = Arrays.copyOf(shapes, shapes.length + 1);
        all[shapes.length] = more;
        return all;
    }

    private static void add(List<Shape> all, Alphabet alphabet, int least, int most, String... begins) {
        for (String begin : begins) {
            all.add(new Shape(begin, alphabet, least, most));
        }
    }

    /**
     * Looks at the word that begins here, with a letter or digit of English.
     *
     * @return the end of a token; or, negative, where to go on behind what is none; or 0 where nothing is known
     */
    static int end(String text, int from) {
        if (from + LEAST > text.length()) {
            return 0;
        }
        char first = text.charAt(from);
        char second = text.charAt(from + 1);
        if (first == 'e' && second == 'y' && text.charAt(from + 2) == 'J') {
            return webToken(text, from);
        }
        int skip = 0;
        Shape[] shapes = second < CHARACTERS ? SHAPES[first * CHARACTERS + second] : NO_SHAPES;
        for (Shape shape : shapes) {
            if (text.startsWith(shape.begin(), from)) {
                int end = end(text, from + shape.begin().length(), shape);
                if (end > 0) {
                    return shape.begin().endsWith("A") && shape.least() == 16 ? withSecret(text, end) : end;
                }
                skip = Math.min(skip, end);
            }
        }
        if (skip < 0) {
            return skip;
        }
        if (isDigit(first)) {
            int end = botToken(text, from);
            if (end > 0) {
                return end;
            }
        }
        if (isHex(first) && from + 36 <= text.length() && text.charAt(from + 32) == '-') {
            return dataCentreKey(text, from);
        }
        return first == 'M' || first == 'N' || first == 'O' ? chatBotToken(text, from) : 0;
    }

    /** The end of the token; or, negative, that of a long run that is none; or 0. */
    private static int end(String text, int from, Shape shape) {
        int run = run(text, from, shape.alphabet(), shape.most() == ANY ? ANY : shape.most() + 1);
        int end = run;
        while (end > from
                && isPunctuation(text.charAt(end - 1))
                && shape.alphabet().equals(Alphabet.DOTTED)) {
            end--;
        }
        int length = end - from;
        boolean fits = length >= shape.least() && length <= shape.most();
        boolean whole = end == text.length() || !Alphabet.WORD.has(text.charAt(end));
        if (fits && whole && isRandom(text, from, end, shape)) {
            return end;
        }
        return run - from > LONGEST_LOOK ? -run : 0;
    }

    private static boolean isPunctuation(char c) {
        return c == '.';
    }

    private static int run(String text, int from, Alphabet alphabet, int most) {
        int at = from;
        int end = most == ANY ? text.length() : Math.min(text.length(), from + most);
        while (at < end && alphabet.has(text.charAt(at))) {
            at++;
        }
        return at;
    }

    /** What begins with something common is a token only if it looks like chance. */
    private static boolean isRandom(String text, int from, int end, Shape shape) {
        if (shape.least() < 16) {
            return true;
        }
        return COMMON.contains(shape.begin()) ? isMixed(text, from, end) : isRandom(text, from, end);
    }

    private static boolean isMixed(String text, int from, int end) {
        String some = text.substring(from, Math.min(end, from + LONGEST_LOOK));
        return some.chars().anyMatch(c -> c >= '0' && c <= '9')
                && some.chars().anyMatch(c -> c >= 'A' && c <= 'Z')
                && some.chars().anyMatch(c -> c >= 'a' && c <= 'z');
    }

    /** Words are not made of digits and letters, nor of capitals in the midst of others. */
    private static boolean isRandom(String text, int from, int end) {
        boolean digit = false;
        boolean upper = false;
        boolean lower = false;
        for (int i = from; i < Math.min(end, from + LONGEST_LOOK); i++) {
            char c = text.charAt(i);
            digit |= isDigit(c);
            upper |= c >= 'A' && c <= 'Z';
            lower |= c >= 'a' && c <= 'z';
        }
        return digit ? upper || lower : upper && lower;
    }

    /** A JSON Web Token, signed or encrypted (RFC 7519). What only begins like one is stepped over. */
    private static int webToken(String text, int from) {
        int end = run(text, from, Alphabet.URL, ANY);
        if (end - from < 11) {
            return 0;
        }
        int parts = 1;
        int last = end;
        while (parts < 5 && end < text.length() && text.charAt(end) == '.') {
            last = run(text, end + 1, Alphabet.URL, ANY);
            if (parts == 1 && last - end < 5 && !text.startsWith("..", end)) {
                return -last;
            }
            parts++;
            end = last;
        }
        return parts >= 3 ? end : -end;
    }

    /** The secret that is written behind the identifier of a key belongs to it. */
    private static int withSecret(String text, int end) {
        int at = end;
        while (at < text.length() && at < end + LONGEST_GAP && !Alphabet.BASE64.has(text.charAt(at))) {
            at++;
        }
        int secret = run(text, at, Alphabet.BASE64, AWS_SECRET + 1);
        return at > end && secret - at == AWS_SECRET && isRandom(text, at, secret) ? secret : end;
    }

    /** Telegram: the bot's number, a colon and 35 characters. */
    private static int botToken(String text, int from) {
        if (from + 45 > text.length()
                || (text.charAt(from + 8) != ':' && text.charAt(from + 9) != ':' && text.charAt(from + 10) != ':')) {
            return 0;
        }
        int digits = from;
        while (digits < text.length() && digits < from + 11 && isDigit(text.charAt(digits))) {
            digits++;
        }
        if (digits - from < 8 || !text.startsWith(":A", digits)) {
            return 0;
        }
        int end = run(text, digits + 1, Alphabet.URL, 36);
        return end - digits - 1 == 35 && isRandom(text, digits + 1, end) ? end : 0;
    }

    /** Mailchimp: 32 hexadecimal digits and the data centre. */
    private static int dataCentreKey(String text, int from) {
        int end = run(text, from, Alphabet.HEX, 33);
        if (end - from != 32 || !text.startsWith("-us", end)) {
            return 0;
        }
        int centre = run(text, end + 3, Alphabet.HEX, 3);
        return centre > end + 3 ? centre : 0;
    }

    /** Discord: the number of the bot in Base64, a time and a signature. */
    private static int chatBotToken(String text, int from) {
        int number = run(text, from, Alphabet.URL, 29);
        if (number - from < 24 || number - from > 28 || number >= text.length() || text.charAt(number) != '.') {
            return 0;
        }
        int time = run(text, number + 1, Alphabet.URL, 7);
        if (time - number != 7 || time >= text.length() || text.charAt(time) != '.') {
            return 0;
        }
        int end = run(text, time + 1, Alphabet.URL, 40);
        return end - time > 27 && isRandom(text, from, number) && isRandom(text, time + 1, end) ? end : 0;
    }

    /**
     * Microsoft Entra: three characters, a digit, {@code Q~} and at least 31 more; the tilde is here. Returns the end
     * or 0.
     */
    static int entraEnd(String text, int tilde) {
        if (tilde < 5 || text.charAt(tilde - 1) != 'Q' || !isDigit(text.charAt(tilde - 2))) {
            return 0;
        }
        int at = tilde + 1;
        while (at < text.length()
                && at < tilde + 36
                && (Alphabet.DOTTED.has(text.charAt(at)) || text.charAt(at) == '~')) {
            at++;
        }
        return at - tilde > 31 ? at : 0;
    }

    /** HashiCorp: 14 characters, {@code .atlasv1.} and at least 60; the first dot is here. Returns the end or 0. */
    static int atlasEnd(String text, int dot) {
        if (dot < 14 || !text.startsWith(".atlasv1.", dot)) {
            return 0;
        }
        int end = run(text, dot + 9, Alphabet.BASE64, ANY);
        return end - dot - 9 >= 60 ? end : 0;
    }

    private static boolean isHex(char c) {
        return Alphabet.HEX.has(c);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
