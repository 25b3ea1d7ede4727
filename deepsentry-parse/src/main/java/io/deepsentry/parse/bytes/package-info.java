/** What lies between a file and its text: compression and character encodings. */
@NullMarked
package io.deepsentry.parse.bytes;

import org.jspecify.annotations.NullMarked;
