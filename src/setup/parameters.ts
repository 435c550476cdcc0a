/** What the templates ask in the same words. */
import { type Json, ref } from './functions.ts';

export const isSet = (parameter: string): Json => ({ 'Fn::Not': [{ 'Fn::Equals': [ref(parameter), ''] }] });
export const isYes = (parameter: string): Json => ({ 'Fn::Equals': [ref(parameter), 'yes'] });

export function organizationId(Description: string): Json {
  return { Type: 'String', Default: '', AllowedPattern: '^(o-[a-z0-9]{10,32})?$', Description };
}

export function yesOrNo(Description: string | undefined): Json {
  return { Type: 'String', AllowedValues: ['no', 'yes'], Default: 'no', Description };
}

/** Of a template whose roles the responder assumes. */
export const assumedRoleParameters: Json = {
  ResponderRoleArn: { Type: 'String', AllowedPattern: '^arn:[^\\s]+:role/[^\\s]+$', Description: 'Output ResponderRoleArn of the central stack' },
  OrganizationId: organizationId('Whose accounts the responder is in: the roles can be assumed from nowhere else; empty: not checked'),
};
