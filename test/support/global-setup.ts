/** Runs once before all projects. */
export default function setup(): void {}
