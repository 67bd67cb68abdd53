// The README's program in TypeScript, unchanged: the project's tests compare the two.

import type { Decision } from 'fleet-core';

function describe(answer: Decision): string {
  switch (answer.kind) {
    case 'up_to_date':
      return answer.why;
    case 'update':
      return `send ${answer.directive.sha256}`;
    case 'held':
      return answer.reason;
  }
}

export const tell: (answer: Decision) => string = describe;
