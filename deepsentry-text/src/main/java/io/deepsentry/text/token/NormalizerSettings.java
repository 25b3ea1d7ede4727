package io.deepsentry.text.token;

import io.deepsentry.core.ConfigException;
import io.deepsentry.parse.redact.Redaction;
import io.deepsentry.parse.redact.RedactionRules;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What {@link MessageNormalizer} masks.
 *
 * @param types the types that are masked; values of the others stay as they are
 * @param rules rules of the user's own, applied in order before the types
 * @param lower whether words are put in lower case; codes and methods of HTTP keep theirs
 * @param secrets what is redacted before masking, beside the keys, passwords and numbers of cards that always are
 */
public record NormalizerSettings(Set<MaskType> types, List<MaskRule> rules, boolean lower, RedactionRules secrets) {
    /** Every type, no further rules, case kept. */
    public static final NormalizerSettings DEFAULTS =
            new NormalizerSettings(EnumSet.allOf(MaskType.class), List.of(), false);

    public NormalizerSettings {
        EnumSet<MaskType> all = EnumSet.of(MaskType.EMPTY);
        all.addAll(types);
        types = Set.copyOf(all);
        rules = List.copyOf(rules);
    }

    /**
     * Settings that redact only what is always redacted.
     *
     * @param types what is masked
     * @param rules rules of the user's own
     * @param lower whether letters become small ones
     */
    public NormalizerSettings(Set<MaskType> types, List<MaskRule> rules, boolean lower) {
        this(types, rules, lower, RedactionRules.NONE);
    }

    /**
     * {@return these settings with other rules of what is redacted}
     *
     * @param newSecrets what is redacted
     */
    public NormalizerSettings withSecrets(RedactionRules newSecrets) {
        return new NormalizerSettings(types, rules, lower, newSecrets);
    }

    /** {@return what is redacted before masking} */
    public Redaction redaction() {
        return Redaction.SECRETS.with(secrets);
    }

    /**
     * Reads the values of the keys {@code mask_types} and {@code mask_rules}.
     *
     * @param types what is masked
     * @param rules rules of the user's own
     * @param lower whether letters become small ones
     * @return the settings
     */
    public static NormalizerSettings parse(List<String> types, List<String> rules, boolean lower) {
        EnumSet<MaskType> set = EnumSet.noneOf(MaskType.class);
        for (String type : types) {
            set.add(type(type.strip()));
        }
        List<MaskRule> parsed = new ArrayList<>();
        for (String rule : rules) {
            parsed.add(MaskRule.parse(rule));
        }
        return new NormalizerSettings(set, parsed, lower);
    }

    /** {@return the keys of all types that can be switched off, in order} */
    public static List<String> switchable() {
        List<String> keys = new ArrayList<>();
        for (MaskType type : MaskType.values()) {
            if (type != MaskType.EMPTY) {
                keys.add(type.key());
            }
        }
        return keys;
    }

    /** {@return the value of {@code mask_types} that gives these types, in order} */
    public List<String> typeKeys() {
        List<String> keys = switchable();
        keys.removeIf(key -> !types.contains(type(key)));
        return keys;
    }

    /** {@return the value of {@code mask_rules} that gives these rules} */
    public List<String> ruleTexts() {
        return rules.stream().map(MaskRule::toString).toList();
    }

    /** {@return a text that is another for each distinct value of this record} */
    public String canonical() {
        String masking = typeKeys() + " " + ruleTexts() + " " + lower;
        return secrets.equals(RedactionRules.NONE)
                ? masking
                : masking + " " + secrets.names() + " " + secrets.patterns();
    }

    private static MaskType type(String key) {
        for (MaskType type : MaskType.values()) {
            if (type.key().equals(key.toLowerCase(Locale.ROOT))) {
                return type;
            }
        }
        throw new ConfigException("mask_types: every type must be one of " + String.join(", ", switchable()) + ", but '"
                + key + "' is not");
    }
}
