/** Sessions of a log by the hash of their key, for the modules of DeepSentry alone. */
@NullMarked
package io.deepsentry.text.internal.prepare;

import org.jspecify.annotations.NullMarked;
