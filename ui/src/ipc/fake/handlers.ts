// One function for each command of the contract.

import type { AllCommands, CommandName } from '../host';

export type Handlers = { [K in CommandName]: (request: AllCommands[K]['request']) => AllCommands[K]['response'] | Promise<AllCommands[K]['response']> };
