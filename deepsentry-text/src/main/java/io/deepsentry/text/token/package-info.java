/** Words of a message: masking, tokens and the vocabulary. */
@NullMarked
package io.deepsentry.text.token;

import org.jspecify.annotations.NullMarked;
