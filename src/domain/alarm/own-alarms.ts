/** The alarms that tell of the responder's own death, as the central template makes them: nothing sets them to OK from Slack. */
export const ownAlarms = {
  notDelivered: 'signin-responder-not-delivered',
  deadLetters: 'signin-responder-dead-letters',
  eventsNotDelivered: 'signin-responder-events-not-delivered',
  busDeadLetters: 'signin-responder-bus-dead-letters',
  canary: 'signin-responder-canary',
} as const;

export const ownAlarmNames: readonly string[] = Object.values(ownAlarms);
