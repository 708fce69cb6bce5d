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
    this.#running ??= this.#work().finally(() => (this.#running = null));
    return this.#running;
  }

  /** It went off by itself: the device is gone, the person stopped the sharing in the browser's own bar. */
  wentOff(): void {
    this.#wanted = false;
    this.#isOn = false;
  }

  async #work(): Promise<void> {
    while (this.#wanted !== this.#isOn) {
      const isOn = this.#wanted;
      try {
        await (isOn ? this.#switch.turnOn() : this.#switch.turnOff());
        this.#isOn = isOn;
      } catch (error) {
        this.wentOff();
        this.#switch.onFailed(error);
      }
    }
  }
}
