/** Says that a profile, or a file that should hold one, is not what it must be. */
export class ProfileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ProfileError";
  }
}
