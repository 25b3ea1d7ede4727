/** Training of the text autoencoder, from nothing or from another encoder. */
@NullMarked
package io.deepsentry.text.train;

import org.jspecify.annotations.NullMarked;
