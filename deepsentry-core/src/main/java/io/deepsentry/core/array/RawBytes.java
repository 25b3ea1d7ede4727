package io.deepsentry.core.array;

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
}
