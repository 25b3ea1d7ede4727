package io.deepsentry.cli;

import java.util.List;

/**
 * Options that the help of a command shows together.
 *
 * @param heading what they have in common
 * @param flags their names, such as {@code --batch-size}, in the order in which the help shows them
 */
record OptionGroup(String heading, List<String> flags) {
    OptionGroup {
        flags = List.copyOf(flags);
    }

    /** All options of a command that has few. */
    static OptionGroup of(String... flags) {
        return new OptionGroup("Options", List.of(flags));
    }
}
