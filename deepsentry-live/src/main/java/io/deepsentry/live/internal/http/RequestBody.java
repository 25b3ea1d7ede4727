package io.deepsentry.live.internal.http;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The body of a request as it comes, of a given length or in chunks (RFC 9112, section 7.1). For one thread. */
final class RequestBody {
    /** In place of a length: chunks tell it. */
    static final long CHUNKED = -1;

    private static final int LONGEST_LINE = 1024;
    private static final int MOST_TRAILERS = 32;
    private static final int SMALLEST = 8 << 10;

    /** How far a body has come. */
    enum State {
        UNFINISHED,
        WHOLE,
        TOO_LONG,
        /** Others take too much memory at the moment. */
        NO_ROOM,
        MALFORMED
    }

    /** Memory that bodies share. */
    static final class Room {
        private long left;

        Room(long bytes) {
            left = bytes;
        }

        private boolean take(int bytes) {
            if (bytes > left) {
                return false;
            }
            left -= bytes;
            return true;
        }

        private void giveBack(int bytes) {
            left += bytes;
        }
    }

    private enum Part {
        SIZE,
        DATA,
        AFTER_DATA,
        TRAILERS
    }

    private final boolean chunked;
    private final int most;
    private final Room room;
    private final StringBuilder line = new StringBuilder();
    private byte[] bytes = new byte[0];
    private int length;
    private Part part;
    private long left;
    private int trailers;

    /**
     * @param given its length, or {@link #CHUNKED}
     * @param most the most bytes of a body
     */
    RequestBody(long given, int most, Room room) {
        this.chunked = given == CHUNKED;
        this.most = most;
        this.room = room;
        this.part = chunked ? Part.SIZE : Part.DATA;
        this.left = chunked ? 0 : given;
    }

    /** Takes what has come; what follows the body is left. */
    State take(ByteBuffer in) {
        while (true) {
            if (part == Part.DATA) {
                int next = (int) Math.min(in.remaining(), left);
                if (next > most - length) {
                    return State.TOO_LONG;
                }
                if (!hasRoom(next)) {
                    return State.NO_ROOM;
                }
                in.get(bytes, length, next);
                length += next;
                left -= next;
                if (left > 0) {
                    return State.UNFINISHED;
                }
                if (!chunked) {
                    return State.WHOLE;
                }
                part = Part.AFTER_DATA;
            }
            if (!in.hasRemaining()) {
                return State.UNFINISHED;
            }
            byte next = in.get();
            if (next != '\n') {
                if (line.length() == LONGEST_LINE) {
                    return State.MALFORMED;
                }
                line.append((char) (next & 0xff));
                continue;
            }
            State state = endOfLine(line.toString().strip());
            line.setLength(0);
            if (state != State.UNFINISHED) {
                return state;
            }
        }
    }

    private State endOfLine(String text) {
        switch (part) {
            case SIZE -> {
                String size = text.replaceFirst(";.*", "").strip();
                if (!size.matches("[0-9a-fA-F]{1,15}")) {
                    return State.MALFORMED;
                }
                left = Long.parseLong(size, 16);
                part = left == 0 ? Part.TRAILERS : Part.DATA;
                return left > most - length ? State.TOO_LONG : State.UNFINISHED;
            }
            case AFTER_DATA -> {
                part = Part.SIZE;
                return text.isEmpty() ? State.UNFINISHED : State.MALFORMED;
            }
            default -> {
                if (text.isEmpty()) {
                    return State.WHOLE;
                }
                return ++trailers > MOST_TRAILERS ? State.MALFORMED : State.UNFINISHED;
            }
        }
    }

    private boolean hasRoom(int more) {
        int needed = length + more;
        if (needed <= bytes.length) {
            return true;
        }
        int larger = Math.max(needed, Math.max(SMALLEST, (int) Math.min(most, 2L * bytes.length)));
        if (!room.take(larger - bytes.length)) {
            return false;
        }
        bytes = Arrays.copyOf(bytes, larger);
        return true;
    }

    /** Hands the bytes out; the room they took is free again. */
    ByteBuffer handOut() {
        ByteBuffer all = ByteBuffer.wrap(bytes, 0, length).slice().asReadOnlyBuffer();
        release();
        return all;
    }

    /** Forgets the bytes. Calling it again changes nothing. */
    void release() {
        room.giveBack(bytes.length);
        bytes = new byte[0];
        length = 0;
    }
}
