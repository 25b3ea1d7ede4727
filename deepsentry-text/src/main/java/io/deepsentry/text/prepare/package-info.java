/** From raw logs to prepared data: masked messages in training, validation and test parts with an index. */
@NullMarked
package io.deepsentry.text.prepare;

import org.jspecify.annotations.NullMarked;
