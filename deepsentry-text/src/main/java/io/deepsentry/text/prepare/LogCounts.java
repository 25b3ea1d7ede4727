package io.deepsentry.text.prepare;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.common.primitives.Longs;
import io.deepsentry.core.DataException;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.text.identity.IdentifiedMessage;
import io.deepsentry.text.identity.MessageIdentity;
import io.deepsentry.text.identity.MessageValue;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a log says, counted, in a size that does not grow with the log: its distinct messages, the distinct windows of its
 * sessions, and its values by their places. Parts of a log are counted on many machines and merged in any order, with the
 * same result to the bit. Each session must be in one part.
 *
 * <pre>{@code
 * LogCounts counts = LogCounts.ofWindows(10);
 * counts.addSession(identity, events);
 * counts.merge(LogCounts.fromBytes(bytesOfAnotherPart));
 * }</pre>
 *
 * <p>Of more than {@value #MOST_MESSAGES} messages, {@value #MOST_WINDOWS} windows or {@value #MOST_VALUES} values of a
 * place, those with the least hashes stay: a uniform sample of the distinct ones, with exact counts (bottom-k sketches,
 * Cohen and Kaplan, 2007).
 *
 * <p>For one thread at a time.
 */
public final class LogCounts {
    /** The most distinct messages. */
    public static final int MOST_MESSAGES = 1 << 16;
    /** The most distinct windows. */
    public static final int MOST_WINDOWS = 1 << 18;
    /** The most distinct values of one place. */
    public static final int MOST_VALUES = 64;

    private static final int VERSION = 1;

    private final int windowLength;
    private final LeastHashes<MessageCount> messages;
    private final LeastHashes<WindowCount> windows;
    private long lines;
    private long sessions;

    /**
     * A message.
     *
     * @param text its identity
     * @param lines how often it came
     * @param sessions in how many sessions it came
     */
    public record CountedMessage(String text, long lines, long sessions) {}

    /**
     * Messages of a session that came after each other.
     *
     * @param messages their identities; fewer than the length of windows where a session begins
     * @param count how often they came so
     * @param ends how often a session ended with them
     */
    public record CountedWindow(List<String> messages, long count, long ends) {
        public CountedWindow {
            messages = List.copyOf(messages);
        }
    }

    private static final class MessageCount {
        long lines;
        long sessions;
        final Map<String, ValueCounts> places = new TreeMap<>();
    }

    private static final class WindowCount {
        long count;
        long ends;
    }

    LogCounts(int windowLength, int mostMessages, int mostWindows) {
        if (windowLength < 1) {
            throw new IllegalArgumentException("windowLength must be at least 1, but was " + windowLength);
        }
        this.windowLength = windowLength;
        this.messages = new LeastHashes<>(mostMessages);
        this.windows = new LeastHashes<>(mostWindows);
    }

    /**
     * Returns counts of nothing yet.
     *
     * @param windowLength the messages of a window, at least 1
     */
    public static LogCounts ofWindows(int windowLength) {
        return new LogCounts(windowLength, MOST_MESSAGES, MOST_WINDOWS);
    }

    /**
     * Adds a whole session, in the order of its lines.
     *
     * @param identity says which messages they are; that of all parts must be equal
     */
    public void addSession(MessageIdentity identity, List<LogEvent> events) {
        sessions++;
        List<Long> hashes = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (LogEvent event : events) {
            IdentifiedMessage message = identity.identify(event);
            add(message, seen.add(message.text()));
            hashes.add(LeastHashes.hash(message.text()));
            WindowCount window = window(hashes.subList(Math.max(0, hashes.size() - windowLength), hashes.size()));
            if (window != null) {
                window.count++;
                window.ends += hashes.size() == events.size() ? 1 : 0;
            }
        }
    }

    private void add(IdentifiedMessage message, boolean firstOfSession) {
        lines++;
        MessageCount count = messages.get(message.text(), MessageCount::new);
        if (count != null) {
            count.lines++;
            count.sessions += firstOfSession ? 1 : 0;
            for (MessageValue value : message.values()) {
                count.places
                        .computeIfAbsent(value.place(), place -> new ValueCounts())
                        .add(value);
            }
        }
    }

    /** A window is known by the hashes of its messages, eight characters each. */
    private @Nullable WindowCount window(List<Long> hashes) {
        byte[] bytes = new byte[hashes.size() * Long.BYTES];
        for (int i = 0; i < hashes.size(); i++) {
            System.arraycopy(Longs.toByteArray(hashes.get(i)), 0, bytes, i * Long.BYTES, Long.BYTES);
        }
        return windows.get(new String(bytes, ISO_8859_1), WindowCount::new);
    }

    /**
     * Adds what another part has counted.
     *
     * @throws DataException if its windows have another length
     */
    public void merge(LogCounts other) {
        if (other.windowLength != windowLength) {
            throw new DataException("counts of windows of " + windowLength + " messages cannot be merged with those of "
                    + other.windowLength);
        }
        lines += other.lines;
        sessions += other.sessions;
        other.messages.kept().forEach((key, theirs) -> {
            MessageCount mine = messages.get(key.text(), MessageCount::new);
            if (mine != null) {
                mine.lines += theirs.lines;
                mine.sessions += theirs.sessions;
                theirs.places.forEach((place, values) -> mine.places
                        .computeIfAbsent(place, unused -> new ValueCounts())
                        .merge(values));
            }
        });
        other.windows.kept().forEach((key, theirs) -> {
            WindowCount mine = windows.get(key.text(), WindowCount::new);
            if (mine != null) {
                mine.count += theirs.count;
                mine.ends += theirs.ends;
            }
        });
    }

    /** Returns how many lines were counted, those of messages that did not fit included. */
    public long lines() {
        return lines;
    }

    /** Returns how many sessions were counted. */
    public long sessions() {
        return sessions;
    }

    /** Returns the distinct messages, always in the same order. */
    public List<CountedMessage> messages() {
        List<CountedMessage> all = new ArrayList<>();
        messages.kept().forEach((key, count) -> all.add(new CountedMessage(key.text(), count.lines, count.sessions)));
        return all;
    }

    /** Returns the distinct windows whose messages are all kept, always in the same order. */
    public List<CountedWindow> windows() {
        Map<Long, String> texts = new HashMap<>();
        messages.kept().keySet().forEach(key -> texts.put(key.hash(), key.text()));
        List<CountedWindow> all = new ArrayList<>();
        windows.kept().forEach((key, window) -> {
            List<String> found = new ArrayList<>();
            byte[] bytes = key.text().getBytes(ISO_8859_1);
            for (int i = 0; i < bytes.length; i += Long.BYTES) {
                @Nullable
                String text = texts.get(Longs.fromBytes(
                        bytes[i],
                        bytes[i + 1],
                        bytes[i + 2],
                        bytes[i + 3],
                        bytes[i + 4],
                        bytes[i + 5],
                        bytes[i + 6],
                        bytes[i + 7]));
                if (text == null) {
                    return;
                }
                found.add(text);
            }
            all.add(new CountedWindow(found, window.count, window.ends));
        });
        return all;
    }

    /** Returns the values of a message by their places; empty if it is not kept or has none. */
    public Map<String, ValueCounts.Summary> values(String message) {
        Map<String, ValueCounts.Summary> all = new TreeMap<>();
        MessageCount count = messages.kept().get(LeastHashes.Hashed.of(message));
        if (count != null) {
            count.places.forEach((place, values) -> all.put(place, values.summary()));
        }
        return all;
    }

    /** Returns the counts as bytes, which are equal where counts are. */
    public byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeInt(windowLength);
            out.writeLong(lines);
            out.writeLong(sessions);
            out.writeInt(messages.kept().size());
            for (Map.Entry<LeastHashes.Hashed, MessageCount> each :
                    messages.kept().entrySet()) {
                ValueCounts.writeText(out, each.getKey().text());
                out.writeLong(each.getValue().lines);
                out.writeLong(each.getValue().sessions);
                out.writeInt(each.getValue().places.size());
                for (Map.Entry<String, ValueCounts> place :
                        each.getValue().places.entrySet()) {
                    ValueCounts.writeText(out, place.getKey());
                    place.getValue().write(out);
                }
            }
            out.writeInt(windows.kept().size());
            for (Map.Entry<LeastHashes.Hashed, WindowCount> each :
                    windows.kept().entrySet()) {
                ValueCounts.writeText(out, each.getKey().text());
                out.writeLong(each.getValue().count);
                out.writeLong(each.getValue().ends);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * Returns the counts that {@link #toBytes} has written.
     *
     * @throws DataException if they are not such bytes
     */
    public static LogCounts fromBytes(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readByte();
            if (version != VERSION) {
                throw new DataException(
                        "counts of a log have version " + version + ", but this program reads " + VERSION);
            }
            int windowLength = in.readInt();
            if (windowLength < 1) {
                throw new DataException("counts of a log are damaged: windows of " + windowLength + " messages");
            }
            LogCounts read = ofWindows(windowLength);
            read.lines = in.readLong();
            read.sessions = in.readLong();
            for (int left = in.readInt(); left > 0; left--) {
                MessageCount count = new MessageCount();
                read.messages.kept().put(LeastHashes.Hashed.of(ValueCounts.readText(in)), count);
                count.lines = in.readLong();
                count.sessions = in.readLong();
                for (int places = in.readInt(); places > 0; places--) {
                    count.places.put(ValueCounts.readText(in), ValueCounts.read(in));
                }
            }
            for (int left = in.readInt(); left > 0; left--) {
                WindowCount window = new WindowCount();
                read.windows.kept().put(LeastHashes.Hashed.of(ValueCounts.readText(in)), window);
                window.count = in.readLong();
                window.ends = in.readLong();
            }
            return read;
        } catch (IOException e) {
            throw new DataException("counts of a log are damaged: " + e, e);
        }
    }
}
