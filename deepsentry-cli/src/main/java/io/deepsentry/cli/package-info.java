/** The program deepsentry: arguments to calls to output. */
@NullMarked
package io.deepsentry.cli;

import org.jspecify.annotations.NullMarked;
