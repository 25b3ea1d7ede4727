/** Decodes the bytes of a file into text: compression and character encodings. */
@NullMarked
package io.deepsentry.parse.bytes;

import org.jspecify.annotations.NullMarked;
