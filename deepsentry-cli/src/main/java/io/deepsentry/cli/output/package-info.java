/** What the program prints: progress, tables, reports and the display of live. */
@NullMarked
package io.deepsentry.cli.output;

import org.jspecify.annotations.NullMarked;
