/** From messages to vectors: encoder handles, the cache, and encoding of prepared data. */
@NullMarked
package io.deepsentry.text.encode;

import org.jspecify.annotations.NullMarked;
