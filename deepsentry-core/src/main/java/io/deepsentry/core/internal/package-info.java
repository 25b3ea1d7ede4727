/** Files that appear whole and folders of models, for the modules of DeepSentry alone. */
@NullMarked
package io.deepsentry.core.internal;

import org.jspecify.annotations.NullMarked;
