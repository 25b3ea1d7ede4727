package io.deepsentry.anomaly.internal.evidence;

import io.deepsentry.anomaly.internal.vector.Severity;
import io.deepsentry.text.identity.MessageValue;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** Follows the lines of a stream: numbers them, keeps their time from going back, counts repeats. For one thread. */
final class Position {
    static final Observation NOTHING = new Observation("", Severity.PLAIN, null, null, null, List.of());

    private final Names names;
    private final Line line = new Line();
    private int lastMessage;
    private int lastValues;
    private final CommonClock clock = new CommonClock();

    Position(Names names) {
        this.names = names;
    }

    Line next(Observation said) {
        line.said = said;
        line.message = names.of(said.message());
        line.number++;
        Instant time = said.time();
        line.isRestart = false;
        if (time == null) {
            line.seconds = Double.NaN;
            line.logged = Double.NaN;
        } else {
            line.logged = clock.add(time.getEpochSecond() + time.getNano() / 1e9);
            line.isRestart = clock.isRestart();
            line.seconds = clock.now();
            line.begin = line.isRestart || Double.isNaN(line.begin) ? line.seconds : line.begin;
        }
        int message = said.message().hashCode();
        int values = 1;
        for (MessageValue value : said.values()) {
            values = 31 * values + value.text().hashCode();
        }
        boolean same = line.number > 1 && message == lastMessage;
        line.repeat = same && values == lastValues ? line.repeat + 1 : 1;
        line.run = same ? line.run + 1 : 1;
        lastMessage = message;
        lastValues = values;
        return line;
    }

    /** When the last line was logged in seconds; NaN without a time. */
    double seconds() {
        return line.number == 0 ? Double.NaN : clock.now();
    }

    void write(DataOutput out) throws IOException {
        out.writeLong(line.number);
        out.writeInt(line.run);
        out.writeInt(line.repeat);
        out.writeInt(lastMessage);
        out.writeInt(lastValues);
        out.writeDouble(clock.now());
    }

    void read(DataInput in) throws IOException {
        line.number = in.readLong();
        line.run = in.readInt();
        line.repeat = in.readInt();
        lastMessage = in.readInt();
        lastValues = in.readInt();
        clock.now(in.readDouble());
    }

    /** Writes what is known of the clocks. */
    void writeClocks(DataOutput out) throws IOException {
        clock.write(out);
    }

    void readClocks(DataInput in) throws IOException {
        clock.read(in);
    }
}
