package io.deepsentry.cli;

import io.deepsentry.cli.output.Console;

/** Where the program {@code deepsentry} starts and the only place that ends the process. */
public final class Main {
    private Main() {}

    /** Runs the command that the arguments name and exits with its code. */
    public static void main(String[] arguments) {
        Console console = Console.ofProcess(Daemon.readyFile().isPresent());
        Interruption interruption = Interruption.install(console);
        int code = new Program(console, interruption.cancellation(), System.getenv()).run(arguments);
        console.finish();
        interruption.finished();
        System.exit(code);
    }
}
