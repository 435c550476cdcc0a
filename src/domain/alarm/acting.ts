/**
 * What the actions of an alarm do besides telling people: whoever sets its state sets them off, and once more when it fires again.
 * Source: CloudWatch API reference, PutMetricAlarm (AlarmActions).
 */

/** Those that tell, or look, and change nothing: topics, OpsItems, investigations. */
const telling = /^arn:[^:]*:(sns:|ssm:[^:]*:[^:]*:opsitem:|aiops:)/;

const acting: readonly (readonly [RegExp, string])[] = [
  [/^arn:[^:]*:(automate:[^:]*:ec2:|swf:.*EC2)/i, 'changes an EC2 instance'],
  [/^arn:[^:]*:autoscaling:/, 'scales a group of Auto Scaling'],
  [/^arn:[^:]*:lambda:/, 'runs a Lambda function'],
  [/^arn:[^:]*:ssm-incidents:/, 'starts a response plan of Incident Manager'],
];

/** What an alarm does, each once, in words; empty: it tells, and nothing more. @param actions ARNs of all its actions */
export function actingOf(actions: readonly string[]): string[] {
  const found = actions
    .filter((arn) => !telling.test(arn))
    .map((arn) => acting.find(([form]) => form.test(arn))?.[1] ?? 'does what the responder does not know');
  return [...new Set(found)];
}
