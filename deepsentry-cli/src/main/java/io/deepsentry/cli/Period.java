package io.deepsentry.cli;

import io.deepsentry.core.ConfigException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * A part of a log by time.
 *
 * @param text as given
 * @param from when it begins
 * @param to when it ends; that time is no longer part of it
 */
record Period(String text, Instant from, Instant to) {
    /**
     * Reads {@code FROM/TO}, of which either may be empty.
     *
     * @param option where it was given, for messages
     * @param zone of times that name none
     * @throws ConfigException if it is missing or no period
     */
    static Period of(String option, @Nullable String text, ZoneId zone) {
        if (text == null) {
            throw new ConfigException(
                    "two logs must be compared, but one is given; name the other, or use --before TIME or --good FROM/TO"
                            + " with --bad FROM/TO");
        }
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new ConfigException(option + " must be FROM/TO, but was '" + text + "'");
        }
        String from = text.substring(0, slash).strip();
        String to = text.substring(slash + 1).strip();
        return new Period(
                from.isEmpty() ? "before " + to : to.isEmpty() ? "from " + from : from + " to " + to,
                from.isEmpty() ? Instant.MIN : time(option, from, zone),
                to.isEmpty() ? Instant.MAX : time(option, to, zone));
    }

    private static Instant time(String option, String text, ZoneId zone) {
        String iso = text.replace(' ', 'T');
        try {
            if (iso.indexOf('T') < 0) {
                return LocalDate.parse(iso).atStartOfDay(zone).toInstant();
            }
            boolean hasZone =
                    iso.endsWith("Z") || iso.substring(iso.indexOf('T')).matches(".*[+-]\\d\\d:?\\d\\d");
            return hasZone
                    ? OffsetDateTime.parse(iso).toInstant()
                    : LocalDateTime.parse(iso).atZone(zone).toInstant();
        } catch (DateTimeException e) {
            throw new ConfigException(
                    option + " must have times such as 2026-11-14 or 2026-11-14 14:00:05, but has '" + text + "'", e);
        }
    }

    boolean contains(Instant time) {
        return !time.isBefore(from) && time.isBefore(to);
    }
}
