package io.deepsentry.cli;

/**
 * What the program's exit codes mean. The codes of an interrupted (130) and a terminated (143) process come from the
 * Java runtime.
 */
final class ExitCode {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int WRONG_USE = 2;
    static final int MISSING_DATA = 3;
    /** What {@code diff --fail-on-new} finds. */
    static final int DIFFERENT = 4;

    private ExitCode() {}
}
