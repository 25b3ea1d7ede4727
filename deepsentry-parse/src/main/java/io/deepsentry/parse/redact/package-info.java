/** Removes secrets and personal data from texts. */
@NullMarked
package io.deepsentry.parse.redact;

import org.jspecify.annotations.NullMarked;
