package io.deepsentry.live.internal.state;

/**
 * The beginning of a line in a file.
 *
 * @param offset its byte in the file
 * @param textOffset its byte in the text of the file as UTF-8, which origins name
 * @param line its number, from 1
 * @param released whether it lies inside a line whose beginning became an event already
 * @param encoding the file's encoding if that is UTF-16, as Java names it; otherwise empty
 */
public record LinePosition(long offset, long textOffset, long line, boolean released, String encoding) {
    /** The beginning of a file. */
    public static final LinePosition START = new LinePosition(0, 0, 1, false, "");
}
