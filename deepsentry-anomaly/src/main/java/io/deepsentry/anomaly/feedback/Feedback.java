package io.deepsentry.anomaly.feedback;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.finding.FindingKey;
import io.deepsentry.core.DataException;
import io.deepsentry.core.internal.AtomicFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What users said of alerts, that they were normal or real faults, in a file {@code feedback.jsonl} with one record a
 * line. Immutable.
 *
 * <p>In a later session, steps that repeat those of one acknowledged alert no longer count, each at most as often as it
 * was acknowledged. A step repeats another if it is the same message, odd in the same way, and hardly more surprising.
 * If at most half of the threshold remains, the session is normal. So a different anomaly still raises an alarm, as
 * does the same anomaly with something more. Nothing is retrained. What was a real fault stays an alarm, whatever else
 * is acknowledged.
 *
 * <pre>{@code
 * AlertRecord alert = AlertRecords.find("5d0c31e2a9f04b77", List.of(Path.of("eval_results/anomalies.jsonl")));
 * Feedback.acknowledge(Path.of(Feedback.FILE), alert, "nightly backup", Instant.now());
 * }</pre>
 */
public final class Feedback {
    /** The usual name of the file, in the data folder. */
    public static final String FILE = "feedback.jsonl";
    /** No acknowledgements. */
    public static final Feedback NONE = new Feedback(List.of());

    private static final JsonMapper JSON = new JsonMapper();

    private final List<FeedbackRecord> records;
    /** The ids of the findings that are real faults. */
    private final Set<String> confirmed;

    private Feedback(List<FeedbackRecord> records) {
        this.records = List.copyOf(records);
        this.confirmed = records.stream()
                .filter(record -> record.inForce() && record.real())
                .flatMap(record -> Stream.ofNullable(record.finding()))
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Reads the file.
     *
     * @param file the file of acknowledgements
     * @return {@link #NONE} if there is none
     * @throws DataException if it cannot be read or a line of it is broken
     */
    public static Feedback read(Path file) {
        if (!Files.exists(file)) {
            return NONE;
        }
        List<FeedbackRecord> records = new ArrayList<>();
        long number = 0;
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (!line.isBlank()) {
                    records.add(FeedbackRecord.of(JSON.readTree(line)));
                }
            }
        } catch (JsonProcessingException e) {
            throw broken(file, number, "it is not valid JSON", e);
        } catch (IllegalArgumentException e) {
            throw broken(file, number, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new DataException(
                    file + " cannot be read: " + e.getMessage()
                            + "; check its permissions, or name another feedback_file",
                    e);
        }
        return new Feedback(records);
    }

    private static DataException broken(Path file, long line, String why, Exception cause) {
        return new DataException(
                file + ":" + line + ": this is not an acknowledgement of an alert: " + why
                        + "; correct the line or remove it (or the file, to forget all that was acknowledged)",
                cause);
    }

    /** {@return all acknowledgements in their order, including revoked ones} */
    public List<FeedbackRecord> records() {
        return records;
    }

    /**
     * {@return whether users said that a finding is a real fault}
     *
     * @param finding the finding
     */
    public boolean confirms(FindingKey finding) {
        return !confirmed.isEmpty() && confirmed.contains(finding.id());
    }

    /**
     * {@return whether users said that something of what an explanation found is a real fault}
     *
     * @param why why it is anomalous
     */
    public boolean confirms(Explanation why) {
        return !confirmed.isEmpty() && FindingKey.all(why).stream().anyMatch(this::confirms);
    }

    /** {@return whether a real fault is on record} */
    public boolean hasConfirmed() {
        return !confirmed.isEmpty();
    }

    /** {@return whether no acknowledgement is in force} */
    public boolean isEmpty() {
        return records.stream().noneMatch(FeedbackRecord::silences);
    }

    /**
     * Acknowledges an alert as normal and writes the file, whole or not at all.
     *
     * @param file the file of acknowledgements
     * @param alert as {@link AlertRecords} found it
     * @param comment a remark, or null
     * @param now the time of the record
     * @return the new acknowledgement, or an equal one that was in force, with the new comment if there is one
     * @throws DataException if the alert or its finding is on record as a real fault, or the file is broken or cannot
     *     be written
     */
    public static FeedbackRecord acknowledge(Path file, AlertRecord alert, @Nullable String comment, Instant now) {
        return acknowledge(file, List.of(alert), comment, now).get(0);
    }

    /**
     * Acknowledges alerts as normal and writes the file: all of them or, if one cannot be, none.
     *
     * @param file the file of acknowledgements
     * @param alerts as {@link AlertRecords} found them
     * @param comment a remark, or null
     * @param now the time of the records
     * @return for each alert the new acknowledgement, or an equal one that was in force, with the new comment if there
     *     is one
     * @throws DataException if an alert or its finding is on record as a real fault, or the file is broken or cannot be
     *     written
     */
    public static List<FeedbackRecord> acknowledge(
            Path file, List<AlertRecord> alerts, @Nullable String comment, Instant now) {
        Feedback before = read(file);
        for (AlertRecord alert : alerts) {
            before.requireNoRealFault(file, alert);
        }
        return add(file, alerts, false, comment, now);
    }

    /** Nothing silences a real fault, so an acknowledgement of one would be a word without effect. */
    private void requireNoRealFault(Path file, AlertRecord alert) {
        for (FeedbackRecord record : records) {
            boolean same = record.alert().equals(alert.id())
                    || (alert.finding() != null && alert.finding().equals(record.finding()));
            if (same && record.inForce() && record.real()) {
                throw new DataException(alert.id() + " cannot be marked as normal: "
                        + (record.alert().equals(alert.id()) ? "it" : "its finding " + record.finding())
                        + " is on record as a real fault (number " + record.id() + " in " + file
                        + (record.comment() == null ? "" : ", \"" + record.comment() + "\"")
                        + "); if it was normal after all, revoke that first with deepsentry feedback --revoke "
                        + record.id());
            }
        }
    }

    /**
     * Says that an alert was a real fault, and writes the file: its like is critical from now on, and no
     * acknowledgement makes it normal.
     *
     * @param file the file of acknowledgements
     * @param alert as {@link AlertRecords} found it
     * @param comment a remark, or null
     * @param now the time of the record
     * @return the new record, or an equal one that was in force, with the new comment if there is one; it overrides
     *     acknowledgements of the same alert, which count again once it is revoked
     * @throws DataException if the file is broken or cannot be written
     */
    public static FeedbackRecord confirm(Path file, AlertRecord alert, @Nullable String comment, Instant now) {
        return add(file, List.of(alert), true, comment, now).get(0);
    }

    private static List<FeedbackRecord> add(
            Path file, List<AlertRecord> alerts, boolean real, @Nullable String comment, Instant now) {
        List<FeedbackRecord> all = new ArrayList<>(read(file).records);
        List<FeedbackRecord> before = List.copyOf(all);
        List<FeedbackRecord> said = new ArrayList<>();
        for (AlertRecord alert : alerts) {
            said.add(add(all, alert, real, comment, now));
        }
        if (!all.equals(before)) {
            write(file, all);
        }
        return said;
    }

    private static FeedbackRecord add(
            List<FeedbackRecord> all, AlertRecord alert, boolean real, @Nullable String comment, Instant now) {
        int last = 0;
        for (int i = 0; i < all.size(); i++) {
            FeedbackRecord record = all.get(i);
            if (record.inForce()
                    && record.real() == real
                    && record.alert().equals(alert.id())
                    && record.steps().equals(alert.steps())) {
                if (comment != null) {
                    all.set(i, record.commented(comment));
                }
                return all.get(i);
            }
            last = Math.max(last, record.id());
        }
        FeedbackRecord added = new FeedbackRecord(
                last + 1,
                now,
                alert.id(),
                alert.session(),
                alert.score(),
                alert.reason(),
                comment,
                null,
                alert.steps(),
                alert.finding(),
                real);
        all.add(added);
        return added;
    }

    /**
     * Revokes acknowledgements and writes the file, whole or not at all.
     *
     * @param file the file of acknowledgements
     * @param id the number of an acknowledgement, or the id of an alert that was acknowledged
     * @param now the time of the record
     * @return the revoked ones
     * @throws DataException if none is in force, or the file is broken or cannot be written
     */
    public static List<FeedbackRecord> revoke(Path file, String id, Instant now) {
        List<FeedbackRecord> all = new ArrayList<>(read(file).records);
        List<FeedbackRecord> revoked = new ArrayList<>();
        boolean known = false;
        for (int i = 0; i < all.size(); i++) {
            FeedbackRecord record = all.get(i);
            if (record.alert().equals(id) || Integer.toString(record.id()).equals(id)) {
                known = true;
                if (record.inForce()) {
                    all.set(i, record.revokedAt(now));
                    revoked.add(all.get(i));
                }
            }
        }
        if (revoked.isEmpty()) {
            throw new DataException("nothing in " + file + " can be revoked as " + id + ": "
                    + (known ? "it has been revoked already" : "there is no such acknowledgement")
                    + "; deepsentry feedback --list shows all");
        }
        write(file, all);
        return revoked;
    }

    private static void write(Path file, List<FeedbackRecord> records) {
        AtomicFile.write(file, out -> {
            for (FeedbackRecord record : records) {
                out.write(JSON.writeValueAsBytes(record.toMap()));
                out.write('\n');
            }
        });
    }
}
