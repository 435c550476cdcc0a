import { expect, it } from 'vitest';
import { actingOf } from '../../../src/domain/alarm/acting.ts';

const sns = 'arn:aws:sns:us-east-1:123456789012:signin-alarms';

it.each([
  ['arn:aws:automate:us-east-1:ec2:terminate', 'changes an EC2 instance'],
  ['arn:aws:swf:us-east-1:123456789012:action/actions/AWS_EC2.InstanceId.Stop/1.0', 'changes an EC2 instance'],
  ['arn:aws-cn:autoscaling:cn-north-1:123456789012:scalingPolicy:p:autoScalingGroupName/g:policyName/n', 'scales a group of Auto Scaling'],
  ['arn:aws:lambda:us-east-1:123456789012:function:cleanup:live', 'runs a Lambda function'],
  ['arn:aws:ssm-incidents::123456789012:responseplan/all-hands', 'starts a response plan of Incident Manager'],
  ['arn:aws:brand-new:us-east-1:123456789012:thing/x', 'does what the responder does not know'],
])('%s does more than tell', (arn, says) => {
  expect(actingOf([sns, arn, arn])).toEqual([says]);
});

it('topics, OpsItems and investigations tell', () => {
  const ssm = 'arn:aws:ssm:us-east-1:123456789012:opsitem:3#CATEGORY=Security';
  expect(actingOf([sns, ssm, 'arn:aws:aiops:us-east-1:123456789012:investigation-group:g'])).toEqual([]);
});
