/** Takes the members of a structured line, JSON or logfmt, without knowing what they mean. */
@NullMarked
package io.deepsentry.parse.members;

import org.jspecify.annotations.NullMarked;
