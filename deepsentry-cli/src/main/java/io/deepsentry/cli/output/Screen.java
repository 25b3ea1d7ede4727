package io.deepsentry.cli.output;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where results are read: their width, and whether they may be cut to it.
 *
 * @param columns the width in columns; {@value #DEFAULT_COLUMNS} where it is unknown
 * @param bounded whether results are laid out within the width; otherwise, for a pipe or a file, nothing is cut or
 *     wrapped
 * @param terminal whether standard output is a terminal
 */
public record Screen(int columns, boolean bounded, boolean terminal) {
    /** The width where neither the terminal nor the environment gives one. */
    public static final int DEFAULT_COLUMNS = 80;

    private static final int LEAST = 40;

    public Screen {
        columns = Math.max(LEAST, columns);
    }

    /**
     * Returns the screen of this process: the terminal's width as the launcher found it, otherwise {@code COLUMNS}.
     * Results in a pipe are bounded only where {@code COLUMNS} asks for it.
     */
    static Screen ofProcess(Map<String, String> environment) {
        boolean terminal = isTerminal("deepsentry.results.terminal");
        int named = number(environment.get("COLUMNS"));
        int detected = Integer.getInteger("deepsentry.columns", 0);
        int columns = detected > 0 ? detected : named > 0 ? named : DEFAULT_COLUMNS;
        return terminal ? new Screen(columns, true, true) : new Screen(named > 0 ? named : columns, named > 0, false);
    }

    /** Returns what the launcher says of a stream, or, where it cannot tell, whether Java has a console. */
    @SuppressWarnings("SystemConsoleNull") // The launcher that asks for this has the console of java.base.
    static boolean isTerminal(String property) {
        String said = System.getProperty(property, "");
        return said.equals("detect") ? System.console() != null : said.equals("true");
    }

    /** Returns the width that results must keep to; where they need not, the greatest number there is. */
    public int width() {
        return bounded ? columns : Integer.MAX_VALUE;
    }

    private static int number(@Nullable String text) {
        try {
            return text == null ? 0 : Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
