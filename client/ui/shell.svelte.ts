// What only the screen knows and nobody else needs: is the call put aside, is the trust panel open, are the people hidden.

export class Shell {
  /** The call goes on behind the group's page (phone, tablet), or leaves the stage for its panel (desk). */
  isCallAside = $state(false);
  isTrustOpen = $state(false);
  arePeopleHidden = $state(false);
  /** The list of groups, on screens too narrow to show it always. */
  areGroupsOpen = $state(false);

  /** A call has ended or another began: nothing of the last one's arrangement stays. */
  reset(): void {
    this.isCallAside = false;
    this.isTrustOpen = false;
    this.arePeopleHidden = false;
  }
}
