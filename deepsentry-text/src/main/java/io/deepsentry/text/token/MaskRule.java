package io.deepsentry.text.token;

import io.deepsentry.core.ConfigException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A user's own masking rule: what {@code regex} matches (its first group, where it has one) becomes the token
 * {@code <name>}. Written in settings as {@code NAME=REGEX}.
 */
public record MaskRule(String name, String regex) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,31}");

    public MaskRule {
        if (!NAME.matcher(name).matches() || name.equals("pad") || name.equals("unk")) {
            throw new ConfigException(
                    "mask_rules: the name of a rule must be a lower-case word of at most 32 characters"
                            + " other than pad and unk, but was '" + name + "'");
        }
        try {
            if (Pattern.compile(regex).matcher("").matches()) {
                throw new ConfigException("mask_rules: the pattern of '" + name
                        + "' must not match nothing at all, but '" + regex + "' does");
            }
        } catch (PatternSyntaxException e) {
            throw new ConfigException(
                    "mask_rules: '" + regex + "' of '" + name + "' is not a regular expression: " + e.getDescription(),
                    e);
        }
    }

    /**
     * Reads {@code NAME=REGEX}.
     *
     * @param text the rule
     * @return the rule
     */
    public static MaskRule parse(String text) {
        int split = text.indexOf('=');
        if (split <= 0) {
            throw new ConfigException("mask_rules: a rule must be written NAME=REGEX, but was '" + text + "'");
        }
        return new MaskRule(
                text.substring(0, split).strip(), text.substring(split + 1).strip());
    }

    String token() {
        return "<" + name + ">";
    }

    /** The pattern compiled; callers keep it. */
    Pattern pattern() {
        return Pattern.compile(regex);
    }

    static int start(Matcher matcher) {
        return matcher.groupCount() > 0 && matcher.start(1) >= 0 ? matcher.start(1) : matcher.start();
    }

    static int end(Matcher matcher) {
        return matcher.groupCount() > 0 && matcher.start(1) >= 0 ? matcher.end(1) : matcher.end();
    }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() {
        return name + "=" + regex;
    }
}
