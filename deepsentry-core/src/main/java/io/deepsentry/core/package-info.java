/** What every learned stage shares: its errors, how it is run, and how its files are written. */
@NullMarked
package io.deepsentry.core;

import org.jspecify.annotations.NullMarked;
