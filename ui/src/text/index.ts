// The catalogue in force. One language today; a second one is a second file of the same type.

export { en as text } from './en';
export type { ActionId, Texts } from './en';
