package io.deepsentry.kafka;

import io.deepsentry.core.RunContext;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.Sources;
import io.deepsentry.live.LiveMonitor;
import io.deepsentry.live.LiveRun;
import io.deepsentry.live.LiveSettings;
import io.deepsentry.live.alert.AlertSink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code live} as a process of its own, to be killed. */
final class LiveProcess {
    private LiveProcess() {}

    /** Starts one; its output goes where that of this process goes. */
    static Process start(Path folder, Map<String, String> flags) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx400m",
                "-cp",
                System.getProperty("java.class.path"),
                LiveProcess.class.getName(),
                folder.toString()));
        flags.forEach((key, value) -> command.add(key + "=" + value));
        return new ProcessBuilder(command).inheritIO().start();
    }

    /** The data folder, then settings as {@code key=value}. */
    public static void main(String[] args) {
        Map<String, Object> flags = new HashMap<>();
        for (int i = 1; i < args.length; i++) {
            int equals = args[i].indexOf('=');
            flags.put(args[i].substring(0, equals), args[i].substring(equals + 1));
        }
        LiveSettings settings = settings(Path.of(args[0]), flags);
        try (AlertSink sink = settings.outputs().open(Map.of(), Nowhere.SINK)) {
            LiveMonitor.run(settings, sink, end -> {}, new LiveRun(), RunContext.quiet());
        }
    }

    static LiveSettings settings(Path folder, Map<String, ?> flags) {
        return LiveSettings.from(Config.defaults(LiveSettings.SCHEMA, new Sources(flags, Map.of(), folder)));
    }

    /** Standard output is not asked for. */
    enum Nowhere {
        ;
        static final AlertSink SINK = new AlertSink() {
            @Override
            public void write(io.deepsentry.live.alert.Alert alert) {}

            @Override
            public void close() {}
        };
    }
}
