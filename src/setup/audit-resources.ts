/** The bucket of the log's anchors: what is in it cannot be changed or deleted before its time, by nobody. Only where a retention is given. */
import { withoutTls } from './delivery-resources.ts';
import { att, type Json, ref, sub } from './functions.ts';
import { policy } from './policies.ts';

const condition = 'WithAuditBucket';

export const auditParameters: Json = {
  AuditRetentionDays: {
    Type: 'Number',
    MinValue: 0,
    MaxValue: 36_500,
    Default: 0,
    Description: 'For AUDIT_BUCKET: makes a bucket whose objects nobody can delete for so many days (Object Lock, compliance mode); 0: none',
  },
};

export const auditConditions: Json = { [condition]: { 'Fn::Not': [{ 'Fn::Equals': [ref('AuditRetentionDays'), 0] }] } };

export const auditOutputs: Json = {
  AuditBucketName: { Condition: condition, Description: 'For AUDIT_BUCKET', Value: ref('AuditBucket') },
};

/** @param role the logical name of the role that the responder runs as */
export function auditResources(role: string): Json {
  return {
    AuditBucket: {
      Type: 'AWS::S3::Bucket',
      Condition: condition,
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        ObjectLockEnabled: true,
        ObjectLockConfiguration: {
          ObjectLockEnabled: 'Enabled',
          Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: ref('AuditRetentionDays') } },
        },
        VersioningConfiguration: { Status: 'Enabled' },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      },
    },
    AuditBucketPolicy: {
      Type: 'AWS::S3::BucketPolicy',
      Condition: condition,
      Properties: {
        Bucket: ref('AuditBucket'),
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            withoutTls(['s3:PutObject', 's3:GetObjectVersion', 's3:ListBucketVersions'], [att('AuditBucket', 'Arn'), sub(`\${AuditBucket.Arn}/*`)]),
          ],
        },
      },
    },
    PutAnchors: {
      Type: 'AWS::IAM::Policy',
      Condition: condition,
      Properties: {
        PolicyName: 'put-anchors',
        Roles: [ref(role)],
        PolicyDocument: policy([{ Sid: 'PutAnchors', Effect: 'Allow', Action: ['s3:PutObject'], Resource: sub(`\${AuditBucket.Arn}/anchors/*`) }]),
      },
    },
  };
}
