package io.deepsentry.text.token;

import com.google.common.base.Splitter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Small closed sets of words that masking knows. */
final class Words {
    private static final int DURATION = 1;
    private static final int SIZE = 1 << 1;
    /** Units that are words or single letters of other meaning when they stand apart from their number. */
    private static final int ONLY_ATTACHED = 1 << 2;
    /** Units of other quantities, told apart from words next to their number only. */
    private static final int MEASURE = 1 << 3;

    private static final WordTable UNITS = table(
            entry(DURATION, "ns nsec us µs μs usec ms msec msecs millis millisecond milliseconds microsecond"),
            entry(DURATION, "microseconds nanosecond nanoseconds s sec secs second seconds minute minutes mins"),
            entry(DURATION, "hr hrs hour hours day days week weeks month months year years"),
            entry(DURATION | ONLY_ATTACHED, "m min h d w"),
            entry(SIZE, "b byte bytes kb kib mb mib gb gib tb tib pb pib"),
            entry(SIZE | ONLY_ATTACHED, "k g t ki mi gi ti pi"),
            entry(MEASURE, "c f ghz mhz khz hz mbps gbps kbps bps rpm v mv kw w ma db dbm fps px x"));

    /** Names whose digits say what they are, not which. */
    private static final WordTable NAMES = table(
            entry(1, "md5 sha1 sha2 sha3 sha256 sha384 sha512 crc32 base64 utf8 utf-8 utf16 utf-16 ipv4 ipv6 ip4 ip6"),
            entry(1, "inet4 inet6 http2 h2 tls1 sslv2 sslv3 ssh1 ssh2 x86 x64 x86_64 amd64 arm64 aarch64 i386 i686"),
            entry(1, "win32 win64 int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 ext2 ext3 ext4"),
            entry(1, "s3 ec2 k8s log4j log4j2 slf4j oauth2 p2p ps2 usb2 usb3 v1 v2 v3 v4"),
            entry(1, "1xx 2xx 3xx 4xx 5xx"));

    /** Top-level domains that no program uses for anything else. */
    private static final int DOMAIN = 1;
    /** Top-level domains, told from other words by what is around them. */
    private static final int COUNTRY = 1 << 1;
    /** Country codes that are read as such also in a name of two labels. */
    private static final int POPULAR = 1 << 2;
    /** Country codes that are words or names of fields. */
    private static final int WORDY = 1 << 3;
    /** Endings of files that data are in. */
    private static final int FILE = 1 << 4;
    /** Endings of source files, whose names say where in a program something happened. */
    private static final int SOURCE = 1 << 5;

    private static final WordTable ENDINGS = table(
            entry(DOMAIN, "com net org edu gov mil local localdomain internal lan corp arpa svc consul"),
            entry(
                    POPULAR,
                    "de uk fr ru cn jp nl eu ca au br es se ch dk fi cz kr tw il tr ua ro hu gr pt ie nz za mx ar"),
            entry(POPULAR, "cl hk sg io ai dev app xyz online site shop tech cloud biz"),
            entry(
                    COUNTRY,
                    "digital agency news club icu vip asia mobi museum aero travel website world goog google aws"),
            entry(COUNTRY, "ac ad ae af ag al ao aw az ba bb bd bf bg bh bi bj bm bn bo bs bt bw bz cd cf cg ci ck cm"),
            entry(
                    COUNTRY,
                    "co cr cu cv cw cy dj dm dz ec eg er et fj fk fo ga gb gd ge gf gg gh gi gl gm gn gp gq gt gu"),
            entry(
                    COUNTRY,
                    "gw gy hm hn hr ht iq ir je jm jo ke kg kh ki km kn kp kw ky kz lb lc li lk lr lt lu lv ly mc"),
            entry(
                    COUNTRY,
                    "mg mh mk mm mn mo mp mq mr mt mu mv mw mz nc nf ng ni np nr nu om pa pe pf pg ph pk pn pr pw"),
            entry(
                    COUNTRY,
                    "qa rw sa sb sd si sk sl sm sn sr ss su sv sx sy sz tc td tf tg th tj tk tl tn tt tv tz ug uy"),
            entry(COUNTRY, "uz va vc ve vg vn vu wf ws ye yt zm zw"),
            entry(
                    COUNTRY | WORDY,
                    "am an as at be by do id im in is it la ls ma me ml ms my na ne no re sc so st tm to us"),
            entry(COUNTRY | WORDY, "ee fm gs pm vi"),
            entry(COUNTRY | SOURCE, "py rs sh pl cc md ps"),
            entry(SOURCE, "java kt scala go c h cpp cxx hpp js mjs ts jsx tsx rb php cs swift m vue lua ex erl clj"),
            entry(FILE, "pdf doc docx xls xlsx ppt pptx csv tsv txt log json jsonl xml yml yaml toml ini conf cfg"),
            entry(
                    FILE,
                    "properties html htm css png jpg jpeg gif svg webp bmp ico mp3 mp4 avi mov mkv wav flac zip gz"),
            entry(
                    FILE,
                    "tgz tar bz2 xz zst 7z rar jar war ear iso dat sqlite bak tmp sql parquet avro orc pem crt cer"),
            entry(FILE, "p12 jks so dll exe deb rpm apk msi pcap bin db"));

    /** First labels of Java packages and of objects in programs, which no host name has. */
    private static final WordTable PACKAGES = table(entry(
            1,
            "com org net io de edu gov java javax jakarta sun jdk scala kotlin android self this app main spring web"));

    /** First labels of host names. */
    private static final WordTable HOSTS = table(
            entry(
                    1,
                    "www api cdn img static assets media mail smtp imap pop ftp sftp ns ns1 ns2 dns db shop blog auth"),
            entry(1, "login m vpn proxy gateway"));

    private static final List<Integer> STATUSES = List.of(
            200, 201, 202, 301, 302, 304, 400, 401, 403, 404, 405, 406, 408, 409, 410, 413, 414, 416, 422, 429, 431,
            500, 501, 502, 503, 504);

    /**
     * First words of the reason phrases of HTTP, lower case, with the statuses that they are of as bits, see {@link
     * #bit}.
     */
    private static final WordTable REASONS = table(
            reason("bad", 400, 502),
            reason("unauthorized", 401),
            reason("forbidden", 403),
            reason("not", 304, 404, 406, 501),
            reason("method", 405),
            reason("request", 408, 413, 414, 416, 431),
            reason("conflict", 409),
            reason("gone", 410),
            reason("unprocessable", 422),
            reason("too", 429),
            reason("internal", 500),
            reason("service", 503),
            reason("gateway", 504),
            reason("ok", 200),
            reason("created", 201),
            reason("accepted", 202),
            reason("moved", 301),
            reason("found", 302));

    /** What follows {@code Not} in them. */
    private static final WordTable AFTER_NOT = table(entry(1, "modified found acceptable implemented"));

    /** Five letters without a vowel that are no random suffix. */
    private static final WordTable CONSONANTS = table(
            entry(1, "https pgsql xhtml dhcpd smtps sftpd httpd lxcfs btrfs tcpdp grpcs plpgs html5 xfsck crdbs"));

    /** Words that may follow {@code user} without being anyone's name. */
    private static final WordTable NOT_USERS = table(
            entry(
                    1,
                    "name id not is was has had agent account session data input login logged logging unknown request"),
            entry(1, "in to from for of and or with without authentication does did profile group groups space mode"),
            entry(
                    1,
                    "cancelled canceled defined error errors interface password logout who that by on at as are the a"),
            entry(1, "an can cannot must may will should authorization access identity role roles permission action"),
            entry(1, "activity service manager provider database store cache token key info information details list"),
            entry(1, "table record records event events update created deleted updated added removed requested query"));

    /** Words that come after the name of a user. */
    private static final WordTable AFTER_USERS = table(
            entry(
                    1,
                    "logged signed connected disconnected authenticated from has is was not failed joined left created"),
            entry(1, "deleted added removed updated requested locked at in on by with does did could cannot opened"),
            entry(
                    1,
                    "closed for succeeded via denied rejected accepted changed unlocked disabled enabled logs signs and"));

    /** Prefixes of codes whose five digits always say what happened. */
    private static final WordTable VENDORS = table(entry(
            1, "ora tns pls rman imp exp kup lpx lrm nze oci crs prot prvf sp2 drg asm ude udi dpy dpi err error"));

    private static final WordTable NOT_PORTS = table(entry(
            1, "length id count size time code status age port timeout limit total number offset version line index"));

    private Words() {}

    private record Entry(int value, String words) {}

    private static Entry entry(int value, String words) {
        return new Entry(value, words);
    }

    private static WordTable table(Entry... entries) {
        Map<String, Integer> words = new HashMap<>();
        for (Entry entry : entries) {
            for (String word : Splitter.on(' ').split(entry.words())) {
                words.merge(word, entry.value(), (a, b) -> a | b);
            }
        }
        return new WordTable(words);
    }

    /** Whether the word is a unit of time: next to its number, or after a space. */
    static boolean isDuration(char[] s, int from, int to, boolean attached) {
        return isUnit(DURATION, s, from, to, attached);
    }

    /** Whether the word is a unit of bytes: next to its number, or after a space. */
    static boolean isSize(char[] s, int from, int to, boolean attached) {
        return isUnit(SIZE, s, from, to, attached);
    }

    /** Whether the word next to a number is a unit of anything else. */
    static boolean isMeasure(char[] s, int from, int to) {
        return (UNITS.get(s, from, to) & MEASURE) != 0;
    }

    private static boolean isUnit(int kind, char[] s, int from, int to, boolean attached) {
        int unit = UNITS.get(s, from, to);
        return (unit & kind) != 0 && (attached || (unit & ONLY_ATTACHED) == 0);
    }

    /** The seconds of a unit of time, or NaN. */
    static double seconds(String unit) {
        return switch (unit.toLowerCase(Locale.ROOT)) {
            case "ns", "nsec", "nanosecond", "nanoseconds" -> 1e-9;
            case "us", "µs", "μs", "usec", "microsecond", "microseconds" -> 1e-6;
            case "ms", "msec", "msecs", "millis", "millisecond", "milliseconds" -> 1e-3;
            case "s", "sec", "secs", "second", "seconds" -> 1;
            case "m", "min", "mins", "minute", "minutes" -> 60;
            case "h", "hr", "hrs", "hour", "hours" -> 3600;
            case "d", "dt", "day", "days" -> 86_400;
            case "w", "week", "weeks" -> 7 * 86_400;
            case "month", "months" -> 30 * 86_400;
            case "year", "years" -> 365 * 86_400;
            default -> Double.NaN;
        };
    }

    /** The bytes of a unit of size, or NaN; 1 KB is 1,024 bytes, as most programs that write logs count. */
    static double bytes(String unit) {
        if (unit.isEmpty()) {
            return Double.NaN;
        }
        return switch (Character.toLowerCase(unit.charAt(0))) {
            case 'b' -> 1;
            case 'k' -> 1L << 10;
            case 'm' -> 1L << 20;
            case 'g' -> 1L << 30;
            case 't' -> 1L << 40;
            case 'p' -> 1L << 50;
            default -> Double.NaN;
        };
    }

    static boolean isName(char[] s, int from, int to) {
        return NAMES.get(s, from, to) != 0;
    }

    static boolean isUserName(char[] s, int from, int to) {
        return NOT_USERS.get(s, from, to) == 0;
    }

    static boolean followsUser(char[] s, int from, int to) {
        return AFTER_USERS.get(s, from, to) != 0;
    }

    /**
     * Whether it is the first word of the reason phrase of an HTTP status; of those below 400 it begins with a capital.
     */
    static boolean isReason(char[] s, int from, int to, int status) {
        boolean capital = s[from] >= 'A' && s[from] <= 'Z';
        return (capital || status >= 400) && (REASONS.get(s, from, to) & bit(status)) != 0;
    }

    static boolean followsNot(char[] s, int from, int to) {
        return AFTER_NOT.get(s, from, to) != 0;
    }

    /** The bit of an HTTP status with a reason phrase of which the first word is known; 0 for another. */
    private static int bit(int status) {
        int at = STATUSES.indexOf(status);
        return at < 0 ? 0 : 1 << at;
    }

    private static Entry reason(String word, int... statuses) {
        int bits = 0;
        for (int status : statuses) {
            bits |= bit(status);
        }
        return entry(bits, word);
    }

    static boolean isVendor(char[] s, int from, int to) {
        return VENDORS.get(s, from, to) != 0;
    }

    static boolean isConsonants(char[] s, int from, int to) {
        return CONSONANTS.get(s, from, to) != 0;
    }

    /** Whether a number after the name of this last part, joined by a colon, is not a port. */
    static boolean isNotBeforePort(char[] s, int from, int to) {
        return NOT_PORTS.get(s, from, to) != 0;
    }

    static boolean isFile(char[] s, int from, int to) {
        return (ENDINGS.get(s, from, to) & FILE) != 0;
    }

    static boolean isSource(char[] s, int from, int to) {
        return (ENDINGS.get(s, from, to) & SOURCE) != 0;
    }

    /** Whether a label is a top-level domain whatever comes before it. */
    static boolean isTopDomain(char[] s, int from, int to) {
        return (ENDINGS.get(s, from, to) & DOMAIN) != 0;
    }

    /**
     * Whether labels in lower case are a host name.
     *
     * @param first the end of the first label
     * @param last the start of the last label
     * @param dots how many dots there are
     * @param expected whether the words before say that a host comes
     */
    static boolean isHost(char[] s, int from, int first, int last, int to, int dots, boolean expected) {
        int ending = ENDINGS.get(s, last, to) & (DOMAIN | COUNTRY | POPULAR | WORDY | SOURCE);
        if (ending == 0 || ending == SOURCE || PACKAGES.get(s, from, first) != 0) {
            return ending != 0 && (ending & DOMAIN) != 0;
        }
        boolean named = HOSTS.get(s, from, first) != 0;
        if ((ending & (DOMAIN | POPULAR)) != 0) {
            return first - from >= 2 || named || dots >= 2;
        }
        if (dots < 2) {
            return named || (expected && (ending & (SOURCE | WORDY)) == 0);
        }
        return named || expected || (ending & (WORDY | SOURCE)) == 0;
    }
}
