/** Reads records from brokers and other servers instead of files: their sources, and how a source is found. */
@NullMarked
package io.deepsentry.live.record;

import org.jspecify.annotations.NullMarked;
