/** Spring Boot: a bean, metrics, health and an endpoint for an application that judges its own log. */
@NullMarked
package io.deepsentry.spring;

import org.jspecify.annotations.NullMarked;
