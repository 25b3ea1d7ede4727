package io.deepsentry.text.token;

import static io.deepsentry.text.token.Characters.isLetter;

import com.google.common.base.Splitter;
import java.util.HashMap;
import java.util.Map;

/**
 * Words that say something about the value after them: {@code status} comes before a code, {@code took} before a
 * duration. A cue is a set of bits. Of a name of several parts ({@code http_status}, {@code exitCode}) the last part
 * counts.
 */
final class Cues {
    /** Before a code that may be an HTTP status. */
    static final int STATE = 1;
    /** Before a code that is written as it is. */
    static final int EXACT = 1 << 1;
    /** Before a code that may have letters. */
    static final int NAMED = 1 << 2;
    /** Before a level of one or two digits. */
    static final int LEVEL = 1 << 3;

    static final int EVENT = 1 << 4;
    /** {@code id}, which is a code after {@code event}. */
    static final int ID = 1 << 5;
    /** Before an outcome: 0, 1 or an HTTP status. */
    static final int RETURNED = 1 << 6;
    /** Before an HTTP status or the version of HTTP. */
    static final int HTTP = 1 << 7;
    /** Between a cue and its value: {@code code is 5}, {@code exited with 5}. */
    static final int LINK = 1 << 8;
    /** Of the end of a process, whose codes are no HTTP statuses. */
    static final int EXIT = 1 << 9;

    static final int METHOD = 1 << 10;
    static final int USER = 1 << 11;
    static final int FOR = 1 << 12;
    /** What is granted or refused to the user named after {@code for}. */
    static final int LOGIN = 1 << 13;
    /** Before a digest. */
    static final int DIGEST = 1 << 14;

    static final int ELAPSED = 1 << 15;
    /** Before a host. */
    static final int PEER = 1 << 16;

    static final int MESSAGE = 1 << 17;
    static final int TLS = 1 << 18;
    /** What has a code that is no state: a postal one. */
    static final int OTHER_CODE = 1 << 19;
    /** Before numbers joined by slashes that are places. */
    static final int PLACE = 1 << 20;

    /** The cues that the last part of a name may give. */
    private static final int OF_PARTS = STATE | EXACT | NAMED | LEVEL | USER | DIGEST | ELAPSED | MESSAGE | ID;

    private static final WordTable TABLE = table();

    private Cues() {}

    private static WordTable table() {
        Map<String, Integer> words = new HashMap<>();
        put(words, STATE | NAMED, "code resultcode");
        put(words, STATE, "status statuscode httpstatus httpcode responsecode");
        put(words, EXACT | NAMED, "errorcode errcode sqlstate hresult");
        put(
                words,
                EXACT,
                "errno rc ret retcode retval returncode exitcode exitstatus err error signal signum sig exit");
        put(words, EXACT, "sqlcode ntstatus");
        put(words, LEVEL, "level severity priority runlevel loglevel");
        put(words, EVENT, "event");
        put(words, EXACT, "eventid eventcode");
        put(words, ID, "id");
        put(words, RETURNED, "returned returns return returning result");
        put(words, HTTP, "http completed responded response replied answered");
        put(words, LINK, "is was of with by to");
        put(
                words,
                EXIT,
                "exit exited exiting exitcode exitstatus killed terminated process died crashed aborted signal");
        put(words, METHOD, "get post put delete patch head options connect trace propfind");
        put(words, USER, "user username ruser logname loginname");
        put(words, FOR, "for");
        put(words, LOGIN, "password publickey login logon authentication session access keyboard-interactive failures");
        put(words, DIGEST, "commit sha sha1 sha256 sha512 md5 rev revision hash digest checksum fingerprint etag");
        put(words, DIGEST, "changeset traceid trace spanid span");
        put(words, ELAPSED, "took elapsed duration uptime after in for within latency runtime lasted spent ran");
        put(words, PEER, "to at from host server broker via peer address addr backend upstream endpoint dial listen");
        put(words, PEER, "on connect connecting target hostname tcp destination remote resolved resolving resolve");
        put(words, PEER, "lookup domain dns against reach reaching");
        put(words, MESSAGE, "msg message");
        put(words, TLS, "tls ssl dtls");
        put(words, OTHER_CODE, "zip postal area country product promo coupon discount bar access verification auth");
        put(words, OTHER_CODE, "source qr pin security currency language");
        put(words, PLACE, "slot port card interface ethernet bus path");
        return new WordTable(words);
    }

    private static void put(Map<String, Integer> words, int cue, String list) {
        for (String word : Splitter.on(' ').split(list)) {
            words.merge(word, cue, (a, b) -> a | b);
        }
    }

    /** Returns the cue of the word at {@code [from, to)} that is not of several parts. */
    static int ofPlain(char[] s, int from, int to) {
        return TABLE.get(s, from, to);
    }

    /** Returns the cue of the word or name at {@code [from, to)}. */
    static int of(char[] s, int from, int to) {
        int part = part(s, from, to);
        if (part == from) {
            return TABLE.get(s, from, to);
        }
        int cue = TABLE.get(s, part, to) & OF_PARTS;
        if (cue == 0) {
            return TABLE.get(s, from, to);
        }
        int before = isLetter(s[part - 1]) ? part : part - 1;
        int owner = TABLE.get(s, part(s, from, before), before);
        if ((cue & ID) != 0) {
            return owner & EVENT;
        }
        return (owner & OTHER_CODE) != 0 ? cue & ~(STATE | NAMED) : cue | (owner & EXIT);
    }

    /** Where the last part of the name at {@code [from, to)} begins. */
    private static int part(char[] s, int from, int to) {
        int k = to;
        while (k > from) {
            char c = s[k - 1];
            if (!isLetter(c)) {
                break;
            }
            k--;
            boolean hump = k > from && k < to - 1 && isUpper(c) && !isUpper(s[k - 1]) && isLetter(s[k - 1]);
            boolean abbreviation = k == to - 2 && k > from && isUpper(c) && isUpper(s[to - 1]) && !isUpper(s[k - 1]);
            if (hump || abbreviation) {
                break;
            }
        }
        return k == to ? from : k;
    }

    private static boolean isUpper(char c) {
        return c >= 'A' && c <= 'Z';
    }
}
