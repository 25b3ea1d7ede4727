package io.deepsentry.live.internal.identify;

import io.deepsentry.parse.SessionKey;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How sessions are told apart, and when one has ended.
 *
 * @param key finds the sessions of a message; null for the key that the detector was trained with, if any
 * @param endMark what is found in the last message of a session; null where nothing marks it
 * @param idleTimeout how long nothing must come for a session before it is judged as ended; null for ever
 * @param maxSessions how many sessions are remembered at once
 */
public record SessionRules(
        @Nullable SessionKey key,
        @Nullable Pattern endMark,
        @Nullable Duration idleTimeout,
        int maxSessions) {}
