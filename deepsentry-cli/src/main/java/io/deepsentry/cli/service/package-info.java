/**
 * What a program in the background has to do with its system: its PID file, the hangup signal, and what it tells
 * systemd.
 */
@NullMarked
package io.deepsentry.cli.service;

import org.jspecify.annotations.NullMarked;
