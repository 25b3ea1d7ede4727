package io.deepsentry.parse.redact;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The name of a secret in a sentence, with what may stand between it and its value: {@code the password for bob},
 * {@code PIN has been changed}, {@code set the password of user bob}.
 *
 * @param sort what kind of value follows the name
 * @param changed whether the sentence says that the secret was changed, so that {@code to} leads to its value
 */
record PasswordPhrase(SecretNames.Sort sort, boolean changed) {
    private static final int LONGEST_LOOK = 64;
    private static final int MOST_WORDS = 6;
    private static final Set<String> CHANGES =
            words("set reset change changed changing update updated updating setting resetting rotated");
    private static final Set<String> FILLERS = words("has have had been was is be will now and again successfully");
    private static final Set<String> OWNERS = words("user account login the database db service role admin root");

    private static Set<String> words(String words) {
        return Arrays.stream(words.split(" ", -1)).collect(Collectors.toUnmodifiableSet());
    }

    /** The phrase that ends before {@code end}, where its last word does; null if no name of a secret is there. */
    static @Nullable PasswordPhrase before(String text, int end, SecretNames names) {
        int at = end;
        boolean changed = false;
        for (int word = 0; word < MOST_WORDS && at > 0; word++) {
            SecretNames.Sort sort = names.sort(text, at);
            if (sort != null) {
                boolean telling = sort == SecretNames.Sort.SECRET
                        || sort == SecretNames.Sort.TOKEN
                        || sort == SecretNames.Sort.LONG_TOKEN
                        || sort == SecretNames.Sort.CODE;
                return telling ? new PasswordPhrase(sort, changed || isChanged(text, at)) : null;
            }
            int begin = wordBegin(text, at);
            if (begin == at || begin == 0 || text.charAt(begin - 1) != ' ') {
                return null;
            }
            String said = text.substring(begin, at).toLowerCase(Locale.ROOT);
            int before = begin - 1;
            if (CHANGES.contains(said)) {
                changed = true;
            } else if (!FILLERS.contains(said)) {
                before = ofSomebody(text, before);
                if (before < 0) {
                    return null;
                }
            }
            at = before;
        }
        return null;
    }

    /** Where {@code for}, {@code for the user} and the like begin, which end here; -1 if they do not. */
    private static int ofSomebody(String text, int end) {
        int at = end;
        for (int word = 0; word < 3 && at > 0; word++) {
            int begin = wordBegin(text, at);
            String said = text.substring(begin, at).toLowerCase(Locale.ROOT);
            if (begin == 0 || begin == at || text.charAt(begin - 1) != ' ') {
                return -1;
            }
            if (said.equals("for") || said.equals("of") || (said.equals("to") && word > 0)) {
                return begin - 1;
            }
            if (!OWNERS.contains(said)) {
                return -1;
            }
            at = begin - 1;
        }
        return -1;
    }

    private static int wordBegin(String text, int end) {
        int at = end;
        while (at > 0 && end - at < LONGEST_LOOK && text.charAt(at - 1) > ' ') {
            at--;
        }
        return at;
    }

    /** Whether a verb before the name, not far away, says that it is changed. */
    private static boolean isChanged(String text, int nameEnd) {
        int at = nameEnd;
        for (int word = 0; word < MOST_WORDS && at > 0; word++) {
            int begin = wordBegin(text, at);
            if (begin == at) {
                return false;
            }
            if (CHANGES.contains(text.substring(begin, at).toLowerCase(Locale.ROOT))) {
                return true;
            }
            at = begin - 1;
        }
        return false;
    }
}
