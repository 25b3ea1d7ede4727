/** Finds the records of a structured log, whichever lines they are written over. */
@NullMarked
package io.deepsentry.parse.internal.records;

import org.jspecify.annotations.NullMarked;
