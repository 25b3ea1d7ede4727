/** Token ids and word counts, for the modules of DeepSentry alone. */
@NullMarked
package io.deepsentry.text.internal.token;

import org.jspecify.annotations.NullMarked;
