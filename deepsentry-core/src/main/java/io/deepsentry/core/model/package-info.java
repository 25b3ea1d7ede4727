/** Model files of every format, open for use. */
@NullMarked
package io.deepsentry.core.model;

import org.jspecify.annotations.NullMarked;
