package io.deepsentry.parse.bytes;

import io.airlift.compress.bzip2.BZip2HadoopStreams;
import io.airlift.compress.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.tukaani.xz.SingleXZInputStream;

/** The compressions that are read as if they were text, recognised by the first bytes of a stream. */
public enum Compression {
    GZIP(".gz", 0x1F, 0x8B),
    BZIP2(".bz2", 'B', 'Z', 'h'),
    XZ(".xz", 0xFD, '7', 'z', 'X', 'Z', 0),
    ZSTD(".zst", 0x28, 0xB5, 0x2F, 0xFD);

    /** How many first bytes tell any of them. */
    public static final int MAGIC_LENGTH = 6;

    @SuppressWarnings("ImmutableEnumChecker") // never written to
    private final int[] magic;

    private final String suffix;

    Compression(String suffix, int... magic) {
        this.suffix = suffix;
        this.magic = magic;
    }

    /** Returns the compression that a stream with these first bytes has; empty if it has none. */
    public static Optional<Compression> of(byte[] head, int length) {
        for (Compression compression : values()) {
            if (compression.begins(head, length)) {
                return Optional.of(compression);
            }
        }
        return Optional.empty();
    }

    /** Returns the compression that a file's name says by its ending; empty if it says none. */
    public static Optional<Compression> ofName(String fileName) {
        return Stream.of(values())
                .filter(compression -> fileName.endsWith(compression.suffix))
                .findFirst();
    }

    /** What ends the name of such a file. */
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

    /** What users call it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The command that writes the content of a file to standard output. */
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
