/** Training the models of a data folder again, and replacing them if the new ones are no worse. */
@NullMarked
package io.deepsentry.anomaly.update;

import org.jspecify.annotations.NullMarked;
