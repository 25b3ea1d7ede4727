package io.deepsentry.text.identity;

import java.util.Locale;
import java.util.Set;

/** What the name of a field says about its value. */
final class FieldNames {
    /** Fields whose value says what happened. */
    private static final Set<String> TELLING = Set.of(
            ("status code error err errors errno exception reason cause method event outcome result state action kind"
                            + " failure failed fault exit signal success ok rc sqlstate condition phase verdict decision")
                    .split(" "));
    /** Fields whose value says where, who or which. */
    private static final Set<String> PLACES = Set.of(
            ("host hostname node pod container instance zone region cluster namespace ns service app application version"
                            + " build release env environment pid ppid tid thread process user username account email ip"
                            + " addr address port path uri url file line caller function func source src dst target id uid"
                            + " gid guid uuid key name logger time timestamp ts date trace span session request query"
                            + " referer referrer agent useragent ua tenant device client server peer remote domain"
                            + " stacktrace stack hash digest token commit sha")
                    .split(" "));

    private FieldNames() {}

    /** The last part of a dotted name. */
    static String last(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** The name with nothing in it that separates the parts of an open message. */
    static String clean(String name) {
        StringBuilder out = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            out.append(Character.isLetterOrDigit(c) || c == '.' || c == '_' || c == '-' ? c : '_');
        }
        return out.toString();
    }

    static boolean isTelling(String name) {
        return anyPart(last(name), TELLING) && !isPlace(name);
    }

    static boolean isPlace(String name) {
        String last = last(name);
        int part = last.length();
        while (part > 0 && isPartOfWord(last, part)) {
            part--;
        }
        // The noun of a compound is its last word: error_id, statusUrl.
        return PLACES.contains(last.substring(part).toLowerCase(Locale.ROOT))
                || PLACES.contains(last.toLowerCase(Locale.ROOT));
    }

    private static boolean isPartOfWord(String name, int at) {
        char before = name.charAt(at - 1);
        return Character.isLetterOrDigit(before)
                && (at == name.length() || !(Character.isUpperCase(name.charAt(at)) && Character.isLowerCase(before)));
    }

    private static boolean anyPart(String name, Set<String> words) {
        int from = 0;
        for (int i = 1; i <= name.length(); i++) {
            boolean ends = i == name.length()
                    || !Character.isLetterOrDigit(name.charAt(i))
                    || (Character.isUpperCase(name.charAt(i)) && Character.isLowerCase(name.charAt(i - 1)));
            if (ends) {
                if (words.contains(name.substring(from, i).toLowerCase(Locale.ROOT))) {
                    return true;
                }
                from = i < name.length() && !Character.isLetterOrDigit(name.charAt(i)) ? i + 1 : i;
            }
        }
        return words.contains(name.toLowerCase(Locale.ROOT));
    }
}
