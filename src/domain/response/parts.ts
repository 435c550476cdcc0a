/** Parts of the templates that are off until their parameter says yes: what takes access away is allowed to the responder only where somebody chose that. */
export const parts = ['ContainUsers', 'ContainRoles'] as const;
export type Part = (typeof parts)[number];
/** What allows a permission: one part, or each of them. */
export type AllowedBy = Part | 'each';

/** What may be off: also the role that may write policies, which is needed only where AWS_SESSIONS_ROLE names it. */
export type OptionalPart = Part | 'DenySessions';

/** What cannot be done while a part is off, and what is to be done about that. */
export const partWords: Record<OptionalPart, { readonly without: string; readonly fix: string }> = {
  ContainUsers: {
    without:
      'Switch off keys, Quarantine and Contain cannot be given for IAM users. Without ContainRoles neither can End sessions, and cards show no sign-in sessions.',
    fix: 'Deploy the member-roles template in this account with ContainUsers=yes.',
  },
  ContainRoles: {
    without: 'Quarantine cannot be given for roles.',
    fix: 'Deploy the member-roles template in this account with ContainRoles=yes.',
  },
  DenySessions: {
    without: 'Deny older sessions and Deny this session cannot be given.',
    fix: 'Deploy the central template again, then member-roles in this account with DenySessions=yes; or leave AWS_SESSIONS_ROLE out.',
  },
};
