/** The doctor's checks of the roles in the management account, where they are configured. */
import type { DoctorOptions, Finding } from './finding.ts';

export async function checkManagement({ aws }: DoctorOptions): Promise<Finding[]> {
  const roles = await aws.management();
  return roles.flatMap(({ about, tried }): Finding[] => {
    const denied = tried.filter(({ fault }) => fault !== undefined);
    if (denied.length === 0) return [{ about, state: 'ok', says: `${tried.length} permissions tried, all there` }];
    const fix =
      'Deploy the management-role template in the management account, and central again; for root, switch on root access management in IAM.';
    return denied.map(({ action, fault }) => ({ about, state: 'fault', says: `${action}: ${fault}`, fix }));
  });
}
