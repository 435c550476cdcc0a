/** CloudFormation's own functions. */
export type Json = Record<string, unknown>;

export const ref = (Ref: string): Json => ({ Ref });
export const att = (name: string, attribute: string): Json => ({ 'Fn::GetAtt': [name, attribute] });
export const sub = (text: string): Json => ({ 'Fn::Sub': text });
