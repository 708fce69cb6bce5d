// The group that most rule tests start from: Ada (leaf 0), Mal (1), Ben (2) and Cyd (3), all in one epoch, every parent node filled. Ada is
// the one who has to refuse; Mal is a member with every key a member has.
import { Group } from './group.ts';
import { person, type Person } from './people.ts';

export interface Four {
  readonly group: Group;
  readonly ada: Person;
  readonly mal: Person;
  readonly ben: Person;
  readonly cyd: Person;
}

export async function fourPeople(): Promise<Four> {
  const [ada, mal, ben, cyd] = [person('Ada'), person('Mal'), person('Ben'), person('Cyd')];
  const group = await Group.byWelcome(ada, mal, ben, cyd);
  await group.commit(cyd);
  await group.commit(mal);
  return { group, ada, mal, ben, cyd };
}
