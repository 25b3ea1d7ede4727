/** Log messages to vectors: masking, vocabulary, text autoencoder, encoder. */
@NullMarked
package io.deepsentry.text;

import org.jspecify.annotations.NullMarked;
