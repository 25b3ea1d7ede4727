/** What must not leave a log, and how it is taken out of a text. */
@NullMarked
package io.deepsentry.parse.redact;

import org.jspecify.annotations.NullMarked;
