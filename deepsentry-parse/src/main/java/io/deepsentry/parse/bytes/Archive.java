package io.deepsentry.parse.bytes;

import java.util.Optional;

/** The archives that hold files of their own and are refused for that. They are recognised by their first bytes. */
public enum Archive {
    /** A tar archive, of any of its dialects (POSIX.1-1988 and later, or before). */
    TAR("tar archive", "tar -xOf FILE"),
    /** A zip archive. */
    ZIP("zip file", "unzip -p FILE"),
    /** An archive of 7-Zip. */
    SEVEN_ZIP("7z archive", "7z x -so FILE"),
    /** An archive of RAR. */
    RAR("rar archive", "unrar p -inul FILE");

    /** The number of first bytes that are enough to recognise any of them: a header of tar. */
    public static final int HEADER_LENGTH = 512;

    private static final int SUM_AT = 148;
    private static final int SUM_LENGTH = 8;

    private final String label;
    private final String command;

    Archive(String label, String command) {
        this.label = label;
        this.command = command;
    }

    /**
     * Returns the archive that begins with these bytes.
     *
     * @param head the first bytes, decompressed
     * @param length how many bytes of {@code head} are filled; {@value #HEADER_LENGTH} are enough
     * @return the archive; empty if it is none
     */
    public static Optional<Archive> of(byte[] head, int length) {
        if (isZip(head, length)) {
            return Optional.of(ZIP);
        }
        if (starts(head, length, '7', 'z', 0xBC, 0xAF, 0x27, 0x1C)) {
            return Optional.of(SEVEN_ZIP);
        }
        if (starts(head, length, 'R', 'a', 'r', '!', 0x1A, 7)) {
            return Optional.of(RAR);
        }
        return isTar(head, length) ? Optional.of(TAR) : Optional.empty();
    }

    /**
     * Returns what is wrong and what to do, to follow the name of an input.
     *
     * @return part of a sentence
     */
    public String problem() {
        return "is a " + label + ", not text; unpack it and name the logs in it, or pipe them in with '" + command
                + "' (gzip, bzip2, xz and zstd are read as they are)";
    }

    private static boolean isZip(byte[] head, int length) {
        // An entry, the end of an archive without one, and a part of several.
        return starts(head, length, 'P', 'K', 3, 4)
                || starts(head, length, 'P', 'K', 5, 6)
                || starts(head, length, 'P', 'K', 7, 8);
    }

    private static boolean starts(byte[] head, int length, int... magic) {
        if (length < magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((head[i] & 0xFF) != magic[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether the first header has the checksum that it states. The oldest dialect has no other mark. */
    private static boolean isTar(byte[] head, int length) {
        if (length < HEADER_LENGTH || head[0] == 0) {
            return false;
        }
        int sum = 0;
        for (int i = 0; i < HEADER_LENGTH; i++) {
            sum += i >= SUM_AT && i < SUM_AT + SUM_LENGTH ? ' ' : head[i] & 0xFF;
        }
        return sum == stated(head);
    }

    /** The checksum as written: octal digits, with blanks and NULs around; -1 if it is none. */
    private static int stated(byte[] head) {
        int sum = -1;
        for (int i = SUM_AT; i < SUM_AT + SUM_LENGTH; i++) {
            byte b = head[i];
            if (b >= '0' && b <= '7') {
                sum = Math.max(sum, 0) * 8 + b - '0';
            } else if (b != ' ' && b != 0) {
                return -1;
            } else if (sum >= 0) {
                return sum;
            }
        }
        return sum;
    }
}
