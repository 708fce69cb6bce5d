// What only the screen knows and nobody else needs: is the call put aside, is the trust panel open, are the people hidden, which pictures
// are pinned.

export class Shell {
  /** The call goes on behind the group's page (phone, tablet), or leaves the stage for its panel (desk). */
  isCallAside = $state(false);
  isTrustOpen = $state(false);
  arePeopleHidden = $state(false);
  /** The sheet of the keyboard's shortcuts. */
  areKeysOpen = $state(false);
  /** The numbers of the call. */
  areDetailsOpen = $state(false);
  /** The picture of whoever speaks stands large. */
  isFollowing = $state(false);
  /** Ids of tiles that stand large, in the order in which they were pinned. */
  pins: readonly string[] = $state.raw([]);
  /** The list of groups, on screens too narrow to show it always. */
  areGroupsOpen = $state(false);

  pin(tileId: string, isPinned: boolean): void {
    const others = this.pins.filter((id) => id !== tileId);
    this.pins = isPinned ? [...others, tileId] : others;
  }

  /** A call has ended or another began: nothing of the last one's arrangement stays. */
  reset(): void {
    this.isCallAside = false;
    this.isTrustOpen = false;
    this.arePeopleHidden = false;
    this.areKeysOpen = false;
    this.areDetailsOpen = false;
    this.isFollowing = false;
    this.pins = [];
  }
}
