// "The last wish wins" for something that takes time to switch on and off, such as a camera: taps during the switching are
// remembered, not queued.

export interface Switch {
  turnOn(): Promise<void>;
  turnOff(): Promise<void>;
  /** `turnOn` failed, or `turnOff` did. The wish is given up; the switch is off. */
  onFailed(error: unknown): void;
}

export class Wish {
  readonly #switch: Switch;
  #wanted = false;
  #isOn = false;
  #isStale = false;
  #running: Promise<void> | null = null;

  constructor(switch_: Switch) {
    this.#switch = switch_;
  }

  get isWanted(): boolean {
    return this.#wanted;
  }

  /** Resolves when the switch stands as the last wish said, or could not. Never rejects. */
  want(isOn: boolean): Promise<void> {
    this.#wanted = isOn;
    if (this.#running === null && this.#isFulfilled) return Promise.resolve();
    this.#running ??= this.#work();
    return this.#running;
  }

  /** What it is to be like when it is on has changed: `turnOn` is called once more, if it is wanted on. */
  renew(): Promise<void> {
    this.#isStale = true;
    return this.want(this.#wanted);
  }

  /** It went off by itself: the device is gone, the person stopped the sharing in the browser's own bar. */
  wentOff(): void {
    this.#wanted = false;
    this.#isOn = false;
  }

  get #isFulfilled(): boolean {
    return this.#wanted === this.#isOn && !(this.#wanted && this.#isStale);
  }

  async #work(): Promise<void> {
    while (!this.#isFulfilled) {
      const isOn = this.#wanted;
      this.#isStale = false;
      try {
        await (isOn ? this.#switch.turnOn() : this.#switch.turnOff());
        this.#isOn = isOn;
      } catch (error) {
        this.wentOff();
        this.#switch.onFailed(error);
      }
    }
    // In the same moment: what is wished from here on begins anew.
    this.#running = null;
  }
}
