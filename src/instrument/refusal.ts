/** Says why a module cannot be instrumented as asked, and what to ask for instead. */
export class Refusal extends Error {
  constructor(message: string) {
    super(message);
    this.name = "Refusal";
  }
}
