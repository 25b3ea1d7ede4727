/** What accompanies encoders and encoded vectors, for the modules of DeepSentry alone. */
@NullMarked
package io.deepsentry.text.internal.encode;

import org.jspecify.annotations.NullMarked;
