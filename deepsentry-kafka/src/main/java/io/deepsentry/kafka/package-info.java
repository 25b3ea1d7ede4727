/** Reads topics of Kafka for {@code live}, and writes its alerts to one. */
@NullMarked
package io.deepsentry.kafka;

import org.jspecify.annotations.NullMarked;
