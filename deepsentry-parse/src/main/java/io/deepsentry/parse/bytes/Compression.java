package io.deepsentry.parse.bytes;

import io.airlift.compress.bzip2.BZip2HadoopStreams;
import io.airlift.compress.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.tukaani.xz.SingleXZInputStream;

/** The compressions that are read as if they were text. They are recognised by the first bytes of a stream. */
public enum Compression {
    /** The format of gzip (RFC 1952). */
    GZIP(".gz", 0x1F, 0x8B),
    /** The format of bzip2. */
    BZIP2(".bz2", 'B', 'Z', 'h'),
    /** The format of xz. */
    XZ(".xz", 0xFD, '7', 'z', 'X', 'Z', 0),
    /** The format of Zstandard (RFC 8878). */
    ZSTD(".zst", 0x28, 0xB5, 0x2F, 0xFD);

    /** The number of first bytes that are enough to recognise any of them. */
    public static final int MAGIC_LENGTH = 6;

    @SuppressWarnings("ImmutableEnumChecker") // never written to
    private final int[] magic;

    private final String suffix;

    Compression(String suffix, int... magic) {
        this.suffix = suffix;
        this.magic = magic;
    }

    /**
     * Returns the compression of a stream with these first bytes.
     *
     * @param head the first bytes
     * @param length how many bytes of {@code head} are filled; {@value #MAGIC_LENGTH} are enough
     * @return the compression; empty if it has none
     */
    public static Optional<Compression> of(byte[] head, int length) {
        for (Compression compression : values()) {
            if (compression.begins(head, length)) {
                return Optional.of(compression);
            }
        }
        return Optional.empty();
    }

    /**
     * Returns the compression that the ending of a file's name says.
     *
     * @param fileName the name
     * @return the compression; empty if the name says none
     */
    public static Optional<Compression> ofName(String fileName) {
        return Stream.of(values())
                .filter(compression -> fileName.endsWith(compression.suffix))
                .findFirst();
    }

    /**
     * Returns the ending of the names of such files.
     *
     * @return the ending, such as {@code .gz}
     */
    public String suffix() {
        return suffix;
    }

    private boolean begins(byte[] head, int length) {
        if (length < magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((head[i] & 0xFF) != magic[i]) {
                return false;
            }
        }
        // Text may begin with the three letters of bzip2: its block size follows them.
        return this != BZIP2 || (length > 3 && head[3] >= '1' && head[3] <= '9');
    }

    /**
     * Returns the name that users know.
     *
     * @return the name, in lower case
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns the command that writes the content of such a file to standard output.
     *
     * @return the command, such as {@code zcat}
     */
    public String command() {
        return switch (this) {
            case GZIP -> "zcat";
            case BZIP2 -> "bzcat";
            case XZ -> "xzcat";
            case ZSTD -> "zstdcat";
        };
    }

    /** Opens the content of what begins at a stream's position. */
    InputStream open(InputStream in) throws IOException {
        return switch (this) {
            case GZIP -> new GzipMember(in);
            case BZIP2 -> new BZip2HadoopStreams().createInputStream(in);
            case XZ -> new SingleXZInputStream(in);
            case ZSTD -> new ZstdInputStream(in);
        };
    }
}
