package io.deepsentry.core.array;

import io.deepsentry.core.DataException;

/** The bytes of an array as a file has them: still in it, or already in memory. */
sealed interface RawBytes {
    long length();

    /** Copies some of the bytes. */
    void copy(FileSource source, long from, byte[] target, int length);

    /** Bytes that lie in the file in one piece. */
    record InFile(long offset, long length) implements RawBytes {
        @Override
        public void copy(FileSource source, long from, byte[] target, int length) {
            source.readAt(offset + from, target, 0, length);
        }
    }

    /** Bytes that the file spells in some other way. */
    final class InMemory implements RawBytes {
        private final byte[] bytes;

        InMemory(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public long length() {
            return bytes.length;
        }

        @Override
        public void copy(FileSource source, long from, byte[] target, int length) {
            System.arraycopy(bytes, (int) from, target, 0, length);
        }
    }

    /**
     * Bytes that lie in the file as a text of one character a byte, in UTF-8, as protocols 0 to 2 of pickle spell them:
     * from 0x80 on a byte takes two. They are decoded as they are asked for, which is quick from the first to the last.
     */
    final class Latin1InFile implements RawBytes {
        private static final int PIECE = 1 << 16;

        private final long offset;
        private final long encoded;
        private final long length;
        /** A piece of the text and room for the byte after it. */
        private final byte[] piece = new byte[PIECE + 1];
        /** How many bytes are decoded, and where the spelling of the next one begins. */
        private long next;

        private long place;
        private long pieceStart;
        private int pieceLength;

        private Latin1InFile(long offset, long encoded, long length) {
            this.offset = offset;
            this.encoded = encoded;
            this.length = length;
        }

        /**
         * Checks a text and counts its characters. Which bytes are spelled how is random, so there is no branch in the
         * loop.
         */
        static Latin1InFile of(FileSource source, long offset, long encoded) {
            byte[] piece = new byte[PIECE];
            long leads = 0;
            int lead = 0;
            int wrong = 0;
            for (long done = 0; done < encoded; done += PIECE) {
                int now = (int) Math.min(PIECE, encoded - done);
                source.readAt(offset + done, piece, 0, now);
                for (int i = 0; i < now; i++) {
                    int high = (piece[i] >> 7) & 1;
                    int follows = high & (~(piece[i] >> 6) & 1);
                    wrong |= follows ^ lead;
                    lead = high & ~follows;
                    // Of lead bytes only 0xC2 and 0xC3 spell characters below 0x100.
                    wrong |= lead & ((((piece[i] ^ 0xc2) & 0x3e) + 0x3f) >> 6);
                    leads += lead;
                }
            }
            if (wrong != 0 || lead != 0) {
                throw new DataException(
                        "the file " + source.path()
                                + " is truncated, corrupt or no pickle: a character of its bytes is none of latin1; write it again");
            }
            return new Latin1InFile(offset, encoded, encoded - leads);
        }

        @Override
        public long length() {
            return length;
        }

        @Override
        public void copy(FileSource source, long from, byte[] target, int count) {
            if (from < next) {
                next = 0;
                place = 0;
                pieceStart = 0;
                pieceLength = 0;
            }
            while (next < from) {
                decode(source, target, (int) Math.min(target.length, from - next));
            }
            decode(source, target, count);
        }

        private void decode(FileSource source, byte[] target, int count) {
            int done = 0;
            while (done < count) {
                if (place - pieceStart >= pieceLength) {
                    fill(source);
                }
                int at = (int) (place - pieceStart);
                // A character takes at most two bytes, and the one after the piece is there too.
                while (done < count && at < pieceLength) {
                    int first = piece[at];
                    int second = piece[at + 1] & 0x3f;
                    int two = first >> 31;
                    target[done++] = (byte) ((first & ~two) | (((first << 6) | second) & two));
                    at += 1 - two;
                }
                place = pieceStart + at;
            }
            next += count;
        }

        private void fill(FileSource source) {
            pieceStart = place;
            int wanted = (int) Math.min(PIECE + 1, encoded - place);
            if (wanted <= 0) {
                throw new DataException("the file " + source.path()
                        + " changed while it was read; do not write to it meanwhile, and run again");
            }
            source.readAt(offset + place, piece, 0, wanted);
            pieceLength = Math.min(PIECE, wanted);
        }
    }
}
