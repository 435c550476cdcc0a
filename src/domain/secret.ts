const shown = '[secret]';

/** A value that prints, logs and serialises as `[secret]`. Only `reveal()` gives it out, so every use can be found by that word. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    Object.defineProperty(this, Symbol.for('nodejs.util.inspect.custom'), { value: () => shown });
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return shown;
  }

  toJSON(): string {
    return shown;
  }
}
