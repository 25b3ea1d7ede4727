/** What the parsers share: words, codes, zones and records in text; no part of the public API. */
@NullMarked
package io.deepsentry.parse.internal;

import org.jspecify.annotations.NullMarked;
