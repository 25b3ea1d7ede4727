/** The settings of every stage: what keys there are, where a value came from, and what is wrong with it. */
@NullMarked
package io.deepsentry.core.config;

import org.jspecify.annotations.NullMarked;
