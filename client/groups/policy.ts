// What a person wants changed in how a group does things (G9): some of its choices, whatever the others are by then. Made into the one
// action when it is signed, from the group as it is then. changes.ts signs it; the screens of admission and of calls wish it.
import { isOut, type Action, type Policy } from '../../crypto/group/history/index.ts';
import type { Group } from './group.ts';

/** An action holds so many identities. */
const mostPresent = 1024;

/** These choices, and no other, become so. */
export interface PolicyWish {
  readonly kind: 'policy';
  readonly change: Partial<Policy>;
}

/**
 * The action that fulfils it. Where approval or listening begins, everybody who is a member now stays as they were: admitted, and free
 * to speak.
 */
export function policyAction(
  { state, members }: Pick<Group, 'state' | 'members'>,
  { change }: PolicyWish,
): Extract<Action, { kind: 'policy' }> {
  const policy = { ...state.policy, ...change };
  const begins =
    (policy.admission === 'approval' && state.policy.admission === 'open') ||
    (policy.speaking === 'listen' && state.policy.speaking === 'everybody');
  const present = begins ? members.map(({ identity }) => identity).filter((one) => !isOut(state, one)) : [];
  return { kind: 'policy', policy, present: present.slice(0, mostPresent) };
}

/** Whether all of it is so already. */
export function isPolicySo(policy: Policy, { change }: PolicyWish): boolean {
  return (Object.keys(change) as (keyof Policy)[]).every((name) => policy[name] === change[name]);
}
