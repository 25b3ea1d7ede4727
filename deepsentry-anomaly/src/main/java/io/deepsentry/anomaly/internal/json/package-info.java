/** JSON files that the stages write. */
@NullMarked
package io.deepsentry.anomaly.internal.json;

import org.jspecify.annotations.NullMarked;
