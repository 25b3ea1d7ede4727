package io.deepsentry.tools.speed;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.OnMalformed;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Says which message each event of a log is: seconds a pass over events in memory. What is measured is the identity
 * that half of the events taught, or masking alone in versions before there were identities. See run, which compares
 * two versions.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.SECONDS)
public class MaskSpeed {
    private static final List<LogEvent> EVENTS = events();
    /** Takes an event, returns its message; a constant, so that the compiler sees through it. */
    private static final MethodHandle MESSAGE = message();

    @Benchmark
    public void pass(Blackhole messages) throws Throwable {
        for (LogEvent event : EVENTS) {
            messages.consume((String) MESSAGE.invokeExact(event));
        }
    }

    private static List<LogEvent> events() {
        List<LogEvent> events = new ArrayList<>();
        try (LogReader reader = LogReader.builder()
                .input(Path.of(System.getenv("SPEED_LOG")))
                .format(System.getenv("SPEED_FORMAT"))
                .onMalformed(OnMalformed.ATTACH)
                .open()) {
            reader.forEach(events::add);
        }
        return events;
    }

    private static MethodHandle message() {
        try {
            return identity();
        } catch (ClassNotFoundException e) {
            return masking();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static MethodHandle identity() throws ReflectiveOperationException {
        Class<?> identity = Class.forName("io.deepsentry.text.identity.MessageIdentity");
        Class<?> learning = Class.forName("io.deepsentry.text.identity.SlotLearner");
        Class<?> settings = Class.forName("io.deepsentry.text.token.NormalizerSettings");
        Class<?> slots = Class.forName("io.deepsentry.text.identity.LearnedSlots");
        Object defaults = settings.getField("DEFAULTS").get(null);
        Object learner = learning.getMethod("of", settings).invoke(null, defaults);
        for (LogEvent event : EVENTS.subList(0, EVENTS.size() / 2)) {
            learning.getMethod("add", LogEvent.class).invoke(learner, event);
        }
        Object learned = learning.getMethod("learn").invoke(learner);
        Object of = identity.getMethod("of", settings, slots).invoke(null, defaults, learned);
        return MethodHandles.lookup().unreflect(identity.getMethod("of", LogEvent.class)).bindTo(of);
    }

    private static MethodHandle masking() {
        try {
            Class<?> masking = Class.forName("io.deepsentry.text.MessageNormalizer");
            Object defaults = masking.getMethod("defaults").invoke(null);
            MethodHandle normalize = MethodHandles.lookup().unreflect(masking.getMethod("normalize", String.class));
            MethodHandle text = MethodHandles.lookup()
                    .findVirtual(LogEvent.class, "message", MethodType.methodType(String.class));
            return MethodHandles.filterReturnValue(text, normalize.bindTo(defaults));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
