/** Takes logs from clients that export them over OTLP/HTTP. */
@NullMarked
package io.deepsentry.live.internal.otlp;

import org.jspecify.annotations.NullMarked;
