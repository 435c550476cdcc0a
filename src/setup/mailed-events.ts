/** Events about the responder itself, by mail as well: past the responder, and where no log group is watched. Source: EventBridge user guide, "Input transformation". */
import { rulePattern } from '../domain/detection/detection.ts';
import { detectionIds, detectionOf } from '../domain/detection/detections.ts';
import { type Json, ref } from './functions.ts';

const mailed = detectionIds.filter((id) => detectionOf(id).mails);

export const mailRule = 'MailedEvents';

export function mailedEvents(): Json {
  const [id] = mailed;
  if (id === undefined || mailed.length > 1) throw new Error('The mail is worded for one detection.');
  const detection = detectionOf(id);
  return {
    [mailRule]: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Name: `signin-responder-mail-${id}`,
        Description: `${detection.title}: also by mail, without the responder`,
        EventBusName: ref('Bus'),
        // Nobody but AWS itself can put events of such a source.
        EventPattern: { source: [{ prefix: 'aws.' }], ...rulePattern(detection) },
        State: 'ENABLED',
        Targets: [
          {
            Id: 'mail',
            Arn: ref('WatchTopic'),
            InputTransformer: {
              InputPathsMap: { account: '$.account', what: '$.detail.eventName', at: '$.detail.eventTime', by: '$.detail.userIdentity.arn' },
              InputTemplate: `"${detection.title}: <what> in account <account> at <at>, by <by>. ${detection.act[0]}"`,
            },
          },
        ],
      },
    },
  };
}
