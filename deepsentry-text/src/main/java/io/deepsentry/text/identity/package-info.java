/** Which lines are the same message, and the values that tell them apart. */
@NullMarked
package io.deepsentry.text.identity;

import org.jspecify.annotations.NullMarked;
