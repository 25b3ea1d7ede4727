/** What a log says: its messages with their counts, times and values, and how two logs differ. */
@NullMarked
package io.deepsentry.text.pattern;

import org.jspecify.annotations.NullMarked;
