/** Which identifiers of a log would make sessions. */
@NullMarked
package io.deepsentry.text.session;

import org.jspecify.annotations.NullMarked;
