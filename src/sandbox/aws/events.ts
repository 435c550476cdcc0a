/** EventBridge: rules. Source: ListRules in its API reference. */
import { AwsError } from './errors.ts';
import type { Operations } from './operation.ts';
import type { AwsState } from './state.ts';

export function eventsOperations(state: AwsState): Operations {
  return {
    ListRules: ({ account, region }, { NamePrefix = '', EventBusName }) => {
      const here = (state.accounts[account]?.rules ?? []).filter((rule) => rule.region === region);
      const bus = EventBusName === undefined || EventBusName === 'default' ? null : String(EventBusName);
      if (bus !== null && !here.some((rule) => rule.bus === bus)) throw new AwsError('ResourceNotFoundException', `Event bus ${bus} does not exist.`);
      const found = here.filter((rule) => rule.bus === bus && rule.name.startsWith(String(NamePrefix)));
      return { Rules: found.map(({ name, state: State, pattern }) => ({ Name: name, State, EventPattern: pattern })) };
    },
  };
}
