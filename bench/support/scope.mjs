/** Undoes in reverse order what a measurement started, once; also when the bench is interrupted. */
export class Scope {
  /** @type {(() => unknown)[]} */
  #undo = [];

  /** @param {() => unknown} undo */
  defer(undo) {
    this.#undo.push(undo);
  }

  /** Ends everything, even when one of the ends fails; that failure is thrown afterwards. */
  async close() {
    const errors = [];
    for (let undo = this.#undo.pop(); undo; undo = this.#undo.pop()) {
      try {
        await undo();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
