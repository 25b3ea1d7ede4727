package io.deepsentry.live.alert;

/** The forms in which alerts are posted to a webhook. */
public enum WebhookFormat {
    /** The alert's own JSON, as {@link AlertFormat#JSON} writes it. */
    DEEPSENTRY,
    /** A message for an incoming webhook of Slack. Mattermost and Rocket.Chat take it too. */
    SLACK,
    /** An adaptive card for a webhook of Teams' Workflows. */
    TEAMS,
    /** An event of PagerDuty's Events API v2: the end of a finding resolves what its begin triggered. */
    PAGERDUTY,
    /** Alerts for Alertmanager's API v2: sent again while a finding lasts, and resolved at its end. */
    ALERTMANAGER,
    /** A file of your own with named fields. */
    TEMPLATE
}
